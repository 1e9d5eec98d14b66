/// JSON text, written without floating point and with the members in the order in which they were added, so that
/// the same values give the same bytes.
struct JSONObjectText {
    private(set) var text = "{"

    mutating func add(_ name: String, text value: String) { add(name, raw: Self.quoted(value)) }
    mutating func add(_ name: String, number value: Int64) { add(name, raw: String(value)) }
    mutating func add(_ name: String, flag value: Bool) { add(name, raw: value ? "true" : "false") }

    /// The object; nothing may be added afterwards.
    var closed: String { text + "}" }

    private mutating func add(_ name: String, raw: String) {
        if text.utf8.count > 1 { text += "," }
        text += Self.quoted(name) + ":" + raw
    }

    /// A string literal (RFC 8259, section 7); line and paragraph separators are escaped too, for readers that
    /// take a line of JSON for a line of JavaScript.
    static func quoted(_ value: String) -> String {
        var literal = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": literal += "\\\""
            case "\\": literal += "\\\\"
            case "\n": literal += "\\n"
            case "\r": literal += "\\r"
            case "\t": literal += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                literal += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: literal.unicodeScalars.append(scalar)
            }
        }
        return literal + "\""
    }
}
