/// Passes another source through and takes checksums of what was read. A class, because a reader consumes it while
/// its maker waits for the checksums.
final class DigestingByteSource: ByteSource {
    private var source: any ByteSource
    private var accumulator = ChecksumAccumulator()

    init(_ source: any ByteSource) { self.source = source }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try source.read(into: buffer)
        accumulator.add(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return count
    }

    /// Reads what is left, so that the checksums are of all bytes.
    func finish() throws -> Checksums {
        try withUnsafeTemporaryAllocation(byteCount: 128 << 10, alignment: 16) { buffer in
            while try read(into: buffer) > 0 {}
        }
        return accumulator.finish()
    }
}
