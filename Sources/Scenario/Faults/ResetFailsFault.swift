public import FarmModel

public struct ResetFailsFault: ScriptedFault {
    public static let name = "reset-fails"
    public static let summary = "The reset command fails; nothing is reset."
    public static let occasion = FaultOccasion.resets
    static let status = FaultParameter("status", default: 1, in: 1...255, "the command's exit status")
    public static let parameters: [any FaultParameterDescription] = [status]

    private let status: Int

    public init(_ values: FaultParameterValues) { status = values[Self.status] }

    public func effects(for moment: FaultMoment) -> [FaultEffect] { [.resetFails(exitStatus: status)] }
}
