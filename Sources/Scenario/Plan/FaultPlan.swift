public import FarmModel

/// Which fault fires when, for a whole farm: the rules of a scenario, dealt out to the slaves they select.
///
/// A slave without rules costs a dictionary look-up. The same rules, slaves, seed and moments give the same
/// decisions.
public struct FaultPlan: Sendable {
    private let rules: [FaultRule]
    private var places: [BuilderName: Int] = [:]
    private var shares: [SlaveFaults] = []

    /// - Parameters:
    ///   - rules: in the order in which they apply; names are unique.
    ///   - start: the farm's start, from which the rules' times count.
    public init(rules: [FaultRule], slaves: [SlaveTraits], seed: UInt64, start: Instant) {
        self.rules = rules
        let index = SlaveIndex(slaves)
        var chosenRules = Array(repeating: [Int](), count: slaves.count)
        for (number, rule) in rules.enumerated() {
            for place in index.chosen(by: rule.selector) { chosenRules[place].append(number) }
        }
        for (slave, chosen) in zip(slaves, chosenRules) where !chosen.isEmpty {
            places[slave.name] = shares.count
            shares.append(
                SlaveFaults(rules: rules, chosen: chosen, slave: slave.name, seed: seed, start: start))
        }
    }

    public init(_ scenario: Scenario, start: Instant) {
        self.init(
            rules: scenario.rules, slaves: scenario.slaves.map(\.traits), seed: scenario.seed, start: start)
    }

    /// What to inject now; see `SlaveFaults.decide`.
    public mutating func decide(_ moment: FaultMoment, at now: Instant) -> FaultDecision {
        guard let place = places[moment.slave.name] else { return FaultDecision() }
        return shares[place].decide(moment, at: now)
    }

    /// Whether a slave listens now, and when to ask again.
    public mutating func listening(_ slave: BuilderName, at now: Instant) -> ListeningDecision {
        guard let place = places[slave] else { return ListeningDecision() }
        return shares[place].listening(at: now)
    }

    /// A slave's share, for hosts that keep slaves apart; nil when no rule selects the slave.
    public func share(of slave: BuilderName) -> SlaveFaults? { places[slave].map { shares[$0] } }

    /// How often each rule fired in all, in the order of the scenario file.
    public var timesFired: [(rule: String, count: Int)] {
        var counts: [String: Int] = [:]
        for share in shares { for (rule, count) in share.timesFired { counts[rule, default: 0] += count } }
        return rules.map { ($0.name, counts[$0.name] ?? 0) }
    }
}
