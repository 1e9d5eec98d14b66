import Glibc
import Synchronization

/// A new file that is digested while it is being written.
///
/// The file is made with `O_EXCL` and without following links, and is removed again unless `finish` succeeded.
/// Calls may come from any thread, one after the other.
package final class HashingFileWriter: Sendable {
    package let path: String
    private let limit: Int64
    private let state: Mutex<State>

    private struct State {
        /// Nil once abandoned.
        var file: OwnedDescriptor?
        var digester = FileDigester()
        var isFinished = false
    }

    /// - Parameters:
    ///   - path: must not exist; its directory must.
    ///   - limit: the most bytes that may be written.
    package convenience init(creating path: String, limit: Int64) throws(ContentStoreError) {
        let file = try OwnedDescriptor.open(path, flags: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o644)
        self.init(file, limit: limit)
    }

    init(_ file: OwnedDescriptor, limit: Int64) {
        path = file.path
        self.limit = limit
        state = Mutex(State(file: file))
    }

    deinit { abandon() }

    /// The bytes written so far.
    package var size: Int64 { state.withLock { $0.digester.size } }

    /// - Throws: `tooLarge`, `writerClosed`, `diskFull`, `inputOutput`; the file is gone then.
    package func write(_ bytes: some Collection<UInt8>) throws(ContentStoreError) {
        try withContiguousBytes(bytes) { (buffer) throws(ContentStoreError) in try write(bytes: buffer) }
    }

    /// As `write(_:)`, for bytes that are in memory already.
    package func write(bytes: UnsafeRawBufferPointer) throws(ContentStoreError) {
        try attempt { (state, file) throws(ContentStoreError) in
            guard state.digester.size + Int64(bytes.count) <= limit else {
                throw .tooLarge(path, limit: limit)
            }
            try file.write(bytes)
            state.digester.update(bytes)
        }
    }

    /// Ends the file; nothing can be written after it.
    ///
    /// - Parameter waitsForDisk: whether to return only when the content has reached the disk. The name has to be
    ///   synced with its directory.
    /// - Throws: `writerClosed`, `inputOutput`; the file is gone then.
    package func finish(waitsForDisk: Bool) throws(ContentStoreError) -> StoredFile {
        try attempt { (state, file) throws(ContentStoreError) in
            if waitsForDisk { try file.synchronise() }
            let stored = try state.digester.finish()
            state.isFinished = true
            return stored
        }
    }

    /// Removes the file unless it was finished.
    package func abandon() { state.withLock { abandon(&$0) } }

    /// Calls `body` with the finished file, which may be moved but stays open.
    func withFinishedFile<T>(_ body: (OwnedDescriptor) throws(ContentStoreError) -> T)
        throws(ContentStoreError) -> T
    {
        let file = state.withLock { $0.isFinished ? $0.file : nil }
        guard let file else { throw ContentStoreError(.writerClosed, "\(path) is not finished") }
        return try body(file)
    }

    private func attempt<T>(
        _ body: (inout State, OwnedDescriptor) throws(ContentStoreError) -> T
    ) throws(ContentStoreError) -> T {
        try state.withLock { (state) throws(ContentStoreError) in
            guard let file = state.file, !state.isFinished else {
                throw ContentStoreError(.writerClosed, "\(path) was finished or abandoned before")
            }
            do throws(ContentStoreError) {
                return try body(&state, file)
            } catch {
                abandon(&state)
                throw error
            }
        }
    }

    private func abandon(_ state: inout State) {
        guard !state.isFinished, state.file != nil else { return }
        state.file = nil
        unlink(path)
    }
}
