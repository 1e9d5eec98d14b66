/// A file that was made, with what a `.changes` says about it.
public struct BuiltFile: Sendable {
    public var name: SafeFileName
    public var bytes: [UInt8]
    public var section: Section
    public var priority: PackagePriority
    /// The first line of the description, for binary packages.
    public var summary: String?

    public init(
        name: SafeFileName, bytes: [UInt8], section: Section, priority: PackagePriority = .optional,
        summary: String? = nil
    ) {
        self.name = name
        self.bytes = bytes
        self.section = section
        self.priority = priority
        self.summary = summary
    }
}
