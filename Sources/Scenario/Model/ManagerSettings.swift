/// Everything of the reference manager that is configuration. The defaults are the constants of Launchpad's
/// manager (manager spec 2, 15), apart from limits that it does not have.
public struct ManagerSettings: Hashable, Sendable {
    /// How failures are attributed to builders and jobs (manager spec 13).
    public enum Policy: String, Hashable, Sendable, CaseIterable {
        case none
        case policy2010 = "2010"
        case current
    }

    /// From the start of a builder's scan to the start of its next.
    public var scanInterval: Duration = .seconds(15)
    /// How often builders and queue entries are read anew; nil: as often as scans.
    public var refreshInterval: Duration?
    /// How often pending log tails are written; nil: as often as scans.
    public var logTailInterval: Duration?
    public var policy: Policy = .current
    /// Failed scans in a row before one failure is recorded.
    public var scanGrace = 5
    /// Equal counts of builder and job before the job is taken away.
    public var tieThreshold = 3
    /// Failures of a builder before it is disabled.
    public var disableThreshold = 5
    /// How many candidates one dispatch tries.
    public var candidates = 10
    /// Limit on an RPC to a builder that is not virtual, connecting included.
    public var rpcTimeout: Duration = .seconds(40)
    /// Limit on an RPC to a virtual builder.
    public var rpcTimeoutVirtual: Duration = .seconds(30)
    /// Limit on `ensurepresent`, as a multiple of the RPC limit.
    public var fetchTimeoutFactor = 20
    /// Limit on the reset command; nil: the RPC limit of virtual builders.
    public var resetTimeout: Duration?
    /// How long a cancelled build may take to stop.
    public var cancelTimeout: Duration = .seconds(180)
    /// How long cleaning a builder may take in all before that counts as a failure (invariant 14).
    public var cleaningTimeout: Duration = .seconds(600)
    /// How long a stop waits for running scans.
    public var stopTimeout: Duration = .seconds(60)
    /// Whether connections to slaves are kept open between calls.
    public var keepAlive = false
    /// Whether scan starts are spread over the interval instead of fired in one burst.
    public var spreadScans = true
    /// The largest RPC answer that is read.
    public var answerLimit = ByteCount(64 << 20)
    public var downloads = DownloadSettings()
    public var uploads = UploadSettings()

    public init() {}
}

/// How the manager fetches results from slaves.
public struct DownloadSettings: Hashable, Sendable {
    /// Files fetched at the same time, over all slaves.
    public var concurrency = 128
    /// Tries per file, without a pause between them.
    public var attempts = 3
    /// Longest wait for a connection, and longest gap between two pieces; nil: the builder's RPC limit.
    public var gapTimeout: Duration?
    /// The largest file that is taken.
    public var sizeLimit = ByteCount(4 << 30)

    public init() {}
}

/// How the upload processor works off its queue.
public struct UploadSettings: Hashable, Sendable {
    /// How often the queue directory is looked at.
    public var interval: Duration = .seconds(1)

    public init() {}
}
