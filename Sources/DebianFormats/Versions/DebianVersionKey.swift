extension DebianVersion {
    /// Bytes whose order is the order of versions, and that are equal exactly for equal versions (versions
    /// spec 5). Stored beside a version, they let a database compare, sort and index without knowing the rules.
    public var sortKey: [UInt8] {
        var key: [UInt8] = []
        key.reserveCapacity(2 * text.utf8.count + 8)
        Self.append(number: String(epoch).utf8[...], to: &key)
        Self.append(part: upstream.utf8, to: &key)
        Self.append(part: (revision ?? "0").utf8, to: &key)
        return key
    }

    /// Stands between `~` and the letters, as the end of a run does in the order.
    private static let endOfRun: UInt8 = 0x02

    private static func append(part: String.UTF8View, to key: inout [UInt8]) {
        var rest = part[...]
        while !rest.isEmpty {
            while let byte = rest.first, !ASCII.isDigit(byte) {
                key.append(code(of: byte))
                rest.removeFirst()
            }
            key.append(endOfRun)
            let digits = rest.prefix(while: ASCII.isDigit)
            append(number: digits, to: &key)
            rest = rest[digits.endIndex...]
        }
        key.append(endOfRun)
    }

    /// The count of digits before the digits makes longer numbers larger.
    private static func append(number digits: Substring.UTF8View, to key: inout [UInt8]) {
        let significant = digits.drop(while: { $0 == UInt8(ascii: "0") })
        let count = significant.count
        if count < 255 {
            key.append(UInt8(count))
        } else {
            key.append(255)
            key.append(contentsOf: (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) })
        }
        key.append(contentsOf: significant)
    }

    private static func code(of byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "~"): 0x01
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): 0x03 + (byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): 0x1D + (byte - UInt8(ascii: "a"))
        // The other printable characters in ASCII order, with the gaps of digits and letters closed.
        case 0x21...0x2F: 0x3C + (byte - 0x21)
        case 0x3A...0x40: 0x4B + (byte - 0x3A)
        case 0x5B...0x60: 0x52 + (byte - 0x5B)
        default: 0x58 + (byte &- 0x7B)
        }
    }
}
