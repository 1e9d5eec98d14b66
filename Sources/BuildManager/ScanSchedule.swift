import Collections
public import FarmModel

/// When each builder is scanned next: once per interval, never two scans of one builder at a time, and the starts
/// spread over the interval instead of fired in one burst.
///
/// The phase of a builder depends on its place among all builders only while it is entered; the golden ratio
/// spreads any number of builders evenly however many come later.
public struct ScanSchedule: Sendable {
    private struct Turn: Comparable, Sendable {
        var at: Instant
        var builder: BuilderID

        static func < (lhs: Turn, rhs: Turn) -> Bool { (lhs.at, lhs.builder) < (rhs.at, rhs.builder) }
    }

    private let interval: Duration
    private var turns = Heap<Turn>()
    private var phases: [BuilderID: Instant] = [:]
    private var running: Set<BuilderID> = []

    private let spreads: Bool

    /// - Parameter spreads: false gives all builders that are entered together the same phase.
    public init(interval: Duration, spreads: Bool = true) {
        self.interval = interval
        self.spreads = spreads
    }

    /// How many builders are scheduled.
    public var count: Int { phases.count }

    /// Enters a builder, once; its first scan comes within one interval.
    public mutating func enter(_ builder: BuilderID, now: Instant) {
        guard phases[builder] == nil else { return }
        let fraction = !spreads ? 0 : (Double(phases.count) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
        let phase = now + .nanoseconds(Int64(Double(interval.wholeNanoseconds) * fraction))
        phases[builder] = phase
        turns.insert(Turn(at: phase, builder: builder))
    }

    /// When the next scan is due; nil when no builder waits.
    public var nextDue: Instant? { turns.min?.at }

    /// Takes the builders whose scan is due; each stays out of the schedule until `finished`.
    public mutating func takeDue(now: Instant) -> [(builder: BuilderID, due: Instant)] {
        var due: [(BuilderID, Instant)] = []
        while let turn = turns.min, turn.at <= now {
            turns.removeMin()
            running.insert(turn.builder)
            due.append((turn.builder, turn.at))
        }
        return due
    }

    /// The builder's scan is over: the next one comes at the next multiple of the interval from its first
    /// (manager spec 2).
    public mutating func finished(_ builder: BuilderID, now: Instant) {
        guard running.remove(builder) != nil, let phase = phases[builder] else { return }
        let length = max(interval.wholeNanoseconds, 1)
        let elapsed = max(0, now.nanoseconds - phase.nanoseconds)
        turns.insert(
            Turn(
                at: Instant(nanoseconds: phase.nanoseconds + (elapsed / length + 1) * length),
                builder: builder))
    }
}
