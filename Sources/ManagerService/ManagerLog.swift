import BuildManager
import FarmModel
import Logging

/// The manager's log lines. No event carries a secret: plans are logged by what they build only.
enum ManagerLog {
    static func log(_ event: ManagerEvent, builder: BuilderName, to logger: Logger) {
        let name: Logger.MetadataValue = "\(builder)"
        switch event {
        case .taken(let plan):
            logger.debug("took a job", metadata: ["builder": name, "job": "\(plan.job.cookie)"])
        case .dispatched(let plan):
            logger.info(
                "dispatched \(plan.sourceName) \(plan.sourceVersion) \(plan.architecture)",
                metadata: ["builder": name, "job": "\(plan.job.cookie)"])
        case .collected(let job, let status):
            logger.info(
                "build ended",
                metadata: ["builder": name, "job": "\(job.cookie)", "status": "\(status.name)"])
        case .jobLost(let job, let found):
            logger.warning("job lost: \(found)", metadata: ["builder": name, "job": "\(job.cookie)"])
        case .jobReset(let job, let reason):
            logger.notice(
                "job goes back to the queue: \(reason)", metadata: ["builder": name, "job": "\(job.cookie)"])
        case .cancelled(let job):
            logger.info("job cancelled", metadata: ["builder": name, "job": "\(job.cookie)"])
        case .cleaning(let how):
            logger.debug("cleaning by \(how)", metadata: ["builder": name])
        case .cleaned:
            logger.debug("clean", metadata: ["builder": name])
        case .scanFailed(let report, let consecutive, let isGraced):
            logger.log(
                level: isGraced ? .info : .warning,
                "scan failed (\(report.cause.rawValue)): \(report.message)",
                metadata: ["builder": name, "consecutive": "\(consecutive)"])
        case .judged(let applied):
            logger.warning(
                "verdict: \(applied.verdict.explanation)",
                metadata: [
                    "builder": name, "builder_count": "\(applied.builderCount)",
                    "job_count": "\(applied.jobCount)",
                    "builder_action": "\(applied.verdict.builder.rawValue)",
                    "job_action": "\(applied.verdict.job.rawValue)",
                    "cause": "\(applied.report.cause.rawValue)",
                ])
        case .recordFailed(let message):
            logger.error("records: \(message)", metadata: ["builder": name])
        case .note(let text):
            logger.notice("\(text)", metadata: ["builder": name])
        }
    }
}
