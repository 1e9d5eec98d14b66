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
        for (slave, chosen) in zip(slaves, Self.deal(rules, to: slaves)) where !chosen.isEmpty {
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

    /// The indices of the rules that select each slave.
    private static func deal(_ rules: [FaultRule], to slaves: [SlaveTraits]) -> [[Int]] {
        var chosen = Array(repeating: [Int](), count: slaves.count)
        var byName: [String: Int] = [:]
        for (index, slave) in slaves.enumerated() { byName[slave.name.rawValue] = index }
        for (number, rule) in rules.enumerated() {
            if let globs = rule.selector.slaves, globs.including.allSatisfy(\.isLiteral) {
                // Rules written at a slave name it in full: no need to hold ten thousand names against each.
                var selector = rule.selector
                selector.slaves = nil
                for place in Set(globs.including.compactMap { byName[$0.pattern] }).sorted()
                where selector.selects(slaves[place])
                    && !globs.excluding.contains(where: { $0.matches(slaves[place].name.rawValue) })
                {
                    chosen[place].append(number)
                }
            } else {
                for place in slaves.indices where rule.selector.selects(slaves[place]) {
                    chosen[place].append(number)
                }
            }
        }
        return chosen
    }
}
