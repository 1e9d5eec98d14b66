/// Where a package is filed: `section` or `component/section`.
public struct Section: Hashable, Sendable, CustomStringConvertible {
    /// `main` if the text names none.
    public let component: String
    public let name: String

    public static let mainComponent = "main"

    /// - Parameter text: one or two non-empty words of graphic characters with a slash between them.
    /// - Throws: `field-syntax`.
    public init(_ text: some StringProtocol) throws(DebianFormatsError) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count),
            parts.allSatisfy({ !$0.isEmpty && $0.count <= 60 && $0.allSatisfy(ASCII.isGraphic) })
        else {
            throw DebianFormatsError(.fieldSyntax, "\(quoted(text)) is no section")
        }
        let words = parts.map { String(decoding: $0, as: UTF8.self) }
        component = words.count == 2 ? words[0] : Self.mainComponent
        name = words[words.count - 1]
    }

    /// Sections of files that the archive hands to a special installer instead of publishing them as packages
    /// (ppa spec 3.5).
    public var isCustom: Bool { name.hasPrefix("raw-") }

    public var description: String { component == Self.mainComponent ? name : "\(component)/\(name)" }
}
