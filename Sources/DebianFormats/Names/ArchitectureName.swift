/// An architecture word: `amd64`, `all`, or a wildcard such as `linux-any`.
public struct ArchitectureName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: String

    /// - Parameter text: lower-case letters, digits and hyphens, beginning with a letter or digit, at most 40.
    /// - Throws: `name-syntax`.
    public init(_ text: some StringProtocol) throws(DebianFormatsError) {
        guard let name = Self(checking: text) else {
            throw DebianFormatsError(.nameSyntax, "\(quoted(text)) is no architecture")
        }
        self = name
    }

    private init?(checking text: some StringProtocol) {
        guard let first = text.utf8.first, ASCII.isLower(first) || ASCII.isDigit(first),
            text.utf8.count <= 40,
            text.utf8.allSatisfy({ ASCII.isLower($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "-") })
        else { return nil }
        rawValue = String(text)
    }

    private init(known text: String) { rawValue = text }

    /// Packages that are the same for every architecture.
    public static let all = ArchitectureName(known: "all")
    /// The word that stands for source files in the Architecture field of a `.changes`.
    public static let source = ArchitectureName(known: "source")

    public static func < (lhs: ArchitectureName, rhs: ArchitectureName) -> Bool {
        lhs.rawValue < rhs.rawValue
    }
    public var description: String { rawValue }
}
