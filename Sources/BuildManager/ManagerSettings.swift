public import FarmModel

/// Every constant of the manager that is configuration, with the values of the original as defaults (manager
/// spec 2 and 15).
public struct ManagerSettings: Hashable, Sendable {
    /// Time between the starts of two scans of one builder.
    public var scanInterval: Duration = .seconds(15)
    /// Limit on a whole call to a slave that is not virtual: connect, send, wait, read.
    public var callTimeout: Duration = .seconds(40)
    /// The same for virtual slaves.
    public var virtualCallTimeout: Duration = .seconds(30)
    /// `ensurepresent` may take this many times the limit of a call.
    public var ensurePresentFactor = 20
    /// Failed scans in a row before one failure is recorded.
    public var failedScansBeforeRecording = 5
    /// Candidates that one dispatch tries.
    public var candidatesPerDispatch = 10
    /// From a request to abort until a cancelled build must be gone from its slave.
    public var cancelTimeout: Duration = .seconds(180)
    /// How long a builder may take to become clean, or to stop aborting unasked, before that is a failure. The
    /// slave's own limit on an abort is 120 s plus clean-up.
    public var cleaningTimeout: Duration = .seconds(300)
    /// Attempts at fetching a result file or a log.
    public var downloadAttempts = 3
    /// Longest wait for a connection, and between two pieces of a file; nil: the limit of a call.
    public var downloadGapTimeout: Duration?
    /// Limit on one attempt at one file, however slowly it comes.
    public var transferTimeout: Duration = .seconds(3600)
    /// Files fetched at once by the whole manager, beside one for each builder: nobody waits for another's.
    public var concurrentDownloads = 64
    /// Largest answer to a call, in bytes.
    public var maximumAnswerSize = 16 << 20
    /// Largest log or result file, in bytes.
    public var maximumFileSize: Int64 = 8 << 30
    /// Most files a build may leave.
    public var maximumResultFiles = 20_000
    /// Time between two flushes of log tails.
    public var logTailInterval: Duration = .seconds(15)
    /// Time between two refreshes of the view of all builders.
    public var refreshInterval: Duration = .seconds(15)
    /// True keeps a connection to each slave open between scans; the original opens one per call.
    public var keepsConnections = false
    /// The command that resets a virtual builder, split on blanks; `{vm_host}` and `{buildd_name}` are replaced.
    public var resetCommand = ""
    /// Limit on the reset command; nil: the limit of a call to a virtual slave.
    public var resetTimeout: Duration?
    /// False starts all scans of an interval in one burst, as the original does.
    public var spreadsScans = true
    /// Jobs below are not dispatched; unset by default.
    public var minimumScores = MinimumScores()
    public var attribution = AttributionRules()

    public init() {}

    /// The limit on a call to a slave.
    public func callTimeout(isVirtualized: Bool) -> Duration {
        isVirtualized ? virtualCallTimeout : callTimeout
    }
}

/// The lowest scores with which jobs are still dispatched: a way to keep a farm for urgent work (manager spec 5.1).
public struct MinimumScores: Hashable, Sendable {
    /// For all jobs.
    public var overall: Int64?
    /// For the jobs of a processor; where both are set the higher counts.
    public var byProcessor: [String: Int64] = [:]

    public init(overall: Int64? = nil, byProcessor: [String: Int64] = [:]) {
        self.overall = overall
        self.byProcessor = byProcessor
    }

    /// Whether a job's score is high enough.
    public func admits(_ job: JobRequirements) -> Bool {
        let limits = [overall, job.processor.flatMap { byProcessor[$0] }].compactMap { $0 }
        return limits.allSatisfy { job.score >= $0 }
    }
}

/// Which failures count against whom, beside the judge's table. The defaults hold the invariants that the
/// original breaks; docs/deviations.md lists each with its reason.
public struct AttributionRules: Hashable, Sendable {
    /// The judge's table.
    public var policy: FailurePolicyName = .current
    /// Equal counts before the job is reset, unless it was just being dispatched.
    public var jobResetThreshold = 3
    /// Failures before a builder is disabled.
    public var builderDisableThreshold = 5
    /// A job that its slave lost counts as a failure of both (deviation D1; invariant 26).
    public var countsLostJobs = true
    /// The answer to `build` is believed (deviation D2; invariant 27).
    public var checksBuildReply = true
    /// A builder's count is cleared when a build comes to its end there, not when one is accepted (deviation D3;
    /// invariant 24).
    public var clearsOnOutcome = true
    /// Strikes are taken back from the innocent once the guilty one is found (deviation D4; invariant 25).
    public var refundsStrikes = true
    /// Equal counts end in a failed job once they reach this; nil: never (deviation D5; invariant 23).
    public var tieLimit: Int? = 10
    /// Cleaning and unasked aborting have a limit (deviation D6; invariants 14 and 52).
    public var limitsCleaning = true

    public init() {}

    /// The original's behaviour, with its defects.
    public static var original: AttributionRules {
        var rules = AttributionRules()
        rules.countsLostJobs = false
        rules.checksBuildReply = false
        rules.clearsOnOutcome = false
        rules.refundsStrikes = false
        rules.tieLimit = nil
        rules.limitsCleaning = false
        return rules
    }
}
