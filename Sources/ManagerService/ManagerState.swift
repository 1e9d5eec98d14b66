import BuildManager
import FarmModel
import FarmRecords

/// What the manager keeps between scans: the schedule, each builder's scanner, and the view of the last refresh.
actor ManagerState {
    /// One scan to be run.
    struct Turn: Sendable {
        var scanner: Scanner
        var vitals: BuilderVitals
        /// True when the builder's records changed after the view was taken.
        var isStale: Bool
        var hasWaitingJobs: Bool
    }

    private struct Entry {
        var scanner: Scanner
        var vitals: BuilderVitals
        var viewTaken: Instant
        var lastChange: Instant
    }

    private let settings: ManagerSettings
    private var schedule: ScanSchedule
    private var entries: [BuilderID: Entry] = [:]
    private var waiting: Set<FarmRecords.WaitingGroup> = []
    private var runningScans = 0
    private(set) var statistics = ScanStatistics()

    init(settings: ManagerSettings) {
        self.settings = settings
        schedule = ScanSchedule(interval: settings.scanInterval, spreads: settings.spreadsScans)
    }

    /// Takes over a fresh view; builders not seen before are scheduled, in the order given.
    func refresh(
        _ all: [BuilderVitals], waiting: Set<FarmRecords.WaitingGroup>, takenAt: Instant, now: Instant
    ) {
        self.waiting = waiting
        for vitals in all {
            if entries[vitals.id] == nil {
                entries[vitals.id] = Entry(
                    scanner: Scanner(settings: settings), vitals: vitals,
                    viewTaken: takenAt, lastChange: .epoch)
                schedule.enter(vitals.id, now: now)
            } else {
                entries[vitals.id]?.vitals = vitals
                entries[vitals.id]?.viewTaken = takenAt
            }
        }
    }

    func takeDue(now: Instant) -> [Turn] {
        schedule.takeDue(now: now).compactMap { (builder, due) -> Turn? in
            guard let entry = entries[builder] else { return nil }
            runningScans += 1
            statistics.note(delay: now - due)
            return Turn(
                scanner: entry.scanner, vitals: entry.vitals, isStale: entry.lastChange >= entry.viewTaken,
                hasWaitingJobs: entry.vitals.processors.contains {
                    waiting.contains(.init(processor: $0, isVirtualized: entry.vitals.isVirtualized))
                } || waiting.contains(.init(processor: nil, isVirtualized: entry.vitals.isVirtualized)))
        }
    }

    func finished(_ builder: BuilderID, _ scanner: Scanner, changedRecords: Bool, now: Instant) {
        runningScans -= 1
        statistics.finished += 1
        entries[builder]?.scanner = scanner
        if changedRecords { entries[builder]?.lastChange = now }
        schedule.finished(builder, now: now)
    }

    /// How long to sleep: until the next scan is due, but not so long that a scan which ends meanwhile and overran
    /// its turn would wait.
    func pause(now: Instant) -> Duration {
        let cap: Duration = runningScans > 0 ? .milliseconds(20) : .seconds(1)
        guard let due = schedule.nextDue else { return cap }
        return max(.zero, min(cap, due - now))
    }
}

/// Counts and delays of scans.
package struct ScanStatistics: Hashable, Sendable {
    /// Scans begun.
    package var started = 0
    /// Scans ended.
    package var finished = 0
    /// The longest time by which a scan began late.
    package var worstDelay = Duration.zero
    /// All delays together.
    package var totalDelay = Duration.zero

    mutating func note(delay: Duration) {
        started += 1
        worstDelay = max(worstDelay, delay)
        totalDelay += delay
    }
}
