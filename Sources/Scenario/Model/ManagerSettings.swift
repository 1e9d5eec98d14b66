/// Everything of the reference manager that is configuration. The defaults are the constants of Launchpad's
/// manager (manager spec 2, 15), apart from limits that it does not have.
public struct ManagerSettings: Hashable, Sendable {
    /// How failures are attributed to builders and jobs (manager spec 13).
    public enum Policy: String, Hashable, Sendable, CaseIterable {
        case current
    }

    /// From the start of a builder's scan to the start of its next.
    public var scanInterval: Duration = .seconds(15)
    /// How often builders and queue entries are read anew; nil: as often as scans.
    public var refreshInterval: Duration?
    /// How often pending log tails are written; nil: as often as scans.
    public var logTailInterval: Duration?
    public var policy: Policy = .current
    public var attribution = AttributionSettings()
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
    public var cleaningTimeout: Duration = .seconds(300)
    /// How long a stop waits for running scans.
    public var stopTimeout: Duration = .seconds(60)
    /// Whether connections to slaves are kept open between calls.
    public var keepAlive = false
    /// Whether scan starts are spread over the interval instead of fired in one burst.
    public var spreadScans = true
    /// The largest RPC answer that is read.
    public var answerLimit = ByteCount(16 << 20)
    /// Jobs with a lower score stay in the queue; nil: none do.
    public var minimumScore: Int?
    /// The same for the jobs of one architecture; the higher limit counts.
    public var minimumScores: [String: Int] = [:]
    public var downloads = DownloadSettings()
    public var uploads = UploadSettings()

    public init() {}
}

/// Where the manager deviates from the original's attribution of failures (`docs/deviations.md`).
public struct AttributionSettings: Hashable, Sendable {
    /// D1: a job that its slave lost counts as a failure of both.
    public var countsLostJobs = true
    /// D2: the answer to `build` is looked at.
    public var checksBuildReply = true
    /// D3: a builder's count is cleared when a build ends there, not when one is accepted.
    public var clearsOnOutcome = true
    /// D4: strikes are taken back from the innocent once the guilty one is found.
    public var refundsStrikes = true
    /// D5: equal counts end in a failed job once they reach this; nil: never.
    public var tieLimit: Int? = 10
    /// D6: cleaning has a limit.
    public var limitsCleaning = true

    public init() {}

    /// The original with its defects.
    public static var original: AttributionSettings {
        var settings = AttributionSettings()
        settings.countsLostJobs = false
        settings.checksBuildReply = false
        settings.clearsOnOutcome = false
        settings.refundsStrikes = false
        settings.tieLimit = nil
        settings.limitsCleaning = false
        return settings
    }
}

/// How the manager fetches results from slaves.
public struct DownloadSettings: Hashable, Sendable {
    /// Files fetched at the same time, beside one for each slave.
    public var concurrency = 64
    /// Tries per file, without a pause between them.
    public var attempts = 3
    /// Longest wait for a connection, and longest gap between two pieces; nil: the builder's RPC limit.
    public var gapTimeout: Duration?
    /// Limit on one try at one file, however slowly it comes.
    public var transferTimeout: Duration = .seconds(3600)
    /// The largest log or result file that is taken.
    public var sizeLimit = ByteCount(8 << 30)
    /// Most files a build may leave.
    public var fileLimit = 20_000

    public init() {}
}

/// How the upload processor works off its queue.
public struct UploadSettings: Hashable, Sendable {
    /// How often the queue directory is looked at.
    public var interval: Duration = .seconds(1)

    public init() {}
}
