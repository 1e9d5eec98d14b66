import BuildManager
import FarmModel
import Scenario

/// Turns what the manager tells into lines of the event log.
struct ManagerEventTranslator: Sendable {
    let recorder: EventRecorder
    let jobs: JobLedger

    func record(_ builder: BuilderName, _ event: ManagerEvent) {
        switch event {
        case .taken(let plan):
            let title = BuildTitle.make(
                source: plan.sourceName, version: plan.sourceVersion, architecture: plan.architecture)
            let attempt = jobs.taken(plan.job.build, title: title)
            record(
                .jobTaken, builder, plan.job,
                [.attempt: .number(Int64(attempt)), .score: .number(plan.score)])
        case .dispatched(let plan):
            let attempt = jobs.attempt(at: plan.job.build)
            record(.dispatched, builder, plan.job, [.attempt: .number(Int64(attempt))])
        case .collected(let job, let status): record(.collected, builder, job, [.to: .text(status.name)])
        case .jobLost(let job, let found): record(.jobLost, builder, job, [.reason: .text(found)])
        case .jobReset(let job, let reason): record(.jobReset, builder, job, [.reason: .text(reason)])
        case .cancelled(let job): record(.jobCancelled, builder, job)
        case .cleaning(let how):
            // "reset" or "reset trigger", by the reset protocol; the other ways are calls to the slave.
            if how.hasPrefix("reset") { recorder.record(.builderReset, builder: builder) }
        case .cleaned: recorder.record(.builderCleaned, builder: builder)
        case .scanFailed(let report, let consecutive, isGraced: true):
            record(
                .scanRetried, builder, report.job,
                [.failures: .number(Int64(consecutive)), .reason: .text(Self.reason(report))])
        // Told by the verdict on it, which knows the counts.
        case .scanFailed(_, _, isGraced: false): break
        case .judged(let applied): record(builder, applied)
        case .recordFailed, .note: break
        }
    }

    private func record(_ builder: BuilderName, _ applied: AppliedVerdict) {
        let job = applied.report.job
        var fields: [FarmEvent.Field: FarmEvent.Value] = [
            .builderFailures: .number(Int64(applied.builderCount)),
            .jobFailures: .number(Int64(applied.jobCount)), .reason: .text(Self.reason(applied.report)),
        ]
        record(.scanFailed, builder, job, fields)
        if applied.report.cause == .isolation {
            record(.isolationError, builder, job, [.reason: .text(applied.report.message)])
        }
        fields[.reason] = .text(applied.verdict.explanation)
        switch applied.verdict.builder {
        case .none: break
        case .dirty: record(.builderDirtied, builder, job, fields)
        case .disable:
            record(.builderDisabled, builder, job, fields)
            recorder.headline("builder \(builder) is disabled: \(applied.report.message)")
        }
        switch applied.verdict.job {
        case .none: break
        case .reset: record(.jobReset, builder, job, fields)
        case .cancel: record(.jobCancelled, builder, job, fields)
        case .fail:
            record(.jobFailed, builder, job, fields)
            let title = job.flatMap { jobs.title(of: $0.build) } ?? "?"
            recorder.headline("job \(title) is failed: \(applied.verdict.explanation)")
        }
    }

    private static func reason(_ report: FailureReport) -> String {
        "\(report.cause.rawValue): \(report.message)"
    }

    private func record(
        _ kind: FarmEvent.Kind, _ builder: BuilderName, _ job: JobVitals?,
        _ fields: [FarmEvent.Field: FarmEvent.Value] = [:]
    ) {
        var fields = fields
        if let job { fields[.build] = .text("\(job.cookie)") }
        recorder.record(kind, builder: builder, job: job.flatMap { jobs.title(of: $0.build) }, fields: fields)
    }
}
