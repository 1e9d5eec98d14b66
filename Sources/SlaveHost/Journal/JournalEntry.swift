public import FarmModel
public import MockSlave
public import Scenario

/// Something that happened at a slave host, for logs and tests. It holds no secrets.
public struct JournalEntry: Hashable, Sendable {
    public enum Event: Hashable, Sendable {
        case connected(peer: String)
        /// A connection beyond the limit, or one to a slave without power.
        case turnedAway(peer: String)
        /// A call; the method is nil when the body was no call.
        case call(method: String?)
        case file(name: String, status: Int)
        case listing
        /// A build of the scenario begins.
        case build(BuildRun)
        /// A request answered by the HTTP server alone.
        case page(status: Int)
        case fetch(sum: String)
        case fetched(sum: String, outcome: String)
        case gathered(files: Int)
        case gatheringFailed(detail: String)
        case note(SlaveNote)
        case power(SlavePower)
        /// A scripted fault closed the listener, or let it open again.
        case listening(Bool)
        /// The reset command was run, and ended with this status; nil: it hangs.
        case resetCommand(exitStatus: Int?)
        /// The listener could not be opened again.
        case listenerFailed(detail: String)
    }

    public var at: Instant
    public var slave: BuilderName
    public var event: Event
    /// The scripted faults that acted on it.
    public var effects: [FaultEffect]
    /// The rules that they come from.
    public var fired: [FiredFault]

    public init(
        at: Instant, slave: BuilderName, event: Event, effects: [FaultEffect] = [], fired: [FiredFault] = []
    ) {
        self.at = at
        self.slave = slave
        self.event = event
        self.effects = effects
        self.fired = fired
    }
}

/// Takes journal entries, on the threads of the slaves: it must not block.
public typealias JournalSink = @Sendable (JournalEntry) -> Void
