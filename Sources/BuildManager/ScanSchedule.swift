import Collections
public import FarmModel

/// When each builder is scanned next: once per interval, never two scans of one builder at a time, and the starts
/// spread over the interval instead of fired in one burst.
///
/// A builder's place in the interval depends only on how many were entered before it, not on when it is entered:
/// multiples of the golden ratio spread any number of builders evenly, however many come later.
public struct ScanSchedule: Sendable {
    private struct Turn: Comparable, Sendable {
        var at: Instant
        var builder: BuilderID

        static func < (lhs: Turn, rhs: Turn) -> Bool { (lhs.at, lhs.builder) < (rhs.at, rhs.builder) }
    }

    /// The interval, in nanoseconds.
    private let length: Int64
    private let spreads: Bool
    private var turns = Heap<Turn>()
    /// When each builder's first scan is due.
    private var phases: [BuilderID: Instant] = [:]
    /// Where the first interval begins: when the first builder was entered.
    private var origin: Instant?
    private var running: Set<BuilderID> = []

    /// - Parameter spreads: false gives all builders that are entered together the same phase, as in the original.
    public init(interval: Duration, spreads: Bool = true) {
        length = max(interval.wholeNanoseconds, 1)
        self.spreads = spreads
    }

    /// How many builders are scheduled.
    public var count: Int { phases.count }

    /// Enters a builder, once; its first scan comes within one interval.
    public mutating func enter(_ builder: BuilderID, now: Instant) {
        guard phases[builder] == nil else { return }
        let phase = spreads ? place(after: now) : now
        phases[builder] = phase
        turns.insert(Turn(at: phase, builder: builder))
    }

    /// The first time from `now` on that falls on the next builder's place in the interval.
    private mutating func place(after now: Instant) -> Instant {
        let origin = self.origin ?? now
        self.origin = origin
        let fraction = (Double(phases.count) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
        let place = Int64(Double(length) * fraction)
        let elapsed = max(0, (now - origin).wholeNanoseconds)
        let intoInterval = elapsed % length
        let wait = place - intoInterval + (place < intoInterval ? length : 0)
        return now + .nanoseconds(wait)
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
        // The wall clock may have been set back meanwhile.
        let now = max(now, phase)
        let intoInterval = (now - phase).wholeNanoseconds % length
        turns.insert(Turn(at: now + .nanoseconds(length - intoInterval), builder: builder))
    }
}
