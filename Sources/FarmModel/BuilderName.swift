/// The name of a builder, such as `lgw01-amd64-007`: lower-case letters, digits and `+.-`, beginning with a
/// letter or digit, 1 to 200 characters.
public struct BuilderName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: String

    /// Nil when the text is no valid name.
    public init?(_ text: some StringProtocol) {
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        let punctuation: [UInt8] = [UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "-")]
        guard let first = text.utf8.first, isAlphanumeric(first), text.utf8.count <= 200,
            text.utf8.allSatisfy({ isAlphanumeric($0) || punctuation.contains($0) })
        else { return nil }
        rawValue = String(text)
    }

    public static func < (lhs: BuilderName, rhs: BuilderName) -> Bool { lhs.rawValue < rhs.rawValue }

    public var description: String { rawValue }

    /// The name minus a final `-<digits>`, or the empty text when there is no such end (manager spec 1.1).
    public var region: String {
        guard let dash = rawValue.lastIndex(of: "-") else { return "" }
        let digits = rawValue[rawValue.index(after: dash)...]
        guard !digits.isEmpty,
            digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return "" }
        return String(rawValue[..<dash])
    }
}
