public import FarmModel
public import Scenario

/// Where a slave's scripted faults come from: one value for each slave, which lives with the slave and is asked
/// in the order in which things happen there.
public protocol SlaveFaultSource: Sendable {
    /// What to inject at a moment.
    mutating func decide(_ moment: FaultMoment, at now: Instant) -> FaultDecision

    /// Whether the slave's listener is open, and when to ask again.
    mutating func listening(at now: Instant) -> ListeningDecision
}

extension SlaveFaultSource {
    public mutating func listening(at now: Instant) -> ListeningDecision { ListeningDecision() }
}

extension SlaveFaults: SlaveFaultSource {}

/// Faults decided by a closure, for tests.
public struct FaultClosure: SlaveFaultSource {
    private let effects: @Sendable (FaultMoment, Instant) -> [FaultEffect]

    public init(_ effects: @escaping @Sendable (FaultMoment, Instant) -> [FaultEffect]) {
        self.effects = effects
    }

    public mutating func decide(_ moment: FaultMoment, at now: Instant) -> FaultDecision {
        var decision = FaultDecision()
        decision.effects = effects(moment, now)
        return decision
    }
}
