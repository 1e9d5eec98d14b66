public import FarmModel

public struct NeverFinishAbortingFault: ScriptedFault {
    public static let name = "never-finish-aborting"
    public static let summary = "`abort` is answered as usual, but the slave then stays ABORTING for good."
    public static let occasion = FaultOccasion.calls(["abort"])
    public static let needsBuild = true

    public init(_ values: FaultParameterValues) {}

    public func effects(for moment: FaultMoment) -> [FaultEffect] { [.neverFinishAborting] }
}
