/// A source package, and what its builds have in common.
public struct SourceDescription: Sendable {
    public var name: PackageName
    public var version: DebianVersion
    /// `Name <mail>`; also the one who signs the changelog.
    public var maintainer: MailAddress
    /// The suite in the changelog and the `.changes`.
    public var distribution: String
    public var section: Section
    public var priority: PackagePriority
    /// The first line of the package description.
    public var summary: String
    /// What is listed in the changelog entry.
    public var changes: [String]
    /// The architecture words of the `.dsc` and of its binary package.
    public var architecture: ArchitectureName
    /// Further fields of the `.dsc` in their order, such as `Build-Depends`.
    public var extraFields: [(name: String, value: String)]

    /// - Throws: `name-syntax`, `version-syntax`, `address-syntax`, `field-syntax`.
    public init(
        name: String, version: String, maintainer: String = "Baikonur Fake Farm <farm@example.com>",
        distribution: String = "unstable", section: String = "misc", priority: PackagePriority = .optional,
        summary: String = "package made up for a fake build farm", changes: [String] = ["Made up."],
        architecture: String = "any", extraFields: [(name: String, value: String)] = []
    ) throws(DebianFormatsError) {
        self.name = try PackageName(name)
        self.version = try DebianVersion(version)
        self.maintainer = try MailAddress(maintainer)
        self.distribution = distribution
        self.section = try Section(section)
        self.priority = priority
        self.summary = summary
        self.changes = changes
        self.architecture = try ArchitectureName(architecture)
        self.extraFields = extraFields
    }

    /// The changelog entry as it stands in `debian/changelog`, without the line of its author.
    var changelogEntry: String {
        "\(name) (\(version)) \(distribution); urgency=low\n\n"
            + changes.map { "  * \($0.split(separator: "\n").joined(separator: "\n    "))\n" }.joined()
    }
}
