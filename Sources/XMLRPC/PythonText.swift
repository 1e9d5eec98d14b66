/// Texts as Python reads and shows them, for the real slave is a Python program.
enum PythonText {
    /// A string as `repr` shows it: quoted, what cannot be printed escaped.
    /// - Parameter limit: characters of the result at most, when the peer cuts it (or we do).
    static func representation(of text: String, limit: Int = .max, peer: XMLRPCPeer = .python3) -> String {
        let quote: Unicode.Scalar =
            text.unicodeScalars.contains("'") && !text.unicodeScalars.contains("\"") ? "\"" : "'"
        var result = String.UnicodeScalarView([quote])
        // Every character gives at least one, so that no more of them than the limit can matter.
        for scalar in text.unicodeScalars.prefix(limit) {
            switch scalar {
            case quote, "\\": result.append(contentsOf: "\\\(scalar)".unicodeScalars)
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            case "\r": result.append(contentsOf: "\\r".unicodeScalars)
            case "\t": result.append(contentsOf: "\\t".unicodeScalars)
            case _ where isPrintable(scalar) && (scalar.isASCII || peer == .python3): result.append(scalar)
            default: result.append(contentsOf: escape(scalar).unicodeScalars)
            }
        }
        result.append(quote)
        return String(result.prefix(limit))
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let (letter, width) =
            switch scalar.value {
            case ..<0x100: ("x", 2)
            case ..<0x10000: ("u", 4)
            default: ("U", 8)
            }
        let digits = String(scalar.value, radix: 16)
        return "\\" + letter + String(repeating: "0", count: width - digits.count) + digits
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return (0x20..<0x7F).contains(scalar.value) }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return false
        default:
            return true
        }
    }

    /// Without the white space at either end, all that Unicode counts as such.
    static func stripped(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }

    /// The text of a number with foreign digits written as ASCII ones, stripped, and without the underscores
    /// that may stand between two digits; nil when one stands elsewhere or a character has no place in it.
    static func plainNumber(_ text: String, peer: XMLRPCPeer) -> [UInt8]? {
        var plain: [UInt8] = []
        var previous: UInt8 = 0
        for scalar in stripped(text).unicodeScalars {
            let byte: UInt8
            if scalar.isASCII {
                byte = UInt8(scalar.value)
            } else if scalar.properties.numericType == .decimal, let digit = scalar.properties.numericValue {
                byte = UInt8(ascii: "0") + UInt8(digit)
            } else {
                return nil
            }
            if previous == UInt8(ascii: "_") {
                guard isDigit(byte) else { return nil }
            }
            if byte == UInt8(ascii: "_") {
                guard peer == .python3, isDigit(previous) else { return nil }
            } else {
                plain.append(byte)
            }
            previous = byte
        }
        return previous == UInt8(ascii: "_") ? nil : plain
    }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// The name of the type that the peer makes of a value.
    static func typeName(of value: XMLRPCValue, peer: XMLRPCPeer) -> String {
        switch value {
        case .int: "int"
        case .bigInteger: peer == .python2 ? "long" : "int"
        case .boolean: "bool"
        case .double: "float"
        case .bigDecimal: "decimal.Decimal"
        case .string: "str"
        case .base64: "Binary"
        case .dateTime: "DateTime"
        case .nil: "NoneType"
        case .array: "list"
        case .structure: "dict"
        }
    }
}
