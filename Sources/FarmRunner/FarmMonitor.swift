import ContentStore
import FarmModel
import FarmRecords
import Scenario

/// Looks at a farm from outside, through its records: tells what changed, when the farm is done, and how it ended.
actor FarmMonitor {
    private let scenario: Scenario
    private let records: FarmRecords
    private let library: ContentStore
    private let recorder: EventRecorder
    /// Nil when the slaves are hosted elsewhere.
    private let slaves: SlaveFarm?
    /// Time between two looks.
    private let tick: Duration
    private let begin = ContinuousClock.now
    private var statuses: [BuildID: BuildStatus] = [:]

    init(
        scenario: Scenario, records: FarmRecords, library: ContentStore, recorder: EventRecorder,
        slaves: SlaveFarm?, tick: Duration
    ) {
        self.scenario = scenario
        self.records = records
        self.library = library
        self.recorder = recorder
        self.slaves = slaves
        self.tick = tick
    }

    /// Looks at the farm again and again, until all jobs are final and nothing that `until` asks for is missing, or
    /// until the limit.
    func watch(_ observe: @Sendable (FarmTable) async -> Void) async throws -> FarmOutcome.Ending {
        while true {
            let table = try await look()
            await observe(table)
            if try await isDone(table) { return .allFinal }
            let rest = scenario.limit - table.elapsed
            guard rest > .zero else { return .limit }
            try await Task.sleep(for: min(tick, rest))
        }
    }

    /// One look: what changed goes into the event log.
    func look() async throws -> FarmTable {
        let builds = try await records.builds()
        for build in builds { record(build) }
        return FarmTable(
            scenario: scenario.name, elapsed: elapsed, limit: scenario.limit,
            builders: try await records.builderListings(), builds: builds, headlines: recorder.headlines)
    }

    private var elapsed: Duration { begin.duration(to: .now) }

    private func isDone(_ table: FarmTable) async throws -> Bool {
        guard table.builds.count == scenario.jobs.count, table.builds.allSatisfy(\.status.isFinal) else {
            return false
        }
        switch scenario.until {
        case .jobs: return true
        case .expectations:
            // What is to happen to builders may take longer than the jobs.
            return RunVerdict(scenario, try await outcome(ending: .allFinal)).grade == .pass
        }
    }

    private func record(_ build: BuildListing) {
        let before = statuses.updateValue(build.status, forKey: build.build) ?? .needsBuild
        guard before != build.status else { return }
        let cookie = FarmEvent.Value.text("\(build.cookie)")
        recorder.record(
            .statusChanged, builder: build.builder.flatMap { BuilderName($0) }, job: build.title,
            fields: [.build: cookie, .from: .text(before.name), .to: .text(build.status.name)])
        switch build.status {
        case .fullyBuilt:
            recorder.record(
                .uploadAccepted, job: build.title,
                fields: [.build: cookie, .binaries: .number(Int64(build.binaries))])
        case .failedToUpload:
            let reason = build.uploadLog.flatMap(end)?.split(separator: "\n").last.map(String.init)
            recorder.record(
                .uploadRejected, job: build.title,
                fields: [.build: cookie, .reason: .text(reason ?? "no upload log")])
            recorder.headline("the packages of \(build.title) are refused: \(reason ?? "no upload log")")
        default: break
        }
    }

    /// The farm as its records show it.
    func outcome(ending: FarmOutcome.Ending) async throws -> FarmOutcome {
        let listings = try await records.builderListings().reduce(into: [:]) { $0[$1.vitals.name] = $1 }
        let builds = try await records.builds().reduce(into: [:]) { $0[$1.title] = $1 }
        var jobs: [FarmOutcome.Job] = []
        for spec in scenario.jobs {
            guard let build = builds[spec.name] else {
                jobs.append(.init(source: spec.source, name: spec.name, status: .needsBuild))
                continue
            }
            jobs.append(
                .init(
                    source: spec.source, name: spec.name, status: build.status,
                    builders: try await records.attempts(of: build.build).compactMap {
                        BuilderName($0.builder)
                    },
                    binaries: try await records.binaries(of: build.build).map(\.fileName),
                    logTail: build.log.flatMap(end) ?? build.logTail ?? ""))
        }
        return FarmOutcome(
            ending: ending, duration: elapsed,
            builders: scenario.slaves.map { slave in
                let listing = listings[slave.name]
                return .init(
                    name: slave.name, isEnabled: listing?.vitals.isOK ?? false,
                    failureCount: listing?.vitals.failureCount ?? 0, notes: listing?.failNotes,
                    dispatches: recorder.dispatches(to: slave.name), resets: recorder.resets(of: slave.name))
            },
            jobs: jobs, eventCounts: recorder.counts, timesFired: slaves?.timesFired ?? [:])
    }

    /// The end of a stored log; nil when it cannot be read.
    private func end(of log: SHA1Digest) -> String? {
        guard let file = try? library.openFile(log), let size = try? Int64(file.status().st_size) else {
            return nil
        }
        let begin = max(0, size - 2048)
        return (try? file.bytes(at: begin, count: Int(size - begin))).map {
            String(decoding: $0, as: UTF8.self)
        }
    }
}
