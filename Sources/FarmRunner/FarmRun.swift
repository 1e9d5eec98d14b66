import BuildManager
import ContentStore
package import FarmModel
import FarmRecords
import Foundation
import Librarian
package import Logging
package import ManagerService
package import Scenario
import ServiceLifecycle

// The room that puts a farm together: slaves, librarian, manager and upload processor, from one scenario.

/// Runs a scenario from its begin to its verdict: slaves, librarian and manager in this process, the upload
/// processor in another.
package struct FarmRun: Sendable {
    package struct Options: Sendable {
        package var directory: FarmDirectory
        /// The program that is started with `process-uploads` and `slave reset`.
        package var program: String
        package var logger: Logger
        /// Time between two looks at the farm.
        package var tick: Duration = .milliseconds(250)
        /// Nil: the scenario's slaves are hosted here. Else they are somewhere already: at the address of the
        /// scenario, or at the URL given here.
        package var externalSlaves: [BuilderName: String]?
        /// Nil: the reset command of the slaves hosted here.
        package var resetCommand: String?
        /// The address at which slaves reach the librarian.
        package var librarianHost = "127.0.0.1"
        package var runsUploadProcessor = true
        /// How long a stop waits for running scans and transfers.
        package var stopTimeout: Duration = .seconds(60)
        /// Called at each of the manager's crash points; does nothing outside of tests.
        package var crash: @Sendable (CrashPoint) -> Void = { _ in }

        package init(directory: FarmDirectory, program: String, logger: Logger) {
            self.directory = directory
            self.program = program
            self.logger = logger
        }
    }

    /// What a run came to.
    package struct Report: Sendable {
        package var outcome: FarmOutcome
        package var verdict: RunVerdict
    }

    private let scenario: Scenario
    private let options: Options

    package init(_ scenario: Scenario, options: Options) {
        self.scenario = scenario
        self.options = options
    }

    /// Runs the farm.
    ///
    /// - Parameter observe: called at every tick with a view of the farm.
    /// - Throws: `FarmRunnerError` and what the parts throw when the farm cannot be set up. What goes wrong in it later
    ///   is for the verdict.
    package func run(observe: @escaping @Sendable (FarmTable) async -> Void = { _ in }) async throws -> Report {
        let directory = options.directory
        try directory.prepare()
        let clock = Self.wallClock
        let start = clock()
        let records = try FarmRecords.open(path: directory.database)
        let library = try ContentStore.open(directory: directory.library)
        let recorder = try EventRecorder(path: directory.events, clock: clock)
        defer { recorder.close() }
        let titles = JobTitles()

        let slaves =
            options.externalSlaves == nil
            ? SlaveFarm(
                scenario: scenario, library: library, directory: directory, recorder: recorder, start: start,
                clock: clock, logger: options.logger) : nil
        let urls = try await slaves?.start().reduce(into: [:]) { $0[$1.name] = $1.url } ?? externalURLs()
        do {
            let loader = FarmLoader(
                scenario: scenario, records: records, library: library, titles: titles, clock: clock)
            try await loader.enterBuilders(urls: urls)
            let sources = try await loader.enterSources()
            recorder.record(
                .runStarted,
                fields: [
                    .scenario: .text(scenario.name), .seed: .text(String(scenario.seed)),
                    .builders: .number(Int64(scenario.slaves.count)),
                    .jobs: .number(Int64(scenario.jobs.count)),
                ])
            var options = options
            options.stopTimeout = scenario.manager.stopTimeout
            let monitor = FarmMonitor(
                scenario: scenario, records: records, library: library, recorder: recorder, slaves: slaves,
                titles: titles, start: start, clock: clock, options: options)
            let parts = FarmParts(
                settings: BuildManager.ManagerSettings(
                    scenario, resetCommand: options.resetCommand ?? Self.resetCommand(options)),
                uploadInterval: scenario.manager.uploads.interval, options: options, records: records,
                library: library, recorder: recorder, titles: titles, clock: clock)
            let ending = try await runParts(parts, loader, sources, monitor, observe)
            let outcome = try await monitor.outcome(ending: ending)
            await slaves?.stop()
            let verdict = RunVerdict(scenario, outcome)
            recorder.record(
                .runEnded, fields: [.ending: .text(ending.rawValue), .verdict: .text(verdict.grade.rawValue)])
            return Report(outcome: outcome, verdict: verdict)
        } catch {
            await slaves?.stop()
            throw error
        }
    }

    private func runParts(
        _ parts: FarmParts, _ loader: FarmLoader, _ sources: [Int64], _ monitor: FarmMonitor,
        _ observe: @escaping @Sendable (FarmTable) async -> Void
    ) async throws -> FarmOutcome.Ending {
        try await withThrowingTaskGroup(of: FarmOutcome.Ending?.self) { group in
            group.addTask {
                try await parts.run()
                return nil
            }
            group.addTask {
                try await enterJobs(loader, sources, parts.recorder)
                return nil
            }
            group.addTask { try await monitor.watch(observe) }
            group.addTask {
                await waitForStopSignal()
                return .interrupted
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let ending = result { return ending }
            }
            throw FarmRunnerError("the farm stopped by itself")
        }
    }

    /// Where slaves that are not hosted here are.
    private func externalURLs() throws -> [BuilderName: String] {
        try scenario.slaves.reduce(into: options.externalSlaves ?? [:]) { urls, slave in
            guard urls[slave.name] == nil else { return }
            switch slave.address {
            case .own(let host): urls[slave.name] = "http://\(host):\(scenario.port)"
            case .given(let host, let port): urls[slave.name] = "http://\(host):\(port)"
            case .anyPort:
                throw FarmRunnerError(
                    "the slave \(slave.name) has no address; give it one in the scenario, or its URL on the command line")
            }
        }
    }

    /// Puts the jobs into the queue, and cancels those that are to be cancelled, each at its time.
    private func enterJobs(_ loader: FarmLoader, _ sources: [Int64], _ recorder: EventRecorder) async throws {
        let arrivals = scenario.jobs.indices.map { Turn(at: scenario.jobs[$0].arrives, job: $0, cancels: false) }
        let cancels = scenario.jobs.indices.compactMap { index in
            scenario.jobs[index].cancelled.map { Turn(at: $0, job: index, cancels: true) }
        }
        let clock = ContinuousClock()
        let begin = clock.now
        var builds: [Int: BuildID] = [:]
        for turn in (arrivals + cancels).sorted() {
            try await clock.sleep(until: begin + turn.at)
            if !turn.cancels {
                builds[turn.job] = try await loader.enter(scenario.jobs[turn.job], source: sources[turn.job])
            } else if let build = builds[turn.job] {
                recorder.record(.cancelRequested, job: scenario.jobs[turn.job].name)
                try await loader.records.requestCancel(build, now: loader.clock())
            }
        }
    }

    /// Something that happens to a job at a stated time.
    private struct Turn: Comparable {
        var at: Duration
        var job: Int
        var cancels: Bool

        static func < (lhs: Turn, rhs: Turn) -> Bool {
            (lhs.at, lhs.cancels ? 1 : 0, lhs.job) < (rhs.at, rhs.cancels ? 1 : 0, rhs.job)
        }
    }

    /// Resets a slave that this very program hosts.
    static func resetCommand(_ options: Options) -> String {
        "\(options.program) slave reset {vm_host} --control \(options.directory.control)"
    }

    package static let wallClock: @Sendable () -> Instant = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
