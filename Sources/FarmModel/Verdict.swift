/// A failed scan, as it comes before the judge (manager spec 11.1, 11.2).
public struct FailureReport: Hashable, Sendable {
    /// The class of a failure; it matters to the judge only where the manager spec says so.
    public enum Cause: String, Hashable, Sendable, CaseIterable {
        /// A builder has a job but is not dirty, or is clean but not idle: the farm's books are wrong.
        case isolation = "isolation error"
        /// The reset trigger failed, timed out, or the builder cannot be reset.
        case cannotResume = "cannot resume host"
        /// `ensurepresent` said no.
        case cannotFetchFile = "cannot fetch file"
        /// No base image.
        case cannotBuild = "cannot build"
        /// The slave did not accept the build.
        case buildRefused = "build refused"
        /// The slave lost the job, or runs another one.
        case lost = "job lost"
        /// A cancelled job did not end in time.
        case cancelTimedOut = "cancel timed out"
        /// Cleaning did not end in time.
        case cleaningTimedOut = "cleaning timed out"
        /// The slave says the builder, not the package, is broken; or says something unexpected.
        case slaveFailure = "slave failure"
        /// The connection was refused, reset, silent too long, or spoke nonsense.
        case communication = "communication failure"
        /// A result or a log could not be fetched as announced.
        case download = "download failure"
    }

    public var builder: BuilderID
    public var job: JobVitals?
    public var cause: Cause
    /// What happened, for people.
    public var message: String
    /// False when the failure counts at once (manager spec 11.2).
    public var mayRetry: Bool

    public init(builder: BuilderID, job: JobVitals?, cause: Cause, message: String, mayRetry: Bool) {
        self.builder = builder
        self.job = job
        self.cause = cause
        self.message = message
        self.mayRetry = mayRetry
    }
}

/// What the judge decided about a failure (manager spec 11.3).
public struct Verdict: Hashable, Sendable {
    public enum BuilderAction: String, Hashable, Sendable, CaseIterable {
        case none, dirty, disable
    }

    public enum JobAction: String, Hashable, Sendable, CaseIterable {
        case none, reset, fail, cancel
    }

    public var builder: BuilderAction
    public var job: JobAction
    /// True when the builder's failures no longer count against it: the job was to blame.
    public var clearsBuilderCount: Bool
    /// One sentence for people.
    public var explanation: String

    public init(
        builder: BuilderAction, job: JobAction, clearsBuilderCount: Bool = false, explanation: String
    ) {
        self.builder = builder
        self.job = job
        self.clearsBuilderCount = clearsBuilderCount
        self.explanation = explanation
    }
}

/// A verdict as it was carried out, with the counts it rests on (invariant 32).
public struct AppliedVerdict: Hashable, Sendable {
    public var report: FailureReport
    public var verdict: Verdict
    public var builderCount: Int
    public var jobCount: Int

    public init(report: FailureReport, verdict: Verdict, builderCount: Int, jobCount: Int) {
        self.report = report
        self.verdict = verdict
        self.builderCount = builderCount
        self.jobCount = jobCount
    }
}
