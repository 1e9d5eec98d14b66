public import FarmModel

public struct GivenBackFault: ScriptedFault {
    public static let name = "givenback"
    public static let summary = "The build ends with GIVENBACK: the slave asks for it to be tried again."
    public static let occasion = FaultOccasion.builds

    public init(_ values: FaultParameterValues) {}

    public func effects(for moment: FaultMoment) -> [FaultEffect] { [.outcome(.givenBack)] }
}
