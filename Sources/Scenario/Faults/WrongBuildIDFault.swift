public import FarmModel

public struct WrongBuildIDFault: ScriptedFault {
    public static let name = "wrong-build-id"
    public static let summary = "`status` reports another build id than the one the manager gave."
    public static let occasion = FaultOccasion.calls(["status"])
    public static let needsBuild = true
    static let id = FaultParameter("id", default: "PACKAGEBUILD-999999999", "the id that is reported")
    public static let parameters: [any FaultParameterDescription] = [id]

    private let id: String

    public init(_ values: FaultParameterValues) { id = values[Self.id] }

    public func effects(for moment: FaultMoment) -> [FaultEffect] { [.reportBuildID(id)] }
}
