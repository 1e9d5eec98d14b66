/// Where the queue is, and the processor's limits.
package struct UploadProcessorOptions: Hashable, Sendable {
    /// What becomes of the leaf of an accepted upload; its files are in the content store by then.
    package enum AcceptedLeaves: Hashable, Sendable {
        /// It is moved to `accepted` and removed from there.
        case remove
        /// It stays in `accepted`.
        case keep
    }

    /// The directory that holds `incoming` and its siblings.
    package var queueRoot: String
    /// How long to wait after one round through `incoming` before the next.
    package var pollInterval: Duration
    package var acceptedLeaves: AcceptedLeaves
    package var limits: LeafLimits

    package init(
        queueRoot: String, pollInterval: Duration = .seconds(1), acceptedLeaves: AcceptedLeaves = .remove,
        limits: LeafLimits = .init()
    ) {
        self.queueRoot = queueRoot
        self.pollInterval = pollInterval
        self.acceptedLeaves = acceptedLeaves
        self.limits = limits
    }
}

/// How much one leaf may hold.
package struct LeafLimits: Hashable, Sendable {
    package var files: Int
    /// Bytes of one file.
    package var fileSize: Int64
    /// Bytes of all files.
    package var totalSize: Int64

    package init(files: Int = 2_000, fileSize: Int64 = 8 << 30, totalSize: Int64 = 16 << 30) {
        self.files = files
        self.fileSize = fileSize
        self.totalSize = totalSize
    }
}
