public import FarmModel

/// The size and digests of a file, all taken in one pass.
public struct Checksums: Hashable, Sendable {
    /// In bytes.
    public let size: Int64
    public let md5: MD5Digest
    public let sha1: SHA1Digest
    public let sha256: FarmModel.SHA256Digest

    public init(of bytes: [UInt8]) {
        var accumulator = ChecksumAccumulator()
        bytes.withUnsafeBytes { accumulator.add($0) }
        self = accumulator.finish()
    }

    /// Reads the source to its end.
    ///
    /// - Throws: only what the source throws.
    public init(of source: some ByteSource) throws {
        self = try DigestingByteSource(source).finish()
    }

    init(size: Int64, md5: MD5Digest, sha1: SHA1Digest, sha256: FarmModel.SHA256Digest) {
        self.size = size
        self.md5 = md5
        self.sha1 = sha1
        self.sha256 = sha256
    }
}
