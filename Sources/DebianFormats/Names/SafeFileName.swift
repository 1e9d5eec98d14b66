/// A file name from foreign data that may be joined to a directory: letters, digits and `_-+~.` only, not
/// beginning with a dot, at most 255 bytes, and so without any path (ppa spec 3.5).
public struct SafeFileName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: String

    public static let maximumBytes = 255

    /// - Throws: `name-unsafe`.
    public init(_ text: some StringProtocol) throws(DebianFormatsError) {
        if let reason = Self.whyUnsafe(text) {
            throw DebianFormatsError(.nameUnsafe, "\(quoted(text)) is no safe file name: \(reason)")
        }
        rawValue = String(text)
    }

    public static func < (lhs: SafeFileName, rhs: SafeFileName) -> Bool { lhs.rawValue < rhs.rawValue }
    public var description: String { rawValue }

    private static func whyUnsafe(_ text: some StringProtocol) -> String? {
        if text.isEmpty { return "it is empty" }
        if text.utf8.count > maximumBytes { return "it is longer than \(maximumBytes) bytes" }
        if text.utf8.contains(UInt8(ascii: "/")) { return "it contains a slash" }
        if text.utf8.first == UInt8(ascii: ".") { return "it begins with a dot" }
        if let odd = text.unicodeScalars.first(where: { !$0.isASCII || !isAllowed(UInt8($0.value)) }) {
            return "it contains \(quoted(String(odd)))"
        }
        return nil
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "~"), UInt8(ascii: "."):
            true
        default: ASCII.isAlphanumeric(byte)
        }
    }
}
