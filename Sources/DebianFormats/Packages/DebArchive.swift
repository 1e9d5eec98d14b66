/// What is inside a `.deb`, `.udeb` or `.ddeb`, read front to back without unpacking anything to disk.
///
/// The container is an `ar` archive of `debian-binary`, `control.tar…` and `data.tar…` in this order; members that
/// begin with an underscore may stand between them and any members behind them. Both tar members are read to
/// their ends, so damage anywhere is noticed.
public struct DebArchive: Sendable {
    /// The control stanza; `BinaryControl` reads it.
    public let control: Stanza
    public let controlCompression: PackageCompression
    public let dataCompression: PackageCompression
    /// The members of the control part: `control`, `md5sums`, maintainer scripts.
    public let controlMembers: [PackageMember]
    /// The members of the data part: what is installed.
    public let dataMembers: [PackageMember]

    /// The unpacked size of all files of the data part, in bytes.
    public var dataSize: Int64 { dataMembers.reduce(0) { $0 + $1.size } }

    /// Reads a package from any source; the source is read to the end of the container.
    ///
    /// - Throws: `deb-broken`, `unpack-limit`, `unpack-unsafe`, the problems of `Deb822`, and whatever the source
    ///   throws.
    public init(reading source: some ByteSource, limits: DebLimits = DebLimits()) throws {
        var reading = try DebReading(source, limits: limits)
        self = try reading.run()
    }

    init(
        control: Stanza, controlPart: DebReading.Part, dataPart: DebReading.Part
    ) {
        self.control = control
        controlCompression = controlPart.compression
        dataCompression = dataPart.compression
        controlMembers = controlPart.members
        dataMembers = dataPart.members
    }
}
