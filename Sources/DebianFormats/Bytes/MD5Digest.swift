import FarmModel

/// An MD5 digest, as `Files` lists carry it; built only from 16 bytes or 32 lower-case hexadecimal digits.
public struct MD5Digest: Hashable, Comparable, Sendable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64

    /// - Parameter bytes: exactly 16 bytes; anything else gives nil.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        func word(_ part: some Sequence<UInt8>) -> UInt64 { part.reduce(0) { $0 << 8 | UInt64($1) } }
        high = word(bytes.prefix(8))
        low = word(bytes.dropFirst(8))
    }

    /// - Parameter text: exactly 32 lower-case hexadecimal digits; anything else gives nil.
    public init?(_ text: some StringProtocol) {
        guard let bytes = HexDigits.decode(text.utf8) else { return nil }
        self.init(bytes: bytes)
    }

    public static func < (lhs: MD5Digest, rhs: MD5Digest) -> Bool {
        (lhs.high, lhs.low) < (rhs.high, rhs.low)
    }

    public var description: String {
        HexDigits.encode(high, digits: 16) + HexDigits.encode(low, digits: 16)
    }
}
