/// How much a `.deb` may ask of its reader.
public struct DebLimits: Sendable {
    /// The unpacked size of the control member.
    public var controlBytes: Int64 = 16 << 20
    /// The size of the file `control` in it.
    public var controlFileBytes = 1 << 20
    /// The unpacked size of the data member.
    public var dataBytes: Int64 = 16 << 30
    /// Files, directories and links in either member.
    public var members = 500_000
    /// The paths and link targets of all members of either part together.
    public var pathBytes = 64 << 20
    /// How many times its compressed size a member may unpack to, once it has unpacked `ratioCountsFrom` bytes.
    public var ratio: Int64 = 500
    public var ratioCountsFrom: Int64 = 32 << 20
    /// Members of the outer container.
    public var outerMembers = 16

    public init() {}
}
