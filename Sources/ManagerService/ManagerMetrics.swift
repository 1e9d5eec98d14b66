import BuildManager
import FarmModel
import Metrics

/// The counters of the original (manager spec 16), through whatever metrics system the process has chosen.
enum ManagerMetrics {
    static func count(_ event: ManagerEvent, builder: BuilderName) {
        var labels = [("builder_name", builder.rawValue), ("region", builder.region)]
        switch event {
        case .dispatched(let plan):
            labels.append(("job_type", plan.job.cookie.jobType.rawValue))
            Counter(label: "build.count", dimensions: labels).increment()
        case .collected(let job, let status):
            labels += [("job_type", job.cookie.jobType.rawValue), ("status", status.name)]
            Counter(label: "build.finished", dimensions: labels).increment()
        case .cancelled(let job):
            labels += [("job_type", job.cookie.jobType.rawValue), ("status", "CANCELLED")]
            Counter(label: "build.finished", dimensions: labels).increment()
        case .jobReset(let job, _):
            labels.append(("job_type", job.cookie.jobType.rawValue))
            Counter(label: "build.reset", dimensions: labels).increment()
        case .scanFailed(let report, let consecutive, let isGraced):
            labels += reportLabels(report)
            Counter(label: "builders.failure.scan_failed", dimensions: labels).increment()
            if isGraced {
                labels.append(("failures", String(consecutive)))
                Counter(label: "builders.failure.scan_retried", dimensions: labels).increment()
            }
        case .judged(let applied):
            labels += reportLabels(applied.report)
            if let name = jobMetric(applied.verdict.job) {
                Counter(label: name, dimensions: labels).increment()
            }
            if let name = builderMetric(applied.verdict.builder) {
                Counter(label: name, dimensions: labels).increment()
            }
        case .taken, .jobLost, .cleaning, .cleaned, .recordFailed, .note:
            break
        }
    }

    private static func reportLabels(_ report: FailureReport) -> [(String, String)] {
        guard let job = report.job else { return [] }
        return [("build", "True"), ("job_type", job.cookie.jobType.rawValue)]
    }

    private static func jobMetric(_ action: Verdict.JobAction) -> String? {
        switch action {
        case .none: nil
        case .reset: "builders.failure.job_reset"
        case .fail: "builders.failure.job_failed"
        case .cancel: "builders.failure.job_cancelled"
        }
    }

    private static func builderMetric(_ action: Verdict.BuilderAction) -> String? {
        switch action {
        case .none: nil
        case .dirty: "builders.failure.builder_reset"
        case .disable: "builders.failure.builder_failed"
        }
    }
}
