/// The folders that a scenario speaks of. The room Scenario itself does not look at a disk.
public protocol ScenarioFolders: Sendable {
    /// The path under which a folder named in the scenario is found later.
    ///
    /// - Parameter name: as written: absolute, or relative to the scenario file.
    func path(of name: String) -> String
    /// What is in a folder.
    ///
    /// - Parameter path: what `path(of:)` gave.
    func listing(of path: String) -> FolderListing
}

public enum FolderListing: Hashable, Sendable {
    /// There is no such folder.
    case missing
    /// The names of its files, in any order.
    case files([String])
    /// Nobody looked.
    case unknown
}

/// Folders nobody looks into: every one is taken to be right. For reading a scenario where its files are not.
public struct UncheckedFolders: ScenarioFolders {
    public init() {}
    public func path(of name: String) -> String { name }
    public func listing(of path: String) -> FolderListing { .unknown }
}
