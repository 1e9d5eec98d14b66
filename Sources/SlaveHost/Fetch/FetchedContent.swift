import ContentStore
import FarmModel
import MockSlave
import NIOCore
import NIOPosix

/// A file on its way into the content store. Pieces are gathered so that the disk is asked once for many.
final class FetchedContent {
    private let sum: SHA1Digest?
    private let limit: Int64
    private let store: ContentStore
    private let threads: NIOThreadPool
    private var writer: ContentWriter?
    private var buffer = ByteBuffer()
    private var size: Int64 = 0

    private static let pieceSize = 1 << 18

    /// - Parameter sum: the sum as the call named it; one that is no lower-case SHA-1 never matches.
    init(_ sum: String, limit: Int64, store: ContentStore, threads: NIOThreadPool) {
        self.sum = SHA1Digest(sum)
        self.limit = limit
        self.store = store
        self.threads = threads
    }

    func take(_ piece: ByteBuffer) async throws {
        size += Int64(piece.readableBytes)
        guard size <= limit else {
            abandon()
            throw FetchFailure.unreachable("<urlopen error [Errno 27] File too large>")
        }
        buffer.writeImmutableBuffer(piece)
        if buffer.readableBytes >= Self.pieceSize { try await write() }
    }

    /// Stores the file if its digest is the one asked for.
    func finish() async throws -> FetchOutcome {
        try await write()
        guard let writer, let sum else {
            abandon()
            return .digestMismatch
        }
        do {
            let stored = try await threads.runIfActive { try writer.finish(expecting: sum) }
            return .stored(size: stored.size)
        } catch let error as ContentStoreError where error.code == .digestMismatch {
            return .digestMismatch
        }
    }

    func abandon() {
        writer?.abandon()
        writer = nil
    }

    private func write() async throws {
        let bytes = buffer
        buffer = ByteBuffer()
        let store = store
        let present = writer
        writer = try await threads.runIfActive {
            let writer = try present ?? store.writer()
            try bytes.withUnsafeReadableBytes { try writer.write(bytes: $0) }
            return writer
        }
    }
}
