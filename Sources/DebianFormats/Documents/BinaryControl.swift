/// The control stanza of a binary package (ppa spec 3.9).
public struct BinaryControl: Sendable {
    /// All fields in their order; archives repeat them in their indices.
    public let stanza: Stanza
    public let package: PackageName
    public let version: DebianVersion
    public let architecture: ArchitectureName
    /// As written; nil if the package is named like its source and has its version.
    public let sourceField: SourceReference?
    public let maintainer: String
    public let section: Section?
    public let priority: String?

    /// - Throws: every problem found: `deb-field-missing`, `deb-name`, `deb-version`, `deb-arch`, `deb-source`,
    ///   `deb-section`, `deb-depends`.
    public init(_ stanza: Stanza) throws(DebianFormatsError) {
        var fields = FieldReader(stanza, missing: .debFieldMissing)
        let package = fields.mandatory("Package", as: .debName) { (text) throws(DebianFormatsError) in
            try PackageName(text)
        }
        let version = fields.mandatory("Version", as: .debVersion) { (text) throws(DebianFormatsError) in
            try DebianVersion(text)
        }
        let architecture = fields.mandatory("Architecture", as: .debArchitecture) {
            (text) throws(DebianFormatsError) in try ArchitectureName(text)
        }
        let maintainer = fields.mandatory("Maintainer")
        sourceField = fields.optional("Source", as: .debSource) { (text) throws(DebianFormatsError) in
            try SourceReference(text)
        }
        section = fields.optional("Section", as: .debSection) { (text) throws(DebianFormatsError) in
            try Section(text)
        }
        priority = stanza["Priority"]
        Self.checkRelations(into: &fields)

        if let error = DebianFormatsError(all: fields.problems) { throw error }
        guard let package, let version, let architecture, let maintainer else {
            throw DebianFormatsError(.debFieldMissing, "a mandatory field is missing")
        }
        self.stanza = stanza
        self.package = package
        self.version = version
        self.architecture = architecture
        self.maintainer = maintainer
    }

    /// The source the package was built from; its name and version default to the package's own.
    public var sourceName: PackageName { sourceField?.name ?? package }
    public var sourceVersion: DebianVersion { sourceField?.version ?? version }

    /// The relations of a field such as `Depends`; nil if there is no such field.
    public func relations(_ field: String) throws(DebianFormatsError) -> RelationList? {
        guard let value = stanza[field] else { return nil }
        return try RelationList(value)
    }

    /// The fields of a binary package that are relations.
    public static let relationFields = [
        "Depends", "Pre-Depends", "Recommends", "Suggests", "Enhances", "Breaks", "Conflicts", "Replaces",
        "Provides", "Built-Using",
    ]

    /// Clients choke on relations they cannot read, so all of them are read here; the specification only asks
    /// that Depends is not present and empty.
    private static func checkRelations(into fields: inout FieldReader) {
        for name in relationFields {
            let list = fields.optional(name, as: .debDepends) { (text) throws(DebianFormatsError) in
                try RelationList(text)
            }
            if name == "Depends", let list, list.isEmpty {
                fields.note(
                    .debDepends, "the field Depends is present but empty; leave it out",
                    line: fields.stanza.field(name)?.line)
            }
        }
    }
}
