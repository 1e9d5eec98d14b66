import ContentStore
import MockSlave
import NIOCore

/// The contents of a file that is being served: in memory, or open in the content store and sent by the kernel
/// without coming through this process.
struct FileSource {
    private enum Content {
        case bytes(ByteBuffer)
        case stored(OwnedDescriptor)
    }

    private let content: Content

    /// - Throws: `ContentStoreError` when the store does not have the file, or no descriptor is left.
    init(_ file: CachedFile, store: ContentStore) throws {
        content =
            switch file.content {
            case .bytes(let bytes): .bytes(ByteBuffer(bytes: bytes))
            case .stored(let sum): .stored(try store.openFile(sum))
            }
    }

    /// Writes a piece of the file.
    ///
    /// - Returns: what `write` returned for its last part; nil when there was none.
    func write(
        _ piece: BodyPiece, by write: (IOData) -> EventLoopFuture<Void>?
    ) -> EventLoopFuture<Void>? {
        switch piece {
        case .bytes(let bytes): return write(.byteBuffer(ByteBuffer(bytes: bytes)))
        case .invertedByte(let offset):
            guard let byte = byte(at: offset) else { return nil }
            return write(.byteBuffer(ByteBuffer(bytes: [~byte])))
        case .file(let offset, let length):
            switch content {
            case .bytes(let buffer):
                guard let slice = buffer.getSlice(at: Int(offset), length: Int(length)) else { return nil }
                return write(.byteBuffer(slice))
            case .stored(let file):
                // The descriptor is the store's and stays open until everything has been sent.
                let handle = NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: file.raw)
                let region = FileRegion(
                    fileHandle: handle, readerIndex: Int(offset), endIndex: Int(offset + length))
                let sent = write(.fileRegion(region))
                guard let sent else {
                    _ = try? handle.takeDescriptorOwnership()
                    return nil
                }
                return sent.always { _ in
                    _ = try? handle.takeDescriptorOwnership()
                    withExtendedLifetime(file) {}
                }
            }
        }
    }

    private func byte(at offset: Int64) -> UInt8? {
        switch content {
        case .bytes(let buffer): buffer.getInteger(at: Int(offset))
        case .stored(let file): try? file.bytes(at: offset, count: 1).first
        }
    }
}
