/// A `.changes` file: what an upload consists of and what it is for (ppa spec 3.3, 3.4).
///
/// The initialiser checks the document by itself; whether the files exist and are as listed is another matter
/// (`BinaryUploadCheck`). A signature is unwrapped, not verified.
public struct ChangesFile: Sendable {
    public struct Limits: Sendable {
        public var documentBytes = 2 << 20
        public var files = 10_000
        public init() {}
    }

    public enum Urgency: String, Hashable, Sendable, CaseIterable {
        case low, medium, high, critical
    }

    /// The name of the file itself.
    public let name: SafeFileName
    /// The third part of the name, such as `amd64` or `source`.
    public let nameArchitecture: String
    /// All fields in their order.
    public let stanza: Stanza
    /// Whether the text stood inside a clear-signed message.
    public let isSigned: Bool
    /// Whether text stood outside that message; it has no influence on anything here.
    public let hasUnsignedText: Bool

    public let source: SourceReference
    public let version: DebianVersion
    /// The words of Architecture, such as `amd64`, `all`, `source`.
    public let architectures: [String]
    /// The words of Binary; empty in uploads of source only, where the field may be absent.
    public let binaries: [String]
    public let distribution: String
    public let maintainer: String
    public let changedBy: MailAddress
    public let files: [ListedFile]

    /// - Parameter fileName: the name, without directory; its form is checked.
    /// - Throws: every problem found, unless an earlier one makes the rest unreadable: `changes-name`,
    ///   `field-missing`, `format-range`, those of `Deb822`, of `ClearSignedText` and of file lists.
    public init(
        _ bytes: [UInt8], fileName: String, limits: Limits = Limits()
    ) throws(DebianFormatsError) {
        do {
            try self.init(reading: bytes, fileName: fileName, limits: limits)
        } catch {
            throw error.inFile(fileName)
        }
    }

    private init(reading bytes: [UInt8], fileName: String, limits: Limits) throws(DebianFormatsError) {
        let document = try ClearSignedText(reading: bytes, maximumBytes: limits.documentBytes)
        stanza = try Deb822.singleStanza(in: document.body, firstLine: document.firstLine)
        isSigned = document.isSigned
        hasUnsignedText = document.hasOutsideText

        var fields = FieldReader(stanza, missing: .fieldMissing)
        let parsedName: UploadFileName? = Self.read(fileName, into: &fields)
        let source = fields.mandatory("Source") { (text) throws(DebianFormatsError) in
            try SourceReference(text)
        }
        let version = fields.mandatory("Version") { (text) throws(DebianFormatsError) in
            try DebianVersion(text)
        }
        let distribution = fields.mandatory("Distribution", Self.singleWord)
        let maintainer = fields.mandatory("Maintainer") { (text) throws(DebianFormatsError) in
            // Only signed uploads come from people who could have written it wrongly (ppa spec 3.1, step 5).
            document.isSigned ? try MailAddress(text).description : text
        }
        let changedBy = fields.mandatory("Changed-By") { (text) throws(DebianFormatsError) in
            try MailAddress(text)
        }
        for name in ["Architecture", "Changes", "Date"] { _ = fields.mandatory(name) }
        _ = fields.optional("Format", as: .formatRange, Self.checkFormat)
        var fileLists = FileListReader(stanza: stanza, style: .changes, maximumFiles: limits.files)
        let files = fields.mandatory("Files") == nil ? [] : fileLists.read()
        fields.note(fileLists.problems)

        if let error = DebianFormatsError(all: fields.problems) { throw error }
        guard let parsedName, let architecture = parsedName.architecture, let source, let version,
            let distribution, let maintainer, let changedBy
        else { throw DebianFormatsError(.fieldMissing, "a mandatory field is missing") }
        name = parsedName.name
        nameArchitecture = architecture
        self.source = source
        self.version = version
        self.distribution = distribution
        self.maintainer = maintainer
        self.changedBy = changedBy
        self.files = files
        architectures = stanza.words(of: "Architecture")
        binaries = stanza.words(of: "Binary")
    }

    /// The version of the source: the one in parentheses behind its name, else the version of the upload.
    public var sourceVersion: DebianVersion { source.version ?? version }

    /// Nil for a word that is no urgency; a missing field means low, `emergency` is the same as critical.
    public var urgency: Urgency? {
        guard let text = stanza["Urgency"] else { return .low }
        // Some changelogs carry a remark behind the word.
        let word = ASCII.lowercased(text.blankSeparatedWords().first ?? "")
        return word == "emergency" ? .critical : Urgency(rawValue: word)
    }

    /// The changelog entry without the escapes of the format.
    public var changes: String { stanza.text(of: "Changes") ?? "" }

    private static func read(_ fileName: String, into fields: inout FieldReader) -> UploadFileName? {
        if let name = try? UploadFileName(fileName), name.kind == .changes { return name }
        fields.note(.changesName, "\(quoted(fileName)) is not of the form NAME_VERSION_ARCH.changes")
        return nil
    }

    private static func singleWord(_ text: String) throws(DebianFormatsError) -> String {
        let words = text.blankSeparatedWords()
        guard words.count == 1 else {
            throw DebianFormatsError(.fieldSyntax, "\(quoted(text)) is not one word")
        }
        return words[0]
    }

    /// The format of a `.changes` is a number from 1.5 to 2.0.
    private static func checkFormat(_ text: String) throws(DebianFormatsError) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), text.utf8.count <= 10,
            parts.allSatisfy({ ASCII.decimal($0) != nil }),
            let number = Double(text), (1.5...2.0).contains(number)
        else { throw DebianFormatsError(.formatRange, "\(quoted(text)) does not lie in 1.5 to 2.0") }
    }
}
