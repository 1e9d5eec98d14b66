/// A file, directory or link inside a package.
public struct PackageMember: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case file
        case directory
        case symbolicLink(target: String)
        /// The target is the path of another member.
        case hardLink(target: String)
        /// A device, pipe or socket.
        case special
    }

    /// Without `./` before it and `/` behind it; empty for the root of the tree.
    public let path: String
    public let kind: Kind
    /// In bytes; 0 for everything but files.
    public let size: Int64
    /// Whole seconds since 1970-01-01 00:00:00 UTC.
    public let modified: Int64
    /// Permission bits.
    public let mode: UInt32
}
