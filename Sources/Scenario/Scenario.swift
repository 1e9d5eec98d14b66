// The room Scenario: the file format in which people describe a farm, its faults and what they expect; the plan
// that says which fault fires when; and the verdict over a run. Everything here is values: reading a scenario
// takes its text and a view of the folders it speaks of, and gives a `Scenario` or a `ScenarioError`.

public import FarmModel

/// A farm, its faults, and what is expected of the manager that runs it.
public struct Scenario: Sendable {
    /// What ends a run before its limit.
    public enum Until: String, Hashable, Sendable, CaseIterable {
        /// Every job has its final status.
        case jobs
        /// Besides, every expectation holds: what is to happen to builders may take longer than the jobs.
        case expectations
    }

    public var name: String
    /// The only source of randomness.
    public var seed: UInt64
    /// The run ends here at the latest.
    public var limit: Duration
    /// When the run may end before its limit.
    public var until: Until
    public var manager: ManagerSettings
    /// The common port of slaves that have an address of their own.
    public var port: Int
    /// Where their addresses are.
    public var network: LoopbackNetwork
    /// In file order; never empty.
    public var archives: [ArchiveSpec]
    /// In file order, ranges expanded.
    public var slaves: [SlaveSpec]
    /// In file order, one for each architecture.
    public var jobs: [JobSpec]
    /// What slaves do with builds that are no job of the scenario, for instance those of another manager.
    public var unknownBuild: BuildScript
    /// In the order in which they apply.
    public var rules: [FaultRule]
    public var expectations: [FarmExpectation]

    public init(
        name: String, seed: UInt64 = 0, limit: Duration = .seconds(600), until: Until = .jobs,
        manager: ManagerSettings = ManagerSettings(), port: Int = 8221, network: LoopbackNetwork = .standard,
        archives: [ArchiveSpec] = [ArchiveSpec(name: "primary")], slaves: [SlaveSpec] = [],
        jobs: [JobSpec] = [], unknownBuild: BuildScript = BuildScript(), rules: [FaultRule] = [],
        expectations: [FarmExpectation] = []
    ) {
        self.name = name
        self.seed = seed
        self.limit = limit
        self.until = until
        self.manager = manager
        self.port = port
        self.network = network
        self.archives = archives
        self.slaves = slaves
        self.jobs = jobs
        self.unknownBuild = unknownBuild
        self.rules = rules
        self.expectations = expectations
    }
}
