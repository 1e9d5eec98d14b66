package import ContentStore
package import FarmModel
package import FarmRecords
import Foundation
package import Logging
import Metrics
import ServiceLifecycle

/// Works off the upload queue, as a process of its own (manager spec 8).
///
/// The manager renames complete leaves into `incoming`, after it has committed that their builds are UPLOADING.
/// The processor checks each, stores its files, commits the build's end, and only then moves the leaf away. It
/// can be stopped or killed at any moment: what it had begun, the next one does again.
///
/// One leaf never holds up another. A leaf that is not ours, or not ready, stays where it is; one that can never
/// be processed goes to `failed`; when the database or the disk is in trouble, the leaf waits for a later round.
package actor UploadProcessor: Service {
    private let records: FarmRecords
    private let store: ContentStore
    private let options: UploadProcessorOptions
    private let verifier: any LeafVerifier
    private let logger: Logger
    private let now: @Sendable () -> Instant
    private let reach: @Sendable (CrashPoint, LeafName) throws -> Void
    private let report: @Sendable (LeafReport) -> Void
    /// What was last said about the leaves that are still in `incoming`, so that it is said once.
    private var said: [String: LeafReport.Outcome] = [:]

    /// - Parameters:
    ///   - report: told of every leaf's fate; of one that stays in `incoming`, once for each reason.
    ///   - now: the time of day, for the records.
    ///   - reach: called at every crash point; what it throws ends the processor there.
    package init(
        records: FarmRecords, store: ContentStore, options: UploadProcessorOptions,
        verifier: any LeafVerifier = PackageBuildVerifier(),
        logger: Logger = Logger(label: "upload-processor"),
        report: @escaping @Sendable (LeafReport) -> Void = { _ in },
        now: @escaping @Sendable () -> Instant = UploadProcessor.wallClock,
        reach: @escaping @Sendable (CrashPoint, LeafName) throws -> Void = { _, _ in }
    ) {
        self.records = records
        self.store = store
        self.options = options
        self.verifier = verifier
        self.logger = logger
        self.report = report
        self.now = now
        self.reach = reach
    }

    /// Goes through the queue again and again, until the task is cancelled or a graceful shutdown begins; the
    /// leaf at hand is finished first.
    ///
    /// - Throws: `queueLocked` when another processor works on the queue, `queueUnusable` when its directories
    ///   cannot be made.
    package func run() async throws {
        let queue = try begin()
        while !isStopping {
            do {
                _ = try await goThrough(queue)
            } catch let error as UploadProcessorError {
                logger.error("\(error)")
            }
            // The wait is cut short by a stop, the work above is not.
            try? await cancelWhenGracefulShutdown { [options] in
                try await Task.sleep(for: options.pollInterval)
            }
        }
    }

    /// Goes through the queue once.
    ///
    /// - Returns: what became of each leaf, in order.
    /// - Throws: as `run`, and what the crash hook throws.
    @discardableResult
    package func runOnce() async throws -> [LeafReport] { try await goThrough(begin()) }

    private func begin() throws -> UploadQueue {
        let queue = try UploadQueue(root: options.queueRoot)
        if options.acceptedLeaves == .remove { removeAccepted(queue) }
        return queue
    }

    private func goThrough(_ queue: UploadQueue) async throws -> [LeafReport] {
        let names = try await offload { try queue.incoming() }
        let present = Set(names)
        said = said.filter { present.contains($0.key) }
        let process = LeafProcess(
            queue: queue, records: records, store: store, verifier: verifier, options: options, now: now,
            reach: reach)
        var reports: [LeafReport] = []
        for name in names where !isStopping {
            let start = ContinuousClock.now
            let report = try await process.run(name)
            tell(report, after: start.duration(to: .now))
            if case .accepted = report.outcome, options.acceptedLeaves == .remove { removeAccepted(queue) }
            reports.append(report)
        }
        return reports
    }

    private var isStopping: Bool { Task.isCancelled || Task.isShuttingDownGracefully }

    /// An accepted leaf was moved first and is removed from there, so that `incoming` never shows half of one.
    private func removeAccepted(_ queue: UploadQueue) {
        do {
            for problem in try queue.emptyAccepted() { logger.warning("\(problem)") }
        } catch {
            logger.warning("\(error)")
        }
    }

    private func tell(_ report: LeafReport, after duration: Duration) {
        guard said[report.leaf] != report.outcome else { return }
        let leaf = shown(report.leaf)
        switch report.outcome {
        case .skipped(let reason): logger.warning("\(leaf) is left alone: \(reason)")
        case .waiting: logger.info("\(leaf) waits for its build")
        case .setAside(let reason): logger.warning("\(leaf) moved to failed: \(reason)")
        case .accepted(let binaries): logger.info("\(leaf) accepted, \(binaries) binary packages")
        case .rejected(let reasons): logger.notice("\(leaf) rejected: \(reasons.joined(separator: "; "))")
        case .failed(let reason): logger.warning("\(leaf) failed: \(reason)")
        case .postponed(let reason): logger.error("\(leaf) is tried again later: \(reason)")
        }
        switch report.outcome {
        case .skipped, .waiting, .postponed: said[report.leaf] = report.outcome
        case .setAside: break
        case .accepted, .rejected, .failed:
            let type = (try? LeafName(report.leaf))?.cookie.jobType.rawValue ?? "unknown"
            Timer(label: "upload_duration", dimensions: [("upload_type", type)]).record(duration: duration)
        }
        self.report(report)
    }

    /// The time of day.
    package static func wallClock() -> Instant {
        Instant(nanoseconds: Int64(Date().timeIntervalSince1970 * 1e9))
    }
}
