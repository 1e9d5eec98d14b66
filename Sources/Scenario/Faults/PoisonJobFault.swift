public import FarmModel

public struct PoisonJobFault: ScriptedFault {
    public static let name = "poison-job"
    public static let summary =
        "The build takes down every slave that runs it; the slave is dead until it is reset."
    public static let occasion = FaultOccasion.builds

    public init(_ values: FaultParameterValues) {}

    public func effects(for moment: FaultMoment) -> [FaultEffect] { [.outcome(.killsSlave)] }
}
