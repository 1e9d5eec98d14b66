import BuildManager
package import FarmModel
import Foundation
package import Scenario
import Synchronization

/// Collects what happens in a farm: counts it and writes it as JSON lines (docs/events.md).
package final class EventRecorder: Sendable {
    private struct State {
        var file: FileHandle?
        var counts: [FarmEvent.Kind: Int] = [:]
        var dispatches: [BuilderName: Int] = [:]
        var resets: [BuilderName: Int] = [:]
        var recent: [String] = []
    }

    private let state: Mutex<State>
    private let clock: @Sendable () -> Instant

    /// - Parameter path: of the event log; nil keeps counts only.
    /// - Throws: `FarmRunnerError` when the file cannot be made.
    package init(path: String?, clock: @escaping @Sendable () -> Instant) throws {
        var state = State()
        if let path {
            guard FileManager.default.createFile(atPath: path, contents: nil),
                let file = FileHandle(forWritingAtPath: path)
            else { throw FarmRunnerError("cannot write the event log \(path)") }
            state.file = file
        }
        self.state = Mutex(state)
        self.clock = clock
    }

    package func record(
        _ kind: FarmEvent.Kind, builder: BuilderName? = nil, job: String? = nil,
        fields: [FarmEvent.Field: FarmEvent.Value] = [:]
    ) {
        let event = FarmEvent(kind, at: clock(), builder: builder, job: job, fields: fields)
        let line = Data((event.jsonLine + "\n").utf8)
        state.withLock { state in
            state.counts[kind, default: 0] += 1
            if let builder {
                if kind == .dispatched { state.dispatches[builder, default: 0] += 1 }
                if kind == .builderReset { state.resets[builder, default: 0] += 1 }
            }
            // A full disk must not stop the farm; the counts go on.
            try? state.file?.write(contentsOf: line)
        }
    }

    package var counts: [FarmEvent.Kind: Int] { state.withLock { $0.counts } }

    package func dispatches(to builder: BuilderName) -> Int { state.withLock { $0.dispatches[builder] ?? 0 } }

    package func resets(of builder: BuilderName) -> Int { state.withLock { $0.resets[builder] ?? 0 } }

    package func close() { state.withLock { try? $0.file?.close() } }

    /// A line for people that the live table shows below the builders.
    package func headline(_ text: String) {
        state.withLock { state in
            state.recent.append(text)
            if state.recent.count > 5 { state.recent.removeFirst() }
        }
    }

    package var headlines: [String] { state.withLock { $0.recent } }
}

/// Turns what the manager tells into events; knows the names of jobs.
struct ManagerEventTranslator: Sendable {
    let recorder: EventRecorder
    let titles: JobTitles

    func record(_ builder: BuilderName, _ event: ManagerEvent) {
        switch event {
        case .dispatched(let plan):
            recorder.record(
                .dispatched, builder: builder, job: titles[plan.job.build],
                fields: [.build: .text("\(plan.job.cookie)"), .score: .number(plan.score)])
        case .collected(let job, let status):
            recorder.record(
                .collected, builder: builder, job: titles[job.build],
                fields: [.build: .text("\(job.cookie)"), .to: .text(status.name)])
        case .jobLost(let job, let found):
            recorder.record(.jobLost, builder: builder, job: titles[job.build], fields: [.reason: .text(found)])
        case .jobReset(let job, let reason):
            recorder.record(.jobReset, builder: builder, job: titles[job.build], fields: [.reason: .text(reason)])
        case .cancelled(let job):
            recorder.record(.jobCancelled, builder: builder, job: titles[job.build])
        case .cleaning(let how):
            if how.hasPrefix("reset") { recorder.record(.builderReset, builder: builder) }
        case .cleaned:
            recorder.record(.builderCleaned, builder: builder)
        case .scanFailed(let report, let consecutive, let isGraced):
            recorder.record(
                isGraced ? .scanRetried : .scanFailed, builder: builder,
                job: report.job.flatMap { titles[$0.build] },
                fields: [
                    .failures: .number(Int64(consecutive)),
                    .reason: .text("\(report.cause.rawValue): \(report.message)"),
                ])
            if report.cause == .isolation {
                recorder.record(.isolationError, builder: builder, fields: [.reason: .text(report.message)])
            }
        case .judged(let applied):
            record(builder, applied)
        case .recordFailed, .note:
            break
        }
    }

    private func record(_ builder: BuilderName, _ applied: AppliedVerdict) {
        let job = applied.report.job.flatMap { titles[$0.build] }
        let fields: [FarmEvent.Field: FarmEvent.Value] = [
            .builderFailures: .number(Int64(applied.builderCount)),
            .jobFailures: .number(Int64(applied.jobCount)), .reason: .text(applied.verdict.explanation),
        ]
        switch applied.verdict.builder {
        case .none: break
        case .dirty: recorder.record(.builderDirtied, builder: builder, job: job, fields: fields)
        case .disable:
            recorder.record(.builderDisabled, builder: builder, job: job, fields: fields)
            recorder.headline("builder \(builder) disabled: \(applied.report.message)")
        }
        switch applied.verdict.job {
        case .none: break
        case .reset: recorder.record(.jobReset, builder: builder, job: job, fields: fields)
        case .cancel: recorder.record(.jobCancelled, builder: builder, job: job, fields: fields)
        case .fail:
            recorder.record(.jobFailed, builder: builder, job: job, fields: fields)
            recorder.headline("job \(job ?? "?") failed: \(applied.verdict.explanation)")
        }
    }
}

/// The names of builds, `SOURCE_VERSION_ARCHITECTURE`; builds may come while the farm runs.
package final class JobTitles: Sendable {
    private let titles = Mutex<[BuildID: String]>([:])

    package init() {}

    package subscript(build: BuildID) -> String? {
        get { titles.withLock { $0[build] } }
        set { titles.withLock { $0[build] = newValue } }
    }
}
