import BuildManager
import ContentStore
package import FarmModel
import FarmRecords
package import Logging
package import ManagerService
package import Scenario
import SlaveHost

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
        /// Returns when the run is to be stopped before its end.
        package var stop: @Sendable () async -> Void = waitForStopSignal
        /// How long scans may go on at the end before slaves hosted here hang up.
        package var patience: Duration = .seconds(2)
        package var clock: @Sendable () -> Instant = { .systemTime }
        /// Called at each of the manager's crash points; does nothing outside of tests.
        package var crash: @Sendable (CrashPoint) -> Void = { _ in }

        package init(directory: FarmDirectory, program: String, logger: Logger) {
            self.directory = directory
            self.program = program
            self.logger = logger
        }

        /// Resets a slave that this very program hosts.
        var ownResetCommand: String {
            #""\#(program)" slave reset {vm_host} --control "\#(directory.control)""#
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
    package func run(observe: @escaping @Sendable (FarmTable) async -> Void = { _ in }) async throws -> Report
    {
        let directory = options.directory
        let start = options.clock()
        let records = try FarmRecords.open(path: directory.database)
        let library = try ContentStore.open(directory: directory.library)
        let recorder = try EventRecorder(path: directory.events, clock: options.clock)
        defer { recorder.close() }
        let slaves =
            options.externalSlaves == nil
            ? SlaveFarm(
                scenario: scenario, library: library, directory: directory, recorder: recorder, start: start,
                clock: options.clock, logger: options.logger) : nil
        let monitor = FarmMonitor(
            scenario: scenario, records: records, library: library, recorder: recorder, slaves: slaves,
            tick: options.tick)
        recorder.record(
            .runStarted,
            fields: [
                .scenario: .text(scenario.name), .seed: .text(String(scenario.seed)),
                .builders: .number(Int64(scenario.slaves.count)),
                .jobs: .number(Int64(scenario.jobs.count)),
            ])
        do {
            let urls = try await slaves?.start().reduce(into: [:]) { $0[$1.name] = $1.url } ?? externalURLs()
            let loader = FarmLoader(
                scenario: scenario, records: records, library: library, clock: options.clock)
            try await loader.enterBuilders(urls: urls)
            let sources = try await loader.enterSources()
            let parts = FarmParts(
                settings: BuildManager.ManagerSettings(scenario, resetCommand: try resetCommand()),
                uploadInterval: scenario.manager.uploads.interval, stopTimeout: scenario.manager.stopTimeout,
                options: options, records: records, library: library, recorder: recorder, jobs: JobLedger(),
                clock: options.clock)
            let timetable = JobTimetable(loader: loader, sources: sources, recorder: recorder)
            let outcome = try await runParts(parts, timetable, monitor, slaves, observe)
            await slaves?.stop()
            let verdict = RunVerdict(scenario, outcome)
            recorder.record(
                .runEnded,
                fields: [.ending: .text(outcome.ending.rawValue), .verdict: .text(verdict.grade.rawValue)])
            return Report(outcome: outcome, verdict: verdict)
        } catch {
            await slaves?.stop()
            throw error
        }
    }

    /// Runs everything until the run is over, sees how the farm stands then, and stops everything.
    private func runParts(
        _ parts: FarmParts, _ timetable: JobTimetable, _ monitor: FarmMonitor, _ slaves: SlaveFarm?,
        _ observe: @escaping @Sendable (FarmTable) async -> Void
    ) async throws -> FarmOutcome {
        try await withThrowingTaskGroup(of: FarmOutcome.Ending?.self) { group in
            group.addTask {
                try await parts.run()
                throw FarmRunnerError(.ended, "the manager stopped by itself")
            }
            group.addTask {
                try await timetable.run()
                return nil
            }
            group.addTask { try await monitor.watch(observe) }
            group.addTask {
                await options.stop()
                return .interrupted
            }
            defer { group.cancelAll() }
            let ending = try await Self.firstEnding(&group)
            if ending == .interrupted {
                parts.recorder.headline(
                    "interrupted: running scans are finished first; interrupt again to leave at once")
            }
            await observe(try await monitor.look())
            let outcome = try await monitor.outcome(ending: ending)
            // Not in the group: when the parts have stopped sooner, the end of this scope calls it off.
            async let _ = hangUp(slaves)
            group.cancelAll()
            while await group.nextResult() != nil {}
            // What the last scans changed belongs into the event log.
            _ = try await monitor.look()
            return outcome
        }
    }

    private static func firstEnding(
        _ group: inout ThrowingTaskGroup<FarmOutcome.Ending?, any Error>
    ) async throws -> FarmOutcome.Ending {
        while let result = try await group.next() {
            if let ending = result { return ending }
        }
        throw FarmRunnerError(.ended, "the farm stopped by itself")
    }

    /// Lets go of calls that slaves hosted here leave without an answer, so that no scan holds up the stop until its
    /// time-out.
    private func hangUp(_ slaves: SlaveFarm?) async {
        guard (try? await Task.sleep(for: options.patience)) != nil else { return }
        await slaves?.stop()
    }

    /// - Throws: `FarmRunnerError` when nobody could reset the scenario's virtual slaves.
    private func resetCommand() throws -> String {
        if let command = options.resetCommand { return command }
        if options.externalSlaves != nil, let slave = scenario.slaves.first(where: \.isVirtual) {
            throw FarmRunnerError(
                .slaves,
                "the slave \(slave.name) is virtual; say with --reset-command how it is reset, such as "
                    + "\"baikonur slave reset {vm_host} --control FILE\" for those of 'baikonur slaves'")
        }
        return options.ownResetCommand
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
                    .slaves,
                    "the slave \(slave.name) has no address; give it one in the scenario, or its URL with --builder"
                )
            }
        }
    }
}
