public import FarmModel

/// Something that must hold when the run has ended.
public struct FarmExpectation: Hashable, Sendable {
    public enum Demand: Hashable, Sendable {
        case jobs(JobDemand)
        case builders(BuilderDemand)
        case events(EventDemand)
        case faults(FaultDemand)
        case run(RunDemand)
    }

    /// What people call it: its `name:`, or a sentence made of what it demands.
    public var title: String
    /// Where it stands in the scenario file, from 1.
    public var line: Int
    public var demand: Demand

    public init(title: String? = nil, line: Int = 1, demand: Demand) {
        self.title = title ?? demand.sentence
        self.line = line
        self.demand = demand
    }
}

/// What must hold for each of the chosen jobs; nil demands nothing.
public struct JobDemand: Hashable, Sendable {
    public var jobs: JobGlobs
    /// One of these.
    public var statuses: [BuildStatus]?
    /// How often it was dispatched.
    public var attempts: CountRange?
    /// The builders it may have been dispatched to.
    public var builders: GlobSet?
    /// How many binary packages came of it.
    public var binaries: CountRange?
    /// Names of binary packages' files that must be among them.
    public var files: [Glob]?
    /// What the end of its log must contain.
    public var log: String?

    public init(
        jobs: JobGlobs, statuses: [BuildStatus]? = nil, attempts: CountRange? = nil, builders: GlobSet? = nil,
        binaries: CountRange? = nil, files: [Glob]? = nil, log: String? = nil
    ) {
        self.jobs = jobs
        self.statuses = statuses
        self.attempts = attempts
        self.builders = builders
        self.binaries = binaries
        self.files = files
        self.log = log
    }
}

/// What must hold for each of the chosen builders; nil demands nothing.
public struct BuilderDemand: Hashable, Sendable {
    public var builders: GlobSet
    public var isEnabled: Bool?
    public var failureCount: CountRange?
    /// A text that the reason for disabling it must contain.
    public var notes: String?
    /// How many builds were dispatched to it.
    public var dispatches: CountRange?
    /// How often it was reset.
    public var resets: CountRange?

    public init(
        builders: GlobSet, isEnabled: Bool? = nil, failureCount: CountRange? = nil, notes: String? = nil,
        dispatches: CountRange? = nil, resets: CountRange? = nil
    ) {
        self.builders = builders
        self.isEnabled = isEnabled
        self.failureCount = failureCount
        self.notes = notes
        self.dispatches = dispatches
        self.resets = resets
    }
}

/// How often something of a kind must have happened in the run.
public struct EventDemand: Hashable, Sendable {
    public var kind: FarmEvent.Kind
    public var count: CountRange

    public init(kind: FarmEvent.Kind, count: CountRange) {
        self.kind = kind
        self.count = count
    }
}

/// How often each of the chosen fault rules must have fired. A rule that fired too rarely proves nothing about
/// the manager, so the verdict is then INCONCLUSIVE and not FAIL.
public struct FaultDemand: Hashable, Sendable {
    public var rules: GlobSet
    public var fired: CountRange

    public init(rules: GlobSet, fired: CountRange = CountRange(1, nil)) {
        self.rules = rules
        self.fired = fired
    }
}

/// How the run must have ended.
public struct RunDemand: Hashable, Sendable {
    public var ending: FarmOutcome.Ending?
    /// How long it may have taken.
    public var within: Duration?

    public init(ending: FarmOutcome.Ending? = nil, within: Duration? = nil) {
        self.ending = ending
        self.within = within
    }
}

extension FarmExpectation.Demand {
    /// The demand as a sentence without a full stop.
    var sentence: String {
        switch self {
        case .jobs(let demand): "jobs \(demand.jobs): " + demand.phrases.joined(separator: ", ")
        case .builders(let demand): "builders \(demand.builders): " + demand.phrases.joined(separator: ", ")
        case .events(let demand): "events \(demand.kind.rawValue): \(demand.count)"
        case .faults(let demand): "faults \(demand.rules): fired \(demand.fired)"
        case .run(let demand): "run: " + demand.phrases.joined(separator: ", ")
        }
    }
}

extension JobDemand {
    fileprivate var phrases: [String] {
        var phrases: [String] = []
        if let statuses { phrases.append(statuses.map(\.name).joined(separator: " or ")) }
        if let attempts { phrases.append("attempts \(attempts)") }
        if let builders { phrases.append("only on \(builders)") }
        if let binaries { phrases.append("binaries \(binaries)") }
        if let files { phrases.append("files " + files.map(\.pattern).joined(separator: ", ")) }
        if let log { phrases.append("log contains \"\(log)\"") }
        return phrases
    }
}

extension BuilderDemand {
    fileprivate var phrases: [String] {
        var phrases: [String] = []
        if let isEnabled { phrases.append(isEnabled ? "enabled" : "disabled") }
        if let failureCount { phrases.append("failure count \(failureCount)") }
        if let notes { phrases.append("notes contain \"\(notes)\"") }
        if let dispatches { phrases.append("dispatches \(dispatches)") }
        if let resets { phrases.append("resets \(resets)") }
        return phrases
    }
}

extension RunDemand {
    fileprivate var phrases: [String] {
        var phrases: [String] = []
        if let ending { phrases.append("ends by \(ending.rawValue)") }
        if let within { phrases.append("within \(DurationText.write(within))") }
        return phrases
    }
}
