/// Limits and durability of a `ContentStore`.
package struct ContentStoreOptions: Hashable, Sendable {
    /// The largest content taken, in bytes.
    package var maximumFileSize: Int64
    /// Whether content has reached the disk before it becomes visible, so that it survives a power cut. Without
    /// it, it still survives the death of the process; enough for a fake slave's cache and for tests.
    package var waitsForDisk: Bool

    package init(maximumFileSize: Int64 = 16 << 30, waitsForDisk: Bool = true) {
        self.maximumFileSize = maximumFileSize
        self.waitsForDisk = waitsForDisk
    }
}
