/// The name of a source or binary package: a letter or digit, then at least one of letters, digits and `+-.`
/// (ppa spec 3.5).
public struct PackageName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: String

    /// Names become parts of file names, which are at most 255 bytes long.
    public static let maximumBytes = 200

    /// - Throws: `name-syntax`.
    public init(_ text: some StringProtocol) throws(DebianFormatsError) {
        guard let first = text.utf8.first, ASCII.isAlphanumeric(first),
            (2...Self.maximumBytes).contains(text.utf8.count),
            text.utf8.allSatisfy({ ASCII.isAlphanumeric($0) || Self.punctuation.contains($0) })
        else {
            throw DebianFormatsError(
                .nameSyntax,
                "\(quoted(text)) is no package name: a letter or digit must be followed by letters, digits, \"+\", "
                    + "\"-\" or \".\"")
        }
        rawValue = String(text)
    }

    public static func < (lhs: PackageName, rhs: PackageName) -> Bool { lhs.rawValue < rhs.rawValue }
    public var description: String { rawValue }

    private static let punctuation = Array("+-.".utf8)
}
