import Crypto
import FarmModel

/// Takes checksums of bytes that pass by.
public struct ChecksumAccumulator: Sendable {
    private var size: Int64 = 0
    private var md5 = Insecure.MD5()
    private var sha1 = Insecure.SHA1()
    private var sha256 = SHA256()

    public init() {}

    public mutating func add(_ bytes: UnsafeRawBufferPointer) {
        size += Int64(bytes.count)
        md5.update(bufferPointer: bytes)
        sha1.update(bufferPointer: bytes)
        sha256.update(bufferPointer: bytes)
    }

    public func finish() -> Checksums {
        guard let md5 = MD5Digest(bytes: Array(md5.finalize())),
            let sha1 = SHA1Digest(bytes: sha1.finalize()),
            let sha256 = FarmModel.SHA256Digest(bytes: sha256.finalize())
        else { preconditionFailure("a digest has the length its algorithm gives it") }
        return Checksums(size: size, md5: md5, sha1: sha1, sha256: sha256)
    }
}
