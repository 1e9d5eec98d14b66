public import FarmModel

public struct PackageFailFault: ScriptedFault {
    public static let name = "packagefail"
    public static let summary = "The build ends with PACKAGEFAIL: the package does not build."
    public static let occasion = FaultOccasion.builds

    public init(_ values: FaultParameterValues) {}

    public func effects(for moment: FaultMoment) -> [FaultEffect] { [.outcome(.packageFail)] }
}
