import FarmModel
import Synchronization

/// A clock that stands still until it is set.
final class SettableClock: Sendable {
    private let time: Mutex<Instant>

    init(_ start: Instant = .epoch) { time = Mutex(start) }

    var now: @Sendable () -> Instant { { self.time.withLock { $0 } } }

    func set(_ instant: Instant) { time.withLock { $0 = instant } }
}
