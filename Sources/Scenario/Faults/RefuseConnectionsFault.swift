public import FarmModel

public struct RefuseConnectionsFault: ScriptedFault {
    public static let name = "refuse-connections"
    public static let summary = "Connections are refused, as when the daemon is not running."
    public static let occasion = FaultOccasion.listening

    public init(_ values: FaultParameterValues) {}

    public func effects(for moment: FaultMoment) -> [FaultEffect] { [.refuseConnections] }
}
