internal import OrderedCollections

/// Appends the elements of a document to bytes.
struct MessageWriter {
    /// Where a value lies in the message. Kept as links up the call stack and spelled out only for an error.
    indirect enum Path {
        case root(String)
        case element(Int, of: Path)
        case member(String, of: Path)

        var spelling: String {
            switch self {
            case .root(let name): name
            case .element(let index, let parent): "\(parent.spelling)[\(index)]"
            case .member(let name, let parent): "\(parent.spelling).\(name.prefix(60))"
            }
        }
    }

    let peer: XMLRPCPeer
    let text: XMLRPCEncoder.Text
    var output: [UInt8]

    mutating func append(_ literal: StaticString) {
        output.append(
            contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    /// - Throws: what cannot be written.
    mutating func append(
        _ value: XMLRPCValue, at path: @autoclosure () -> Path, depth: Int
    ) throws(XMLRPCEncodingError) {
        switch value {
        case .string(let string):
            append("<value><string>")
            try append(text: string, at: path())
            append("</string></value>\n")
        case .int(let number):
            guard let small = Int32(exactly: number) else { throw outOfRange(value, at: path()) }
            append("<value><int>")
            append(number: small)
            append("</int></value>\n")
        case .bigInteger:
            throw outOfRange(value, at: path())
        case .boolean(let truth):
            append(truth ? "<value><boolean>1</boolean></value>\n" : "<value><boolean>0</boolean></value>\n")
        case .double(let number):
            append("<value><double>")
            PythonDouble.append(number, to: &output)
            append("</double></value>\n")
        case .bigDecimal:
            throw XMLRPCEncodingError(
                code: .unwritableDecimal, path: path().spelling,
                message: "a decimal number cannot be written",
                peerDetail: "cannot marshal <class 'decimal.Decimal'> objects")
        case .base64(let bytes):
            append("<value><base64>\n")
            Base64Writer.append(bytes, to: &output)
            append("</base64></value>\n")
        case .dateTime(let string):
            append("<value><dateTime.iso8601>")
            try append(text: string, at: path())
            append("</dateTime.iso8601></value>\n")
        case .nil:
            // The one value that both peers write without a newline.
            append("<value><nil/></value>")
        case .array(let elements):
            try checkDepth(depth, at: path)
            append("<value><array><data>\n")
            for (index, element) in elements.enumerated() {
                try append(element, at: .element(index, of: path()), depth: depth + 1)
            }
            append("</data></array></value>\n")
        case .structure(let members):
            try checkDepth(depth, at: path)
            append("<value><struct>\n")
            for (name, member) in members {
                append("<member>\n<name>")
                try append(text: name, at: .member(name, of: path()))
                append("</name>\n")
                try append(member, at: .member(name, of: path()), depth: depth + 1)
                append("</member>\n")
            }
            append("</struct></value>\n")
        }
    }

    private func checkDepth(_ depth: Int, at path: () -> Path) throws(XMLRPCEncodingError) {
        guard depth < XMLRPCEncoder.mostDepth else {
            throw XMLRPCEncodingError(
                code: .tooDeep, path: String(path().spelling.prefix(200)),
                message: "arrays and structs nested more than \(XMLRPCEncoder.mostDepth) deep",
                peerDetail: "maximum recursion depth exceeded")
        }
    }

    private func outOfRange(_ value: XMLRPCValue, at path: Path) -> XMLRPCEncodingError {
        // Python 2 has two kinds of integers and says so.
        let isLong = if case .bigInteger = value { peer == .python2 } else { false }
        return XMLRPCEncodingError(
            code: .integerOutOfRange, path: path.spelling,
            message: "an integer beyond 32 bits cannot be written",
            peerDetail: "\(isLong ? "long " : "")int exceeds XML-RPC limits")
    }

    // MARK: Text

    /// Appends text with `&`, `<` and `>` as references.
    /// - Throws: `forbiddenCharacter`.
    mutating func append(text string: String, at path: @autoclosure () -> Path) throws(XMLRPCEncodingError) {
        var string = string
        let forbidden = string.withUTF8 { append(utf8: $0) }
        if let forbidden {
            throw XMLRPCEncodingError(
                code: .forbiddenCharacter, path: path().spelling,
                message:
                    "the character U+\(String(forbidden, radix: 16, uppercase: true)) cannot be written in XML",
                peerDetail: "not well-formed (invalid token)")
        }
    }

    /// - Returns: the first character that must not be written.
    private mutating func append(utf8 bytes: UnsafeBufferPointer<UInt8>) -> UInt32? {
        var start = 0
        for index in 0..<bytes.count {
            let reference: StaticString
            switch bytes[index] {
            case UInt8(ascii: "&"): reference = "&amp;"
            case UInt8(ascii: "<"): reference = "&lt;"
            case UInt8(ascii: ">"): reference = "&gt;"
            case 0x20..<0xEF, 0xF0...: continue
            case 0x0D where text == .faithful: reference = "&#13;"
            case 0x09, 0x0A, 0x0D: continue
            case 0xEF:
                if text == .faithful, bytes[index + 1] == 0xBF, bytes[index + 2] >= 0xBE {
                    return 0xFF00 + UInt32(bytes[index + 2]) + 0x40
                }
                continue
            case let control:
                if text == .faithful { return UInt32(control) }
                continue
            }
            output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<index]))
            append(reference)
            start = index + 1
        }
        output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...]))
        return nil
    }

    private mutating func append(number: Int32) {
        if number < 0 { output.append(UInt8(ascii: "-")) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 10) { digits in
            var rest = number.magnitude
            var index = digits.count
            repeat {
                index -= 1
                digits[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            output.append(contentsOf: UnsafeBufferPointer(rebasing: digits[index...]))
        }
    }
}
