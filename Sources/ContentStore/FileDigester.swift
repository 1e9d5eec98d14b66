import Crypto
import FarmModel

/// Computes both digests and the length of content that comes in pieces.
package struct FileDigester {
    private var sha1 = Insecure.SHA1()
    private var sha256 = SHA256()
    /// The bytes seen so far.
    package private(set) var size: Int64 = 0

    package init() {}

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        sha1.update(bufferPointer: bytes)
        sha256.update(bufferPointer: bytes)
        size += Int64(bytes.count)
    }

    package func finish() throws(ContentStoreError) -> StoredFile {
        guard let first = SHA1Digest(bytes: sha1.finalize()),
            let second = SHA256Digest(bytes: sha256.finalize())
        else { throw ContentStoreError(.inputOutput, "the digest functions gave digests of a wrong length") }
        return StoredFile(sha1: first, sha256: second, size: size)
    }

    /// The digests of content in memory.
    package static func digest(_ bytes: some Collection<UInt8>) throws(ContentStoreError) -> StoredFile {
        var digester = FileDigester()
        withContiguousBytes(bytes) { digester.update($0) }
        return try digester.finish()
    }

    /// The digests of an open file, and `body` called with each piece of it.
    ///
    /// - Throws: `changedWhileRead`, `tooLarge`, or what `body` throws.
    static func digest(
        _ file: OwnedDescriptor, limit: Int64,
        _ body: (UnsafeRawBufferPointer) throws(ContentStoreError) -> Void = {
            (_) throws(ContentStoreError) in
        }
    ) throws(ContentStoreError) -> StoredFile {
        let before = try file.status()
        guard Int64(before.st_size) <= limit else { throw .tooLarge(file.path, limit: limit) }
        var digester = FileDigester()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try file.read(into: buffer, at: digester.size)
            if count == 0 { break }
            let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            digester.update(piece)
            guard digester.size <= limit else { throw .tooLarge(file.path, limit: limit) }
            try body(piece)
        }
        guard try file.status().isUnchanged(since: before), digester.size == Int64(before.st_size) else {
            throw ContentStoreError(.changedWhileRead, "\(file.path) changed while it was being read")
        }
        return try digester.finish()
    }
}

extension ContentStoreError {
    static func tooLarge(_ path: String, limit: Int64) -> ContentStoreError {
        ContentStoreError(.tooLarge, "\(path) is longer than the limit of \(limit) bytes")
    }
}

/// Calls `body` with the bytes in one piece, without a copy where the collection allows it.
func withContiguousBytes<Result, Failure: Error>(
    _ bytes: some Collection<UInt8>, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
) throws(Failure) -> Result {
    let direct = bytes.withContiguousStorageIfAvailable { buffer in
        Swift.Result { () throws(Failure) in try body(UnsafeRawBufferPointer(buffer)) }
    }
    if let direct { return try direct.get() }
    let copy = ContiguousArray(bytes)
    let result = copy.withUnsafeBytes { buffer in
        Swift.Result { () throws(Failure) in try body(buffer) }
    }
    return try result.get()
}
