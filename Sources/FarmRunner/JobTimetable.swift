import FarmModel
import FarmRecords
import Scenario

/// Puts the jobs of a scenario into the queue, and asks for those to be cancelled that are to be, each at its time.
struct JobTimetable: Sendable {
    let loader: FarmLoader
    /// Of each job, in the scenario's order.
    let sources: [Int64]
    let recorder: EventRecorder

    /// Something that happens to a job at a stated time.
    private struct Turn: Comparable {
        var time: Duration
        /// Its place in the scenario.
        var job: Int
        var cancels: Bool

        static func < (lhs: Turn, rhs: Turn) -> Bool {
            (lhs.time, lhs.cancels ? 1 : 0, lhs.job) < (rhs.time, rhs.cancels ? 1 : 0, rhs.job)
        }
    }

    /// Returns when all is done; times count from the call.
    func run() async throws {
        let clock = ContinuousClock()
        let begin = clock.now
        var builds: [Int: BuildID] = [:]
        for turn in turns {
            try await clock.sleep(until: begin + turn.time)
            if !turn.cancels {
                builds[turn.job] = try await enter(turn.job)
            } else if let build = builds[turn.job] {
                record(.cancelRequested, turn.job, build)
                try await loader.records.requestCancel(build, now: loader.clock())
            }
        }
    }

    private var turns: [Turn] {
        loader.scenario.jobs.enumerated().flatMap { place, job in
            [Turn(time: job.arrives, job: place, cancels: false)]
                + (job.cancelled.map { [Turn(time: $0, job: place, cancels: true)] } ?? [])
        }.sorted()
    }

    private func enter(_ place: Int) async throws -> BuildID {
        let job = loader.scenario.jobs[place]
        let score = loader.score(of: job)
        let build = try await loader.enter(job, source: sources[place], score: score)
        record(.jobQueued, place, build, [.score: .number(score)])
        return build
    }

    private func record(
        _ kind: FarmEvent.Kind, _ place: Int, _ build: BuildID,
        _ fields: [FarmEvent.Field: FarmEvent.Value] = [:]
    ) {
        let cookie = FarmEvent.Value.text("\(BuildCookie(jobType: .packageBuild, build: build))")
        recorder.record(
            kind, job: loader.scenario.jobs[place].name, fields: fields.merging([.build: cookie]) { $1 })
    }
}
