public import FarmModel

/// One slave's share of the fault plan.
///
/// Shares of different slaves have nothing in common but the rules: each counts its own moments and draws from
/// its own stream of random numbers. So every slave may carry its share wherever it lives, and neither another
/// slave nor another rule changes what this one does.
public struct SlaveFaults: Sendable {
    /// A rule's state on this slave.
    private struct Standing: Sendable {
        let rule: Int
        var selectedMoments = 0
        var timesFired = 0
        var generator: SeededGenerator
    }

    private let rules: [FaultRule]
    private let start: Instant
    private var standings: [Standing]

    /// - Parameters:
    ///   - rules: all rules of the scenario.
    ///   - chosen: indices of those that select this slave, in the order in which they apply.
    init(rules: [FaultRule], chosen: [Int], slave: BuilderName, seed: UInt64, start: Instant) {
        self.rules = rules
        self.start = start
        let root = SeededGenerator(seed: seed).split("faults").split("slave:\(slave)")
        standings = chosen.map { index in
            Standing(rule: index, generator: root.split("rule:\(rules[index].name)"))
        }
    }

    /// What to inject now.
    ///
    /// The rules are asked in the order of the scenario file and their effects follow each other in that order.
    public mutating func decide(_ moment: FaultMoment, at now: Instant) -> FaultDecision {
        var decision = FaultDecision()
        for index in standings.indices where fires(index, moment, at: now) {
            let rule = rules[standings[index].rule]
            standings[index].timesFired += 1
            decision.effects += rule.fault.effects(for: moment)
            decision.fired.append(FiredFault(rule: rule.name, fault: type(of: rule.fault).name))
        }
        return decision
    }

    /// Whether the slave listens now, and when to ask again.
    public mutating func listening(at now: Instant) -> ListeningDecision {
        var decision = ListeningDecision()
        for index in standings.indices {
            let rule = rules[standings[index].rule]
            guard type(of: rule.fault).occasion == .listening else { continue }
            let begin = start + rule.schedule.after
            let end = rule.schedule.lasting.map { begin + $0 }
            let isAwake = now >= begin && end.map { now < $0 } ?? true
            if isAwake {
                standings[index].timesFired = max(1, standings[index].timesFired)
                decision.refusedBy.append(FiredFault(rule: rule.name, fault: type(of: rule.fault).name))
            }
            for change in [begin, end].compactMap({ $0 }) where change > now {
                decision.changesAt = min(decision.changesAt ?? change, change)
            }
        }
        return decision
    }

    /// How often each of its rules fired here, in the order of the scenario file.
    public var timesFired: [(rule: String, count: Int)] {
        standings.map { (rules[$0.rule].name, $0.timesFired) }
    }

    private mutating func fires(_ index: Int, _ moment: FaultMoment, at now: Instant) -> Bool {
        let rule = rules[standings[index].rule]
        guard rule.selects(moment) else { return false }
        let schedule = rule.schedule
        let elapsed = now - start
        guard elapsed >= schedule.after else { return false }
        if let lasting = schedule.lasting, elapsed >= schedule.after + lasting { return false }

        standings[index].selectedMoments += 1
        let ordinal = standings[index].selectedMoments
        if let nth = schedule.nth, !nth.contains(ordinal) { return false }
        guard (ordinal - max(1, schedule.nth?.lower ?? 1)).isMultiple(of: schedule.every) else {
            return false
        }
        if let times = schedule.times, standings[index].timesFired >= times { return false }
        // A draw for every moment that comes this far, so that the outcome of one draw shifts no other.
        return schedule.probability >= 1 || standings[index].generator.unit() < schedule.probability
    }
}

/// What the rules inject at one moment.
public struct FaultDecision: Hashable, Sendable {
    /// In the order in which they apply; empty for an undisturbed moment.
    public var effects: [FaultEffect] = []
    /// The rules that fired, for the journal.
    public var fired: [FiredFault] = []

    public init() {}
}

/// Whether a slave's listener is to be open.
public struct ListeningDecision: Hashable, Sendable {
    /// The rules that keep it closed; empty: it is open.
    public var refusedBy: [FiredFault] = []
    /// When the answer may change; nil: never.
    public var changesAt: Instant?

    public var isRefused: Bool { !refusedBy.isEmpty }

    public init() {}
}

/// A rule that fired.
public struct FiredFault: Hashable, Sendable {
    /// The rule's name.
    public var rule: String
    /// The fault's name in the catalogue.
    public var fault: String

    public init(rule: String, fault: String) {
        self.rule = rule
        self.fault = fault
    }
}

extension FaultRule {
    /// Whether the moment is one that the rule counts.
    func selects(_ moment: FaultMoment) -> Bool {
        let fault = type(of: fault)
        guard fault.occasion.includes(moment.event) else { return false }
        if fault.needsBuild, moment.build == nil { return false }
        switch moment.event {
        case .call(let method):
            if let calls = selector.calls {
                guard calls.contains(method) else { return false }
            } else if selector.files != nil {
                return false
            }
        case .file(let name):
            if let files = selector.files {
                guard files.matches(name) else { return false }
            } else if selector.calls != nil {
                return false
            }
        case .connection, .build, .reset: break
        }
        return selector.selects(build: moment.build)
    }
}
