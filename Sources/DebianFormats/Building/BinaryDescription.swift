/// A binary package.
public struct BinaryDescription: Sendable {
    public var package: PackageName
    public var version: DebianVersion
    public var architecture: ArchitectureName
    /// Written only where it differs from the package's own name and version.
    public var source: SourceReference?
    public var maintainer: MailAddress
    public var section: Section
    public var priority: PackagePriority
    public var summary: String
    /// Further control fields in their order, such as `Depends`.
    public var extraFields: [(name: String, value: String)]

    public init(
        package: PackageName, version: DebianVersion, architecture: ArchitectureName,
        source: SourceReference? = nil, maintainer: MailAddress, section: Section,
        priority: PackagePriority = .optional, summary: String,
        extraFields: [(name: String, value: String)] = []
    ) {
        self.package = package
        self.version = version
        self.architecture = architecture
        self.source = source
        self.maintainer = maintainer
        self.section = section
        self.priority = priority
        self.summary = summary
        self.extraFields = extraFields
    }

    /// The one binary package of a made-up source, named like it.
    ///
    /// - Parameter architecture: the one that is built for; sources of architecture `all` give a package of `all`.
    public init(of source: SourceDescription, architecture: ArchitectureName) {
        self.init(
            package: source.name, version: source.version,
            architecture: source.architecture == .all ? .all : architecture, maintainer: source.maintainer,
            section: source.section, priority: source.priority, summary: source.summary)
    }
}
