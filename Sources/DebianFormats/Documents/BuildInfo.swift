/// A `.buildinfo` file: how a package was built. Only its form is checked; it may be signed or not.
public struct BuildInfo: Sendable {
    public let stanza: Stanza
    public let isSigned: Bool
    public let source: SourceReference
    public let version: DebianVersion
    /// The words of Architecture.
    public let architectures: [String]

    /// - Throws: `field-missing` and the problems of `Deb822` and `ClearSignedText`.
    public init(
        _ bytes: [UInt8], fileName: String, maximumBytes: Int = 8 << 20
    ) throws(DebianFormatsError) {
        do throws(DebianFormatsError) {
            let document = try ClearSignedText(reading: bytes, maximumBytes: maximumBytes)
            var options = Deb822.Options()
            options.limits.documentBytes = maximumBytes
            let stanza = try Deb822.singleStanza(
                in: document.body, options: options, firstLine: document.firstLine)
            var fields = FieldReader(stanza, missing: .fieldMissing)
            let source = fields.mandatory("Source") { (text) throws(DebianFormatsError) in
                try SourceReference(text)
            }
            let version = fields.mandatory("Version") { (text) throws(DebianFormatsError) in
                try DebianVersion(text)
            }
            _ = fields.mandatory("Architecture")
            if let error = DebianFormatsError(all: fields.problems) { throw error }
            guard let source, let version else {
                throw DebianFormatsError(.fieldMissing, "a mandatory field is missing")
            }
            self.stanza = stanza
            self.isSigned = document.isSigned
            self.source = source
            self.version = version
            architectures = stanza.words(of: "Architecture")
        } catch {
            throw error.inFile(fileName)
        }
    }
}
