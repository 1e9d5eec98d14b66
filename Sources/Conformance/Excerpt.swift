/// Short texts out of long ones, for the report.
enum Excerpt {
    /// Characters of an excerpt.
    static let length = 240

    /// A value as text.
    static func of(_ value: some Any) -> String {
        if let text = value as? String { return shortened("'\(escaped(Array(text.utf8)))'") }
        return shortened("\(value)")
    }

    static func shortened(_ text: String) -> String {
        text.count <= length ? text : text.prefix(length) + "…"
    }

    /// Both texts around the first byte in which they differ, with the offset of that byte.
    static func difference(expected: [UInt8], got: [UInt8]) -> (expected: String, got: String) {
        let common = zip(expected, got).prefix { $0 == $1 }.count
        func around(_ bytes: [UInt8]) -> String {
            let begin = max(0, common - 40)
            let end = min(bytes.count, common + length / 2)
            return "'\(escaped(Array(bytes[begin..<end])))' (\(bytes.count) bytes)"
        }
        return ("\(around(expected)), first difference at byte \(common)", around(got))
    }

    /// Printable ASCII as it is, the rest as escapes.
    static func escaped(_ bytes: some Sequence<UInt8>) -> String {
        var text = ""
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\n"): text += "\\n"
            case UInt8(ascii: "\r"): text += "\\r"
            case UInt8(ascii: "\t"): text += "\\t"
            case 0x20..<0x7F: text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return text
    }
}
