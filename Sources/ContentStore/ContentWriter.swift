package import FarmModel

/// Takes content in pieces and stores it when it is complete.
///
/// Calls may come from any thread, one after the other; each may block on the disk. A writer that goes away
/// unfinished leaves nothing behind.
package final class ContentWriter: Sendable {
    private let store: ContentStore
    private let file: HashingFileWriter

    init(_ store: ContentStore, _ file: HashingFileWriter) {
        self.store = store
        self.file = file
    }

    /// The bytes written so far.
    package var size: Int64 { file.size }

    /// - Throws: `tooLarge`, `writerClosed`, `diskFull`, `inputOutput`; the content is given up then.
    package func write(_ bytes: some Collection<UInt8>) throws(ContentStoreError) { try file.write(bytes) }

    /// As `write(_:)`, for bytes that are in memory already.
    package func write(bytes: UnsafeRawBufferPointer) throws(ContentStoreError) {
        try file.write(bytes: bytes)
    }

    /// Makes the content visible in the store, once it is safe on the disk.
    ///
    /// - Parameter expected: the digest announced for it.
    /// - Throws: `digestMismatch`, `storedContentDiffers`, `writerClosed`, `diskFull`, `inputOutput`; the content
    ///   is given up then.
    @discardableResult
    package func finish(expecting expected: SHA1Digest? = nil) throws(ContentStoreError) -> StoredFile {
        try store.publish(file, expecting: expected)
    }

    /// Gives the content up.
    package func abandon() { file.abandon() }
}
