public import FarmModel

public struct ForgetBuildFault: ScriptedFault {
    public static let name = "forget-build"
    public static let summary =
        "The slave forgets its build and is IDLE, as after a restart of the daemon, just before it answers."
    public static let occasion = FaultOccasion.calls(["status"])
    public static let needsBuild = true

    public init(_ values: FaultParameterValues) {}

    public func effects(for moment: FaultMoment) -> [FaultEffect] { [.forgetBuild] }
}
