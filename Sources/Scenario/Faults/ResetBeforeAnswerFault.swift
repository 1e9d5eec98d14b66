public import FarmModel

public struct ResetBeforeAnswerFault: ScriptedFault {
    public static let name = "reset-before-answer"
    public static let summary = "The connection is reset before the first byte of the answer."
    public static let occasion = FaultOccasion.requests

    public init(_ values: FaultParameterValues) {}

    public func effects(for moment: FaultMoment) -> [FaultEffect] { [.resetBeforeAnswer] }
}
