/// Bytes read once, from front to back.
///
/// The cores of this room read only through this protocol; what stands behind it (memory, a file, a socket's
/// spool) is the caller's business. Errors thrown by a source pass through the readers unchanged, so they can be
/// told from errors in the data.
public protocol ByteSource {
    /// Fills the front of the buffer and returns how many bytes that were; 0 only at the end.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// Bytes that are in memory already.
public struct MemoryByteSource: ByteSource {
    private var rest: ArraySlice<UInt8>

    public init(_ bytes: [UInt8]) { rest = bytes[...] }

    public mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, rest.count)
        buffer.copyBytes(from: rest.prefix(count))
        rest = rest.dropFirst(count)
        return count
    }
}

extension ByteSource {
    /// Everything that is left.
    ///
    /// - Throws: `upload-limit` as soon as there are more than `maximum` bytes, and what the source throws.
    mutating func readAll(maximum: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let chunk = 64 << 10
        while true {
            let part = try [UInt8](unsafeUninitializedCapacity: chunk) { buffer, count in
                count = try read(into: UnsafeMutableRawBufferPointer(buffer))
            }
            if part.isEmpty { return bytes }
            bytes.append(contentsOf: part)
            guard bytes.count <= maximum else {
                throw DebianFormatsError(.uploadLimit, "the file is larger than the \(maximum) bytes allowed")
            }
        }
    }
}
