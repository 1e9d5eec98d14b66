/// A person as control data name them: `Name <mail>`, `<mail>` or a bare address (ppa spec 3.3).
public struct MailAddress: Hashable, Sendable, CustomStringConvertible {
    /// Empty if the text has none.
    public let name: String
    public let address: String

    public static let maximumBytes = 1000

    /// - Throws: `address-syntax`.
    public init(_ text: some StringProtocol) throws(DebianFormatsError) {
        guard text.utf8.count <= Self.maximumBytes, !text.utf8.contains(0x0A) else {
            throw DebianFormatsError(
                .addressSyntax, "\(quoted(text)) is too long for a person and a mail address")
        }
        let trimmed = text.trimmingBlanks()
        let name: String
        let address: String
        if trimmed.hasSuffix(">"), let open = trimmed.lastIndex(of: "<") {
            name = trimmed[..<open].trimmingBlanks()
            address = String(trimmed[trimmed.index(after: open)...].dropLast())
        } else {
            name = ""
            address = trimmed
        }
        guard Self.isAddress(address) else {
            throw DebianFormatsError(
                .addressSyntax, "\(quoted(text)) has no mail address; write it as \"Name <user@example.com>\""
            )
        }
        self.name = name
        self.address = address
    }

    public var description: String { name.isEmpty ? address : "\(name) <\(address)>" }

    /// Something before and after the last `@`. Accounts of the build system (`buildd_…`) have no address.
    private static func isAddress(_ text: String) -> Bool {
        guard !text.utf8.contains(where: { $0 <= 0x20 || $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">") })
        else { return false }
        if text.hasPrefix("buildd_") { return true }
        guard let at = text.utf8.lastIndex(of: UInt8(ascii: "@")) else { return false }
        return at != text.startIndex && text.utf8.index(after: at) != text.endIndex
    }
}
