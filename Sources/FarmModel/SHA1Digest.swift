/// A SHA-1 digest: the name of a file on the wire of a build farm.
///
/// Built only from 20 bytes or 40 **lower-case** hexadecimal digits (protocol spec 9: a sum in upper case never
/// matches).
public struct SHA1Digest: Hashable, Comparable, Sendable, CustomStringConvertible {
    private let high: UInt64
    private let middle: UInt64
    private let low: UInt32

    /// - Parameter bytes: exactly 20 bytes; anything else gives nil.
    public init?(bytes: some Sequence<UInt8>) {
        var words: (UInt64, UInt64, UInt32) = (0, 0, 0)
        var count = 0
        for byte in bytes {
            switch count {
            case 0..<8: words.0 = words.0 << 8 | UInt64(byte)
            case 8..<16: words.1 = words.1 << 8 | UInt64(byte)
            case 16..<20: words.2 = words.2 << 8 | UInt32(byte)
            default: return nil
            }
            count += 1
        }
        guard count == 20 else { return nil }
        (high, middle, low) = words
    }

    /// - Parameter text: exactly 40 lower-case hexadecimal digits; anything else gives nil.
    public init?(_ text: some StringProtocol) {
        guard let bytes = HexDigits.decode(text.utf8), bytes.count == 20 else { return nil }
        self.init(bytes: bytes)
    }

    public var description: String {
        HexDigits.encode(high, digits: 16) + HexDigits.encode(middle, digits: 16)
            + HexDigits.encode(UInt64(low), digits: 8)
    }

    public static func < (lhs: SHA1Digest, rhs: SHA1Digest) -> Bool {
        (lhs.high, lhs.middle, lhs.low) < (rhs.high, rhs.middle, rhs.low)
    }
}

/// A SHA-256 digest, built only from 32 bytes or 64 lower-case hexadecimal digits.
public struct SHA256Digest: Hashable, Comparable, Sendable, CustomStringConvertible {
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64

    /// - Parameter bytes: exactly 32 bytes; anything else gives nil.
    public init?(bytes: some Sequence<UInt8>) {
        var words: [UInt64] = []
        var word: UInt64 = 0
        var count = 0
        for byte in bytes {
            guard count < 32 else { return nil }
            word = word << 8 | UInt64(byte)
            count += 1
            if count % 8 == 0 {
                words.append(word)
                word = 0
            }
        }
        guard count == 32 else { return nil }
        (first, second, third, fourth) = (words[0], words[1], words[2], words[3])
    }

    /// - Parameter text: exactly 64 lower-case hexadecimal digits; anything else gives nil.
    public init?(_ text: some StringProtocol) {
        guard let bytes = HexDigits.decode(text.utf8), bytes.count == 32 else { return nil }
        self.init(bytes: bytes)
    }

    public var description: String {
        [first, second, third, fourth].map { HexDigits.encode($0, digits: 16) }.joined()
    }

    public static func < (lhs: SHA256Digest, rhs: SHA256Digest) -> Bool {
        (lhs.first, lhs.second, lhs.third, lhs.fourth) < (rhs.first, rhs.second, rhs.third, rhs.fourth)
    }
}

package enum HexDigits {
    /// Lower-case digits only; nil for anything else and for an odd count.
    package static func decode(_ digits: some Sequence<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        var high: UInt8?
        for digit in digits {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
            if bytes.count > 64 { return nil }
        }
        return high == nil ? bytes : nil
    }

    package static func encode(_ word: UInt64, digits: Int) -> String {
        String(unsafeUninitializedCapacity: digits) { buffer in
            for index in 0..<digits {
                let nibble = UInt8(truncatingIfNeeded: word >> UInt64(4 * (digits - 1 - index))) & 0xF
                buffer[index] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
            }
            return digits
        }
    }
}
