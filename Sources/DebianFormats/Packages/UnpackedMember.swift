/// A compressed member of a package, unpacked while it stays within the limits: a bomb is stopped before it has gone
/// off.
final class UnpackedMember: ByteSource {
    private let packed: PackedMember
    private let stream: ArchiveReader
    private let name: String
    private let maximumBytes: Int64
    private let limits: DebLimits
    private var bytesUnpacked: Int64 = 0

    /// - Parameters:
    ///   - container: the package, at the member that is to be unpacked.
    ///   - name: the name of the member, for error messages.
    init(
        of container: ArchiveReader, _ name: String, _ compression: PackageCompression, maximumBytes: Int64,
        limits: DebLimits
    ) throws {
        packed = PackedMember(container, isGzip: compression == .gzip)
        stream = try ArchiveReader(.compressed(compression), name, from: packed)
        self.name = name
        self.maximumBytes = maximumBytes
        self.limits = limits
        guard try stream.next() != nil else { throw DebianFormatsError(.debBroken, "\(name) is empty") }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try stream.read(into: buffer)
        packed.gzip?.add(unpacked: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        bytesUnpacked += Int64(count)
        guard bytesUnpacked <= maximumBytes else {
            throw DebianFormatsError(.unpackLimit, "\(name) unpacks to more than \(maximumBytes) bytes")
        }
        let (product, overflow) = stream.bytesTaken.multipliedReportingOverflow(by: limits.ratio)
        if bytesUnpacked > limits.ratioCountsFrom, !overflow, bytesUnpacked > product {
            throw DebianFormatsError(
                .unpackLimit, "\(name) unpacks to more than \(limits.ratio) times its size")
        }
        return count
    }

    /// Reads what is left, up to the sums that stand at the end of a compressed stream.
    func finish() throws {
        try withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 16) { buffer in
            while try read(into: buffer) > 0 {}
            while try packed.read(into: buffer) > 0 {}
        }
        if let gzip = packed.gzip, !gzip.holds {
            throw DebianFormatsError(
                .debBroken, "\(name) is damaged: the sum at its end is of other contents")
        }
    }
}

/// The present member of a container as a source of bytes.
final class PackedMember: ByteSource {
    private let container: ArchiveReader
    /// Only for members compressed with gzip.
    var gzip: GzipIntegrity?

    init(_ container: ArchiveReader, isGzip: Bool = false) {
        self.container = container
        gzip = isGzip ? GzipIntegrity() : nil
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try container.read(into: buffer)
        gzip?.add(compressed: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return count
    }
}
