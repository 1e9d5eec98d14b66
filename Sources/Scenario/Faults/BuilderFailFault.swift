public import FarmModel

public struct BuilderFailFault: ScriptedFault {
    public static let name = "builderfail"
    public static let summary = "The build ends with BUILDERFAIL: the slave says that it is broken itself."
    public static let occasion = FaultOccasion.builds

    public init(_ values: FaultParameterValues) {}

    public func effects(for moment: FaultMoment) -> [FaultEffect] { [.outcome(.builderFail)] }
}
