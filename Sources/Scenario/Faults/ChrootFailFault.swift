public import FarmModel

public struct ChrootFailFault: ScriptedFault {
    public static let name = "chrootfail"
    public static let summary = "The build ends with CHROOTFAIL: the base image is broken."
    public static let occasion = FaultOccasion.builds

    public init(_ values: FaultParameterValues) {}

    public func effects(for moment: FaultMoment) -> [FaultEffect] { [.outcome(.chrootFail)] }
}
