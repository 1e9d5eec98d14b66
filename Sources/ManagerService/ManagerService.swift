package import BuildManager
package import ContentStore
package import FarmModel
package import FarmRecords
package import Logging
import ServiceLifecycle

// The manager's edge: it keeps the time, calls slaves, moves files and writes records, as `Scanner` says.

/// Drives all builders of a farm: scans them in parallel and isolated from each other, dispatches, collects and
/// hands uploads over to the queue (manager spec 2).
package struct ManagerService: Service {
    /// What the manager needs from outside.
    package struct Surroundings: Sendable {
        package var records: FarmRecords
        /// Where logs go and the librarian serves from.
        package var library: ContentStore
        package var queue: UploadQueue
        /// Where slaves fetch files, such as `http://127.0.0.1:8000`.
        package var librarianURL: String
        package var logger: Logger
        package var clock: @Sendable () -> Instant
        /// Told everything that happens; must not block.
        package var sink: @Sendable (Instant, BuilderName, ManagerEvent) -> Void
        /// Called at each crash point; does nothing outside of tests.
        package var crash: @Sendable (CrashPoint) -> Void

        package init(
            records: FarmRecords, library: ContentStore, queue: UploadQueue, librarianURL: String,
            logger: Logger, clock: @escaping @Sendable () -> Instant,
            sink: @escaping @Sendable (Instant, BuilderName, ManagerEvent) -> Void = { _, _, _ in },
            crash: @escaping @Sendable (CrashPoint) -> Void = { _ in }
        ) {
            self.records = records
            self.library = library
            self.queue = queue
            self.librarianURL = librarianURL
            self.logger = logger
            self.clock = clock
            self.sink = sink
            self.crash = crash
        }
    }

    private let settings: ManagerSettings
    private let surroundings: Surroundings
    private let state: ManagerState

    package init(settings: ManagerSettings, surroundings: Surroundings) {
        self.settings = settings
        self.surroundings = surroundings
        state = ManagerState(settings: settings)
    }

    /// Counts and delays of scans so far.
    package var statistics: ScanStatistics {
        get async { await state.statistics }
    }

    /// Runs until the task is cancelled or a graceful stop is asked for; running scans are finished first.
    ///
    /// - Throws: when the farm cannot be read at the start; later failures are told and survived.
    package func run() async throws {
        try await recover()
        let clients = SlaveClients(settings: settings)
        do {
            try await cancelWhenGracefulShutdown { try await loop(clients) }
        } catch is CancellationError {
            // The way a manager stops.
        } catch {
            await clients.shutDown()
            throw error
        }
        await clients.shutDown()
        await flushLogTails(clients.logTails)
    }

    private func loop(_ clients: SlaveClients) async throws {
        let runner = ScanRunner(
            settings: settings, records: surroundings.records, slaves: clients.slaves, files: clients.files,
            library: surroundings.library, queue: surroundings.queue,
            reset: ResetTrigger(command: settings.resetCommand), logTails: clients.logTails,
            composer: BuildComposer(librarianURL: surroundings.librarianURL), clock: surroundings.clock,
            emit: { builder, event in tell(builder, event) }, crash: surroundings.crash)
        try await refresh()
        // Scans are not children of the loops: they end in their own time when the loops are cancelled.
        try await withThrowingTaskGroup(of: Void.self) { loops in
            loops.addTask { try await every(settings.refreshInterval) { try await refresh() } }
            loops.addTask {
                try await every(settings.logTailInterval) { await flushLogTails(clients.logTails) }
            }
            loops.addTask { try await scanLoop(runner) }
            try await loops.waitForAll()
        }
    }

    /// Starts scans as they fall due. When cancelled, no further scan starts and the running ones are waited for.
    private func scanLoop(_ runner: ScanRunner) async throws {
        await withDiscardingTaskGroup { scans in
            while !Task.isCancelled {
                let now = surroundings.clock()
                for turn in await state.takeDue(now: now) {
                    scans.addTask { await scan(turn, runner) }
                }
                let pause = await state.pause(now: surroundings.clock())
                try? await Task.sleep(for: pause, tolerance: .zero)
            }
        }
        throw CancellationError()
    }

    private func scan(_ turn: ManagerState.Turn, _ runner: ScanRunner) async {
        var scanner = turn.scanner
        // A scan that has begun is finished even when the manager stops (manager spec 2): it runs shielded from
        // the cancellation of the loop, and every wait in it has a limit.
        let task = Task { () -> (Scanner, Bool) in
            var vitals = turn.vitals
            if turn.isStale {
                do {
                    vitals = try await surroundings.records.vitals(of: turn.vitals.id)
                } catch {
                    tell(turn.vitals.name, .recordFailed("\(error)"))
                    return (scanner, true)
                }
            }
            let changed = await runner.scan(&scanner, vitals, hasWaitingJobs: turn.hasWaitingJobs)
            return (scanner, changed)
        }
        let (finished, changed) = await task.value
        await state.finished(turn.vitals.id, finished, changedRecords: changed, now: surroundings.clock())
    }

    /// Reloads the view of all builders and finishes hand-overs that failed. A failure is told and survived
    /// (invariant 21).
    private func refresh() async throws {
        do {
            let began = surroundings.clock()
            let vitals = try await surroundings.records.allVitals()
            let waiting = try await surroundings.records.waitingGroups()
            await state.refresh(vitals, waiting: waiting, takenAt: began, now: surroundings.clock())
            try await finishHandOvers(surroundings.records.uploadingLeaves().map(\.leaf))
        } catch let error as CancellationError {
            throw error
        } catch {
            surroundings.logger.error("refresh failed", metadata: ["error": "\(error)"])
        }
    }

    private func flushLogTails(_ buffer: LogTailBuffer) async {
        let tails = await buffer.drain()
        guard !tails.isEmpty else { return }
        do {
            try await surroundings.records.storeLogTails(tails)
        } catch {
            surroundings.logger.error("log tails were not stored", metadata: ["error": "\(error)"])
        }
    }

    /// After a crash: leaves that were announced are handed over, all other leftovers go (manager spec 18,
    /// invariants 53 and 55).
    private func recover() async throws {
        let announced = try await surroundings.records.uploadingLeaves().map(\.leaf)
        try await finishHandOvers(announced)
        let queue = surroundings.queue
        try await onFileThread { try queue.discardGathered(except: announced) }
    }

    private func finishHandOvers(_ announced: [String]) async throws {
        guard !announced.isEmpty else { return }
        let queue = surroundings.queue
        let (moved, failures) = try await onFileThread { try queue.finishHandOvers(announced) }
        for leaf in moved {
            surroundings.logger.notice(
                "moved a leaf whose hand-over had been cut short", metadata: ["leaf": "\(leaf)"])
        }
        for failure in failures { surroundings.logger.error("a leaf was not handed over: \(failure)") }
    }

    private func every(_ interval: Duration, _ body: @Sendable () async throws -> Void) async throws {
        while true {
            try await Task.sleep(for: interval)
            try await body()
        }
    }

    private func tell(_ builder: BuilderName, _ event: ManagerEvent) {
        ManagerMetrics.count(event, builder: builder)
        ManagerLog.log(event, builder: builder, to: surroundings.logger)
        surroundings.sink(surroundings.clock(), builder, event)
    }
}
