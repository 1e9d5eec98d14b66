/// A `.dsc` file: a source package, its files and what it takes to build it (ppa spec 3.7).
///
/// The initialiser checks the document by itself; a signature is unwrapped, not verified.
public struct SourceControlFile: Sendable {
    public enum Format: String, Hashable, Sendable, CaseIterable {
        case v1 = "1.0"
        case quilt = "3.0 (quilt)"
        case native = "3.0 (native)"
    }

    public struct Limits: Sendable {
        public var documentBytes = 2 << 20
        public var files = 200
        public init() {}
    }

    /// All fields in their order; archives repeat them in their indices.
    public let stanza: Stanza
    public let isSigned: Bool
    public let hasUnsignedText: Bool

    public let format: Format
    public let source: PackageName
    public let version: DebianVersion
    /// The binary packages the source can build.
    public let binaries: [PackageName]
    public let maintainer: MailAddress
    /// The words of Architecture: names and wildcards.
    public let architectures: [ArchitectureName]
    public let files: [ListedFile]
    /// The kinds of `files`, in the same order.
    public let fileKinds: [UploadFileName.SourceFileKind]

    /// - Parameter fileName: only for the places in error messages.
    /// - Throws: every problem found: `dsc-field-missing`, `dsc-name`, `dsc-version`, `dsc-format`,
    ///   `dsc-relations`, `dsc-file-type`, `dsc-file-set`, and those of `Deb822`, `ClearSignedText` and file lists.
    public init(
        _ bytes: [UInt8], fileName: String, limits: Limits = Limits()
    ) throws(DebianFormatsError) {
        do {
            try self.init(reading: bytes, limits: limits)
        } catch {
            throw error.inFile(fileName)
        }
    }

    private init(reading bytes: [UInt8], limits: Limits) throws(DebianFormatsError) {
        let document = try ClearSignedText(reading: bytes, maximumBytes: limits.documentBytes)
        stanza = try Deb822.singleStanza(in: document.body, firstLine: document.firstLine)
        isSigned = document.isSigned
        hasUnsignedText = document.hasOutsideText

        var fields = FieldReader(stanza, missing: .dscFieldMissing)
        let format = fields.optional("Format", as: .dscFormat, Self.format)
        let source = fields.mandatory("Source", as: .dscName) { (text) throws(DebianFormatsError) in
            try PackageName(text)
        }
        let version = fields.mandatory("Version", as: .dscVersion) { (text) throws(DebianFormatsError) in
            try DebianVersion(text)
        }
        let binaries = fields.mandatory("Binary", as: .dscName, Self.packageNames)
        let maintainer = fields.mandatory("Maintainer") { (text) throws(DebianFormatsError) in
            try MailAddress(text)
        }
        let architectures = fields.mandatory("Architecture", Self.architectureNames)
        for name in Self.relationFields {
            _ = fields.optional(name, as: .dscRelations) { (text) throws(DebianFormatsError) in
                try RelationList(text)
            }
        }
        var fileLists = FileListReader(stanza: stanza, style: .sourceControl, maximumFiles: limits.files)
        let files = fields.mandatory("Files") == nil ? [] : fileLists.read()
        fields.note(fileLists.problems)
        let kinds = Self.kinds(of: files, into: &fields)
        self.format = format ?? .v1
        if fields.problems.isEmpty, let reason = SourceFileSet(kinds).whyUnfit(for: self.format) {
            fields.note(.dscFileSet, reason, line: stanza.field("Files")?.line)
        }

        if let error = DebianFormatsError(all: fields.problems) { throw error }
        guard let source, let version, let binaries, let maintainer, let architectures else {
            throw DebianFormatsError(.dscFieldMissing, "a mandatory field is missing")
        }
        self.source = source
        self.version = version
        self.binaries = binaries
        self.maintainer = maintainer
        self.architectures = architectures
        self.files = files
        fileKinds = kinds
    }

    /// The relations of a field such as `Build-Depends`; nil if there is no such field.
    public func relations(_ field: String) throws(DebianFormatsError) -> RelationList? {
        guard let value = stanza[field] else { return nil }
        return try RelationList(value)
    }

    /// The fields of a source that are relations.
    public static let relationFields = [
        "Build-Depends", "Build-Depends-Indep", "Build-Depends-Arch", "Build-Conflicts",
        "Build-Conflicts-Indep",
        "Build-Conflicts-Arch",
    ]

    private static func format(_ text: String) throws(DebianFormatsError) -> Format {
        guard let format = Format(rawValue: text) else {
            let known = Format.allCases.map(\.rawValue).joined(separator: ", ")
            throw DebianFormatsError(
                .dscFormat, "\(quoted(text)) is no known source format; known are \(known)")
        }
        return format
    }

    private static func packageNames(_ text: String) throws(DebianFormatsError) -> [PackageName] {
        var names: [PackageName] = []
        for part in text.split(separator: ",") {
            for word in part.blankSeparatedWords() { names.append(try PackageName(word)) }
        }
        return names
    }

    private static func architectureNames(_ text: String) throws(DebianFormatsError) -> [ArchitectureName] {
        var names: [ArchitectureName] = []
        for word in text.blankSeparatedWords() { names.append(try ArchitectureName(word)) }
        return names
    }

    private static func kinds(
        of files: [ListedFile], into fields: inout FieldReader
    ) -> [UploadFileName.SourceFileKind] {
        files.compactMap { file in
            if case .source(let kind) = (try? UploadFileName(file.name))?.kind { return kind }
            fields.note(
                .dscFileType, "\(quoted(file.name.rawValue)) is no file of a source package",
                line: fields.stanza.field("Files")?.line)
            return nil
        }
    }
}
