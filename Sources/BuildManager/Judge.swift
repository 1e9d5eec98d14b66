public import FarmModel

/// The policies by name.
public enum FailurePolicyName: String, Hashable, Sendable, CaseIterable {
    /// The original's rule since 29 October 2023 (manager spec 11.3).
    case current

    /// The policy of this name.
    public func policy(_ rules: AttributionRules) -> any FailurePolicy {
        switch self {
        case .current:
            CurrentPolicy(
                jobResetThreshold: rules.jobResetThreshold,
                builderDisableThreshold: rules.builderDisableThreshold, tieLimit: rules.tieLimit)
        }
    }
}

/// Decides whether a builder or its job is to blame for a recorded failure.
public protocol FailurePolicy: Sendable {
    /// - Parameters:
    ///   - report: the failure, already counted.
    ///   - builderCount: the builder's failures after the increment, at least 1.
    ///   - jobCount: the job's failures after the increment; 0 without a job.
    func judge(_ report: FailureReport, builderCount: Int, jobCount: Int) -> Verdict
}

/// The original's rule since 29 October 2023 (manager spec 11.3).
public struct CurrentPolicy: FailurePolicy {
    /// Equal counts before the job is reset, when the failure did not happen while dispatching.
    public var jobResetThreshold: Int
    /// Failures before a builder is disabled.
    public var builderDisableThreshold: Int
    /// Equal counts at which the job is failed after all; nil, as in the original: never.
    public var tieLimit: Int?

    public init(jobResetThreshold: Int = 3, builderDisableThreshold: Int = 5, tieLimit: Int? = nil) {
        self.jobResetThreshold = jobResetThreshold
        self.builderDisableThreshold = builderDisableThreshold
        self.tieLimit = tieLimit
    }

    public func judge(_ report: FailureReport, builderCount: Int, jobCount: Int) -> Verdict {
        if report.cause == .isolation {
            return Verdict(
                builder: .disable, job: report.job == nil ? .none : .fail,
                explanation: "the farm's books are wrong: nobody may go on")
        }
        if builderCount == jobCount {
            if let tieLimit, jobCount >= tieLimit {
                return Verdict(
                    builder: .none, job: .fail, clearsBuilderCount: true,
                    explanation: "\(failures(jobCount)) each and no end in sight: the job is given up")
            }
            if !report.mayRetry || builderCount >= jobResetThreshold {
                return Verdict(
                    builder: .none, job: .reset,
                    explanation: "\(failures(builderCount)) each: the job is put back")
            }
            return Verdict(
                builder: .none, job: .none, explanation: "\(failures(builderCount)) each: too early to tell")
        }
        if builderCount > jobCount {
            let jobAction: Verdict.JobAction = report.job == nil ? .none : .reset
            return builderCount >= builderDisableThreshold
                ? Verdict(
                    builder: .disable, job: jobAction,
                    explanation: "builder \(builderCount), job \(jobCount): the builder is disabled")
                : Verdict(
                    builder: .dirty, job: jobAction,
                    explanation:
                        "builder \(builderCount), job \(jobCount): the builder is suspected and cleaned")
        }
        return Verdict(
            builder: .none, job: .fail, clearsBuilderCount: true,
            explanation: "builder \(builderCount), job \(jobCount): the job fails wherever it goes")
    }

    private func failures(_ count: Int) -> String { count == 1 ? "1 failure" : "\(count) failures" }
}
