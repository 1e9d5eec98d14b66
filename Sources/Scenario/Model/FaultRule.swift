public import FarmModel

/// One line of the fault plan: which fault, where, and when.
public struct FaultRule: Sendable {
    /// Unique in its scenario; randomness is split by it, and the journal speaks of it.
    public var name: String
    /// The fault of the catalogue, with its parameters.
    public var fault: any ScriptedFault
    public var selector: FaultSelector
    public var schedule: FaultSchedule

    public init(
        name: String, fault: any ScriptedFault, selector: FaultSelector = FaultSelector(),
        schedule: FaultSchedule = FaultSchedule()
    ) {
        self.name = name
        self.fault = fault
        self.selector = selector
        self.schedule = schedule
    }
}

/// Where a rule applies. Nil selects everything; several selectors must all fit.
public struct FaultSelector: Hashable, Sendable {
    public var slaves: GlobSet?
    public var architectures: [String]?
    public var regions: GlobSet?
    public var tags: [String]?
    public var isVirtual: Bool?
    /// RPC methods. Naming calls and not files leaves files alone, and the other way round.
    public var calls: [String]?
    /// Names of files.
    public var files: GlobSet?
    /// Builds, running or beginning.
    public var jobs: JobGlobs?
    /// Attempts of the build.
    public var attempts: CountRange?

    public init(
        slaves: GlobSet? = nil, architectures: [String]? = nil, regions: GlobSet? = nil,
        tags: [String]? = nil,
        isVirtual: Bool? = nil, calls: [String]? = nil, files: GlobSet? = nil, jobs: JobGlobs? = nil,
        attempts: CountRange? = nil
    ) {
        self.slaves = slaves
        self.architectures = architectures
        self.regions = regions
        self.tags = tags
        self.isVirtual = isVirtual
        self.calls = calls
        self.files = files
        self.jobs = jobs
        self.attempts = attempts
    }

    /// Whether the rule can ever apply on this slave.
    public func selects(_ slave: SlaveTraits) -> Bool {
        if let slaves, !slaves.matches(slave.name.rawValue) { return false }
        if let architectures, !slave.architectures.contains(where: architectures.contains) { return false }
        if let regions, !regions.matches(slave.region) { return false }
        if let tags, !tags.allSatisfy(slave.tags.contains) { return false }
        if let isVirtual, isVirtual != slave.isVirtual { return false }
        return true
    }

    /// Whether the build in question is one the rule is about; true for no build when the rule names none.
    func selects(build: BuildRun?) -> Bool {
        guard jobs != nil || attempts != nil else { return true }
        guard let build else { return false }
        if let jobs, !jobs.matches(source: build.package, job: build.description) { return false }
        if let attempts, !attempts.contains(build.attempt) { return false }
        return true
    }
}

/// When a rule fires, among the moments it selects. Moments are counted per slave, so a slave more or less
/// changes nothing for the others.
public struct FaultSchedule: Hashable, Sendable {
    /// The rule is asleep until this long after the farm's start.
    public var after: Duration = .zero
    /// How long it stays awake; nil: to the end.
    public var lasting: Duration?
    /// Which of the selected moments, counted from 1 while the rule is awake; nil: all.
    public var nth: CountRange?
    /// Of those, the first and then every k-th.
    public var every = 1
    /// Of those, this share, drawn from the scenario's seed: 0...1.
    public var probability = 1.0
    /// At most this many times on one slave; nil: without limit.
    public var times: Int?

    public init(
        after: Duration = .zero, lasting: Duration? = nil, nth: CountRange? = nil, every: Int = 1,
        probability: Double = 1, times: Int? = nil
    ) {
        self.after = after
        self.lasting = lasting
        self.nth = nth
        self.every = every
        self.probability = probability
        self.times = times
    }
}
