import XMLRPC

/// Texts as the daemon's language writes them: they show in build logs and in answers.
enum PythonText {
    /// A text as Python 3 shows it in a list.
    static func representation(_ text: String) -> String {
        let quote = quote(for: text)
        var result = quote
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "'" where quote == "'": result += "\\'"
            case " ": result += " "
            default:
                if isPrintable(scalar) {
                    result.unicodeScalars.append(scalar)
                } else if scalar.value < 0x100 {
                    result += "\\x" + hexadecimal(scalar.value, digits: 2)
                } else if scalar.value < 0x1_0000 {
                    result += "\\u" + hexadecimal(scalar.value, digits: 4)
                } else {
                    result += "\\U" + hexadecimal(scalar.value, digits: 8)
                }
            }
        }
        return result + quote
    }

    /// A text as Python 2 shows it in a list: bytes outside ASCII are escaped.
    static func oldRepresentation(_ text: String) -> String {
        let quote = quote(for: text)
        var result = quote
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): result += "\\\\"
            case UInt8(ascii: "\n"): result += "\\n"
            case UInt8(ascii: "\r"): result += "\\r"
            case UInt8(ascii: "\t"): result += "\\t"
            case UInt8(ascii: "'") where quote == "'": result += "\\'"
            case 0x20...0x7E: result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += "\\x" + hexadecimal(UInt32(byte), digits: 2)
            }
        }
        return result + quote
    }

    /// `['a', 'b']`.
    static func list(_ texts: [String], old: Bool = false) -> String {
        "[" + texts.map { old ? oldRepresentation($0) : representation($0) }.joined(separator: ", ") + "]"
    }

    /// A value that can be looked up in a dictionary, as text; nil for the others, at which the daemon trips.
    static func lookedUp(_ value: XMLRPCValue) -> String? {
        switch value {
        case .string(let text), .bigInteger(let text), .bigDecimal(let text): text
        case .int(let number): String(number)
        case .boolean(let truth): truth ? "True" : "False"
        case .double(let number): String(number)
        case .nil: "None"
        case .array, .structure, .base64, .dateTime: nil
        }
    }

    /// The name of a value's class.
    static func className(of value: XMLRPCValue) -> String {
        switch value {
        case .string: "str"
        case .int, .bigInteger: "int"
        case .boolean: "bool"
        case .double: "float"
        case .bigDecimal: "Decimal"
        case .nil: "NoneType"
        case .array: "list"
        case .structure: "dict"
        case .base64: "Binary"
        case .dateTime: "DateTime"
        }
    }

    /// Whether the daemon takes the value for true.
    static func isTrue(_ value: XMLRPCValue) -> Bool {
        switch value {
        case .string(let text): !text.isEmpty
        case .int(let number): number != 0
        case .boolean(let truth): truth
        case .double(let number): number != 0
        case .nil: false
        case .array(let elements): !elements.isEmpty
        case .structure(let members): !members.isEmpty
        case .bigInteger, .bigDecimal, .base64, .dateTime: true
        }
    }

    /// An argument of a command, quoted for a shell where it needs to be.
    static func shellQuoted(_ argument: String) -> String {
        guard !argument.isEmpty else { return "''" }
        if argument.utf8.allSatisfy(isShellSafe) { return argument }
        return "'"
            + argument.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\"'\"'")
            + "'"
    }

    private static func quote(for text: String) -> String {
        text.utf8.contains(UInt8(ascii: "'")) && !text.utf8.contains(UInt8(ascii: "\"")) ? "\"" : "'"
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            false
        default: true
        }
    }

    private static func isShellSafe(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "_@%+=:,./-".utf8.contains(byte)
        }
    }

    private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
