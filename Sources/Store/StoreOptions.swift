/// How a `Store` treats its file.
package struct StoreOptions: Hashable, Sendable {
    /// What a commit survives. Neither setting can corrupt the database, and with both a committed transaction
    /// survives the death of the process (`kill -9`), because it has been handed to the kernel.
    package enum Durability: Hashable, Sendable {
        /// Every commit waits for the disk (`synchronous=FULL`), so it also survives a power cut. The default:
        /// files move after the commit that announces them, and a commit that a power cut takes back would leave
        /// a moved file behind a status that no longer mentions it.
        case powerLoss
        /// The disk is waited for at checkpoints only (`synchronous=NORMAL`): a power cut may take back the last
        /// commits. For tests, demos and benchmarks, whose data nobody needs after a power cut.
        case processCrash
    }

    package var durability: Durability
    /// How long a transaction waits for another process or connection that is writing.
    package var busyTimeout: Duration
    /// How many reads may run at the same time, each on a connection of its own; at least 1.
    package var maximumReaders: Int

    package init(
        durability: Durability = .powerLoss, busyTimeout: Duration = .seconds(10), maximumReaders: Int = 4
    ) {
        self.durability = durability
        self.busyTimeout = busyTimeout
        self.maximumReaders = max(1, maximumReaders)
    }
}
