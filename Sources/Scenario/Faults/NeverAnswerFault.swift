public import FarmModel

public struct NeverAnswerFault: ScriptedFault {
    public static let name = "never-answer"
    public static let summary =
        "The connection is accepted and the request read, but nothing is ever answered."
    public static let occasion = FaultOccasion.requests

    public init(_ values: FaultParameterValues) {}

    public func effects(for moment: FaultMoment) -> [FaultEffect] { [.neverAnswer] }
}
