import ContentStore
import FarmModel
import FarmRecords
import Scenario
import Synchronization

/// Looks at a farm from outside, through its records: tells when it is done, what changed, and how it ended.
struct FarmMonitor: Sendable {
    let scenario: Scenario
    let records: FarmRecords
    let library: ContentStore
    let recorder: EventRecorder
    /// Nil when the slaves are hosted elsewhere.
    let slaves: SlaveFarm?
    let titles: JobTitles
    let start: Instant
    let clock: @Sendable () -> Instant
    let options: FarmRun.Options

    /// Watches until all jobs are final and nothing that is expected is still missing, or until the limit.
    func watch(_ observe: @Sendable (FarmTable) async -> Void) async throws -> FarmOutcome.Ending {
        var statuses: [BuildID: BuildStatus] = [:]
        while true {
            let builds = try await records.builds()
            let builders = try await records.builderListings()
            recordChanges(builds, &statuses)
            let now = clock()
            await observe(
                FarmTable(
                    scenario: scenario.name, elapsed: now - start, limit: scenario.limit, builders: builders,
                    builds: builds, headlines: recorder.headlines))
            if builds.count == scenario.jobs.count, builds.allSatisfy(\.status.isFinal) {
                if scenario.until == .jobs { return .allFinal }
                // What is to happen to builders may take longer than the jobs.
                if RunVerdict(scenario, try await outcome(ending: .allFinal)).grade == .pass { return .allFinal }
            }
            if now - start >= scenario.limit { return .limit }
            try await Task.sleep(for: options.tick)
        }
    }

    private func recordChanges(_ builds: [BuildListing], _ statuses: inout [BuildID: BuildStatus]) {
        for build in builds {
            let before = statuses[build.build]
            guard before != build.status else { continue }
            statuses[build.build] = build.status
            let job = titles[build.build]
            guard let before else {
                recorder.record(
                    .jobQueued, job: job,
                    fields: [.build: .text("\(build.cookie)"), .score: .number(build.score ?? 0)])
                continue
            }
            recorder.record(
                .statusChanged, builder: build.builder.flatMap { BuilderName($0) }, job: job,
                fields: [.from: .text(before.name), .to: .text(build.status.name)])
            switch build.status {
            case .fullyBuilt:
                recorder.record(.uploadAccepted, job: job, fields: [.binaries: .number(Int64(build.binaries))])
            case .failedToUpload:
                recorder.record(.uploadRejected, job: job)
                recorder.headline("upload of \(job ?? "?") refused")
            default: break
            }
        }
    }

    /// The farm as its records show it.
    func outcome(ending: FarmOutcome.Ending) async throws -> FarmOutcome {
        let builders = try await records.builderListings()
        let byName = builders.reduce(into: [BuilderName: BuilderListing]()) { $0[$1.vitals.name] = $1 }
        var jobs: [FarmOutcome.Job] = []
        let builds = try await records.builds().reduce(into: [String: BuildListing]()) { all, build in
            if let title = titles[build.build] { all[title] = build }
        }
        for spec in scenario.jobs {
            guard let build = builds[spec.name] else {
                jobs.append(.init(source: spec.source, name: spec.name, status: .needsBuild))
                continue
            }
            jobs.append(
                .init(
                    source: spec.source, name: spec.name, status: build.status,
                    builders: try await records.attempts(of: build.build).compactMap { BuilderName($0.builder) },
                    binaries: try await records.binaries(of: build.build).map(\.fileName),
                    logTail: logTail(build)))
        }
        return FarmOutcome(
            ending: ending, duration: clock() - start,
            builders: scenario.slaves.map { slave in
                let listing = byName[slave.name]
                return .init(
                    name: slave.name, isEnabled: listing?.vitals.isOK ?? false,
                    failureCount: listing?.vitals.failureCount ?? 0, notes: listing?.failNotes,
                    dispatches: recorder.dispatches(to: slave.name), resets: recorder.resets(of: slave.name))
            },
            jobs: jobs, eventCounts: recorder.counts, timesFired: slaves?.timesFired ?? [:])
    }

    /// The end of a build's log: of the stored one when there is one, else the last tail seen.
    private func logTail(_ build: BuildListing) -> String {
        if let log = build.log, let size = library.size(of: log), size < 1 << 20,
            let bytes = try? library.bytes(of: log, limit: 1 << 20)
        {
            return String(decoding: bytes.suffix(2048), as: UTF8.self)
        }
        return build.logTail ?? ""
    }
}
