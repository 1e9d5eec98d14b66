/// The sum and length at the end of a gzip stream, which libarchive 3 reads over without looking at them.
///
/// A member of a package is one gzip stream; several in a row, or anything behind it, are refused with it.
struct GzipIntegrity {
    private var sum: UInt32 = 0xFFFF_FFFF
    private var length: UInt32 = 0
    private var lastBytes: [UInt8] = []

    private static let trailerBytes = 8

    /// The table of the CRC-32 of ISO 3309, lowest bit first.
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }

    mutating func add(compressed bytes: UnsafeRawBufferPointer) {
        lastBytes.append(contentsOf: bytes.suffix(Self.trailerBytes))
        if lastBytes.count > Self.trailerBytes { lastBytes.removeFirst(lastBytes.count - Self.trailerBytes) }
    }

    mutating func add(unpacked bytes: UnsafeRawBufferPointer) {
        length &+= UInt32(truncatingIfNeeded: bytes.count)
        Self.table.withUnsafeBufferPointer { table in
            var sum = self.sum
            for byte in bytes { sum = sum >> 8 ^ table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] }
            self.sum = sum
        }
    }

    /// Whether the stream was unpacked to what its maker packed.
    var holds: Bool {
        guard lastBytes.count == Self.trailerBytes else { return false }
        func word(_ bytes: ArraySlice<UInt8>) -> UInt32 {
            bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
        return word(lastBytes[..<4]) == sum ^ 0xFFFF_FFFF && word(lastBytes[4...]) == length
    }
}
