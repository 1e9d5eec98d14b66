/// The value of a `Source` field: `name`, or `name (version)` where the version of the source differs from the
/// one of the package, as after a rebuild of the binaries alone.
public struct SourceReference: Hashable, Sendable, CustomStringConvertible {
    public let name: PackageName
    public let version: DebianVersion?

    public init(name: PackageName, version: DebianVersion? = nil) {
        self.name = name
        self.version = version
    }

    /// - Throws: `name-syntax`, `version-syntax`, `field-syntax`.
    public init(_ text: some StringProtocol) throws(DebianFormatsError) {
        let words = text.blankSeparatedWords()
        switch words.count {
        case 1:
            try self.init(name: PackageName(words[0]))
        case 2 where words[1].utf8.first == UInt8(ascii: "(") && words[1].utf8.last == UInt8(ascii: ")"):
            try self.init(
                name: PackageName(words[0]), version: DebianVersion(words[1].dropFirst().dropLast()))
        default:
            throw DebianFormatsError(
                .fieldSyntax, "\(quoted(text)) is neither \"name\" nor \"name (version)\"")
        }
    }

    public var description: String { version.map { "\(name) (\($0))" } ?? name.rawValue }
}
