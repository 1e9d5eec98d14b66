/// A number of bytes, written `100`, `20 KiB`, `4MB`, `1.5 MiB`.
public struct ByteCount: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var bytes: Int

    public init(_ bytes: Int) { self.bytes = bytes }

    public static func < (lhs: ByteCount, rhs: ByteCount) -> Bool { lhs.bytes < rhs.bytes }

    /// The units, the largest first; `k`, `M`, `G` with `B` are decimal, with `iB` binary.
    private static let units: [(names: [String], factor: Int)] = [
        (["GiB"], 1 << 30), (["GB"], 1_000_000_000), (["MiB"], 1 << 20), (["MB"], 1_000_000),
        (["KiB", "kiB"], 1 << 10), (["kB", "KB"], 1000), (["B", ""], 1),
    ]

    /// Nil when the text is no byte count, or is negative, not whole, or above 2^53.
    public init?(_ text: some StringProtocol) {
        guard let quantity = Quantity(text), quantity.rest.isEmpty,
            let unit = Self.units.first(where: { $0.names.contains(quantity.unit) }),
            let bytes = quantity.scaled(by: unit.factor), bytes <= 1 << 53
        else { return nil }
        self.bytes = Int(bytes)
    }

    /// The shortest exact text, such as `20 KiB`.
    public var description: String {
        for unit in Self.units where bytes > 0 && unit.factor > 1 && bytes.isMultiple(of: unit.factor) {
            return "\(bytes / unit.factor) \(unit.names[0])"
        }
        return "\(bytes) B"
    }
}

/// A decimal number with a unit at the begin of a text, read without floating point.
struct Quantity {
    private let digits: [UInt8]
    private let decimals: Int
    let unit: String
    /// What follows the unit.
    let rest: Substring

    /// Nil when the text does not begin with digits; at most 18 digits in all.
    init?(_ text: some StringProtocol) {
        var rest = Substring(text)
        var digits: [UInt8] = []
        var decimals = 0
        var isFraction = false
        while let byte = rest.utf8.first {
            if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                digits.append(byte - UInt8(ascii: "0"))
                if isFraction { decimals += 1 }
            } else if byte == UInt8(ascii: "."), !isFraction, !digits.isEmpty {
                isFraction = true
            } else {
                break
            }
            rest = rest.dropFirst()
        }
        guard !digits.isEmpty, digits.count <= 18, !isFraction || decimals > 0 else { return nil }
        rest = rest.drop { $0 == " " }
        let unit = rest.prefix { $0.isASCII && $0.isLetter || $0 == "µ" }
        self.digits = digits
        self.decimals = decimals
        self.unit = String(unit)
        self.rest = rest.dropFirst(unit.count)
    }

    /// The number times `factor`; nil when that is not a whole number or exceeds 64 bits.
    func scaled(by factor: Int) -> Int64? {
        var value: UInt64 = 0
        for digit in digits { value = value * 10 + UInt64(digit) }
        var divisor: UInt64 = 1
        for _ in 0..<decimals { divisor *= 10 }
        let (high, low) = value.multipliedFullWidth(by: UInt64(factor))
        guard high < divisor else { return nil }
        let (quotient, remainder) = divisor.dividingFullWidth((high, low))
        return remainder == 0 ? Int64(exactly: quotient) : nil
    }
}
