public import FarmModel

/// How a run ended, as plain values: all that a verdict is made of.
public struct FarmOutcome: Hashable, Sendable {
    /// Why the run ended.
    public enum Ending: String, Hashable, Sendable, CaseIterable {
        /// Every job had its final status.
        case allFinal = "all-final"
        /// The scenario's limit was reached.
        case limit
        /// Somebody stopped it.
        case interrupted
    }

    /// A builder as the manager's records show it at the end.
    public struct Builder: Hashable, Sendable {
        public var name: BuilderName
        public var isEnabled: Bool
        public var failureCount: Int
        /// The reason given when it was disabled.
        public var notes: String?
        /// How many builds were dispatched to it.
        public var dispatches: Int
        /// How often it was reset.
        public var resets: Int

        public init(
            name: BuilderName, isEnabled: Bool = true, failureCount: Int = 0, notes: String? = nil,
            dispatches: Int = 0, resets: Int = 0
        ) {
            self.name = name
            self.isEnabled = isEnabled
            self.failureCount = failureCount
            self.notes = notes
            self.dispatches = dispatches
            self.resets = resets
        }
    }

    /// A job as the manager's records show it at the end.
    public struct Job: Hashable, Sendable {
        public var source: String
        /// `SOURCE_VERSION_ARCHITECTURE`, the version without its epoch.
        public var name: String
        public var status: BuildStatus
        /// The builders it was dispatched to, one entry for each attempt, in order.
        public var builders: [BuilderName]
        /// File names of the binary packages that came of it.
        public var binaries: [String]
        /// The end of its log, as text.
        public var logTail: String

        public init(
            source: String, name: String, status: BuildStatus, builders: [BuilderName] = [],
            binaries: [String] = [], logTail: String = ""
        ) {
            self.source = source
            self.name = name
            self.status = status
            self.builders = builders
            self.binaries = binaries
            self.logTail = logTail
        }

        public var attempts: Int { builders.count }
    }

    public var ending: Ending
    public var duration: Duration
    /// In the scenario's order.
    public var builders: [Builder]
    /// In the scenario's order.
    public var jobs: [Job]
    /// How many events of each kind there were; a kind that is missing had none.
    public var eventCounts: [FarmEvent.Kind: Int]
    /// How often each fault rule fired, by the rule's name; a rule that is missing did not.
    public var timesFired: [String: Int]

    public init(
        ending: Ending, duration: Duration, builders: [Builder], jobs: [Job],
        eventCounts: [FarmEvent.Kind: Int] = [:], timesFired: [String: Int] = [:]
    ) {
        self.ending = ending
        self.duration = duration
        self.builders = builders
        self.jobs = jobs
        self.eventCounts = eventCounts
        self.timesFired = timesFired
    }
}
