/// A package version, `[epoch:]upstream[-revision]`, compared by Debian's rules (versions spec 1).
///
/// Equal versions may be spelled differently (`1.0`, `1.0-0`, `0:1.0`, `1.00`): `==`, `<` and hashing follow the
/// order of versions, `text` keeps the spelling. Where the rules ask for the same *text* (a `.dsc` against its
/// `.changes`), compare `text`.
public struct DebianVersion: Sendable, CustomStringConvertible {
    /// The spelling as it was read.
    public let text: String
    /// 0 to 2147483647; 0 when the text has none.
    public let epoch: Int32
    public let upstream: String
    /// Nil for a version without a hyphen; such a version compares as if its revision were `0`.
    public let revision: String?

    /// The longest text that is taken, in bytes. Real versions stay below 60 (versions spec 6).
    public static let maximumBytes = 1024

    /// - Parameter text: a version as archives take it: only `A-Za-z0-9.+~-` and, with an epoch, `:`; the
    ///   upstream part begins with a letter or digit; no part that its separator announces is empty
    ///   (versions spec 2).
    /// - Throws: `version-syntax`.
    public init(_ text: some StringProtocol) throws(DebianFormatsError) {
        try self.init(tolerating: text)
        guard let first = upstream.utf8.first, ASCII.isAlphanumeric(first) else {
            throw Self.refusal(text, "the upstream part must begin with a letter or digit")
        }
        for byte in upstream.utf8 where !Self.isLegal(byte, inUpstream: true) {
            throw Self.refusal(text, "the upstream part may not contain \(Self.name(of: byte))")
        }
        for byte in (revision ?? "").utf8 where !Self.isLegal(byte, inUpstream: false) {
            throw Self.refusal(text, "the revision may not contain \(Self.name(of: byte))")
        }
    }

    /// Takes also what `dpkg` only warns about: an upstream part that begins with punctuation, and other
    /// printable ASCII characters. For relations and for comparing what others already published.
    ///
    /// - Throws: `version-syntax`.
    public init(tolerating text: some StringProtocol) throws(DebianFormatsError) {
        guard !text.isEmpty else { throw Self.refusal(text, "it is empty") }
        guard text.utf8.count <= Self.maximumBytes else {
            throw Self.refusal(text, "it is longer than \(Self.maximumBytes) bytes")
        }
        guard text.utf8.allSatisfy(ASCII.isGraphic) else {
            throw Self.refusal(text, "only printable ASCII without blanks is allowed")
        }
        var rest = Substring(text)
        var epoch: Int32 = 0
        if let colon = rest.utf8.firstIndex(of: UInt8(ascii: ":")) {
            guard let number = ASCII.decimal(rest[..<colon]) else {
                throw Self.refusal(
                    text, "what stands before the first colon is the epoch and must be a number")
            }
            guard let small = Int32(exactly: number) else {
                throw Self.refusal(text, "the epoch is above \(Int32.max)")
            }
            epoch = small
            rest = rest[rest.index(after: colon)...]
        }
        var revision: String?
        if let hyphen = rest.utf8.lastIndex(of: UInt8(ascii: "-")) {
            let tail = rest[rest.index(after: hyphen)...]
            guard !tail.isEmpty else { throw Self.refusal(text, "nothing follows the last hyphen") }
            guard !tail.utf8.contains(UInt8(ascii: ":")) else {
                throw Self.refusal(text, "the revision may not contain a colon")
            }
            revision = String(tail)
            rest = rest[..<hyphen]
        }
        guard !rest.isEmpty else { throw Self.refusal(text, "the upstream part is empty") }
        self.text = String(text)
        self.epoch = epoch
        self.upstream = String(rest)
        self.revision = revision
    }

    public var description: String { text }

    /// The text as it stands in file names: without the epoch.
    public var withoutEpoch: String { revision.map { "\(upstream)-\($0)" } ?? upstream }

    /// Whether the version belongs to a native package, one without a revision.
    public var isNative: Bool { revision == nil }

    private static func isLegal(_ byte: UInt8, inUpstream: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "~"): true
        // The colons and hyphens that remain after splitting are the ones the syntax allows.
        case UInt8(ascii: "-"), UInt8(ascii: ":"): inUpstream
        default: ASCII.isAlphanumeric(byte)
        }
    }

    private static func name(of byte: UInt8) -> String { quoted(String(UnicodeScalar(byte))) }

    private static func refusal(_ text: some StringProtocol, _ reason: String) -> DebianFormatsError {
        DebianFormatsError(.versionSyntax, "\(quoted(text)) is no version: \(reason)")
    }
}
