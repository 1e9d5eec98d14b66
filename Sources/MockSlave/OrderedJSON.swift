import OrderedCollections
package import XMLRPC

/// Reads a JSON document into XML-RPC values, with the members of objects in their order and numbers of any
/// size, as the daemon's language does: `NaN` and `Infinity` are numbers, the last of repeated members wins.
package struct OrderedJSON {
    private var bytes: ArraySlice<UInt8>
    private let depthLimit: Int

    /// Nil when the text is not one JSON document, or nests deeper than `depthLimit`.
    package static func value(of bytes: some Sequence<UInt8>, depthLimit: Int = 64) -> XMLRPCValue? {
        var reader = OrderedJSON(bytes: ArraySlice(bytes), depthLimit: depthLimit)
        guard let value = reader.value(depth: 0) else { return nil }
        reader.skipSpace()
        return reader.bytes.isEmpty ? value : nil
    }

    private mutating func skipSpace() {
        bytes = bytes.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
    }

    private mutating func take(_ text: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard bytes.starts(with: wanted) else { return false }
        bytes = bytes.dropFirst(wanted.count)
        return true
    }

    private mutating func value(depth: Int) -> XMLRPCValue? {
        guard depth <= depthLimit else { return nil }
        skipSpace()
        switch bytes.first {
        case UInt8(ascii: "{"): return object(depth: depth)
        case UInt8(ascii: "["): return array(depth: depth)
        case UInt8(ascii: "\""): return string().map { .string($0) }
        case UInt8(ascii: "t"): return take("true") ? true : nil
        case UInt8(ascii: "f"): return take("false") ? false : nil
        case UInt8(ascii: "n"): return take("null") ? XMLRPCValue.nil : nil
        case UInt8(ascii: "N"): return take("NaN") ? .double(.nan) : nil
        case UInt8(ascii: "I"): return take("Infinity") ? .double(.infinity) : nil
        default: return take("-Infinity") ? .double(-.infinity) : number()
        }
    }

    private mutating func object(depth: Int) -> XMLRPCValue? {
        bytes = bytes.dropFirst()
        var members: OrderedDictionary<String, XMLRPCValue> = [:]
        skipSpace()
        if take("}") { return .structure(members) }
        while true {
            skipSpace()
            guard bytes.first == UInt8(ascii: "\""), let name = string() else { return nil }
            skipSpace()
            guard take(":"), let value = value(depth: depth + 1) else { return nil }
            members[name] = value
            skipSpace()
            if take("}") { return .structure(members) }
            guard take(",") else { return nil }
        }
    }

    private mutating func array(depth: Int) -> XMLRPCValue? {
        bytes = bytes.dropFirst()
        var elements: [XMLRPCValue] = []
        skipSpace()
        if take("]") { return .array(elements) }
        while true {
            guard let value = value(depth: depth + 1) else { return nil }
            elements.append(value)
            skipSpace()
            if take("]") { return .array(elements) }
            guard take(",") else { return nil }
        }
    }

    private mutating func number() -> XMLRPCValue? {
        func digits(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
            text.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
        let start = bytes
        var rest = bytes
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let whole = digits(rest)
        guard !whole.isEmpty, whole.count == 1 || whole.first != UInt8(ascii: "0") else { return nil }
        rest = rest[whole.endIndex...]
        var isWhole = true
        if rest.first == UInt8(ascii: "."), case let fraction = digits(rest.dropFirst()), !fraction.isEmpty {
            rest = rest[fraction.endIndex...]
            isWhole = false
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            var exponent = rest.dropFirst()
            if exponent.first == UInt8(ascii: "+") || exponent.first == UInt8(ascii: "-") {
                exponent = exponent.dropFirst()
            }
            let power = digits(exponent)
            if !power.isEmpty {
                rest = rest[power.endIndex...]
                isWhole = false
            }
        }
        bytes = rest
        let text = String(decoding: start[..<rest.startIndex], as: UTF8.self)
        guard isWhole else { return Double(text).map { .double($0) } }
        if let number = Int64(text) { return .int(number) }
        return .bigInteger(text)
    }

    /// A string; nil when it does not end, holds a control character or a bad escape, or is not UTF-8.
    private mutating func string() -> String? {
        bytes = bytes.dropFirst()
        var text: [UInt8] = []
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: "\""):
                return String(validating: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = escape() else { return nil }
                text.append(contentsOf: escaped)
            case 0..<0x20:
                return nil
            default:
                text.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> [UInt8]? {
        switch bytes.popFirst() {
        case UInt8(ascii: "\""): return [UInt8(ascii: "\"")]
        case UInt8(ascii: "\\"): return [UInt8(ascii: "\\")]
        case UInt8(ascii: "/"): return [UInt8(ascii: "/")]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"):
            guard var units = codeUnit().map({ [$0] }) else { return nil }
            if UTF16.isLeadSurrogate(units[0]) {
                let saved = bytes
                if take("\\u"), let second = codeUnit(), UTF16.isTrailSurrogate(second) {
                    units.append(second)
                } else {
                    bytes = saved
                }
            }
            return Array(String(decoding: units, as: UTF16.self).utf8)
        default: return nil
        }
    }

    private mutating func codeUnit() -> UInt16? {
        let digits = bytes.prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
            return nil
        }
        bytes = bytes.dropFirst(4)
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
