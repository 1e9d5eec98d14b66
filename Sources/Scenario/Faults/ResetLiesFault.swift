public import FarmModel

public struct ResetLiesFault: ScriptedFault {
    public static let name = "reset-lies"
    public static let summary = "The reset command says that it succeeded, but nothing is reset."
    public static let occasion = FaultOccasion.resets

    public init(_ values: FaultParameterValues) {}

    public func effects(for moment: FaultMoment) -> [FaultEffect] { [.resetLies] }
}
