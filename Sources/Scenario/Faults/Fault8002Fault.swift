public import FarmModel

public struct Fault8002Fault: ScriptedFault {
    public static let name = "fault-8002"
    public static let summary =
        "A call is answered by fault 8002 `error`, as the real slave does for everything it cannot do."
    public static let occasion = FaultOccasion.calls([])

    public init(_ values: FaultParameterValues) {}

    public func effects(for moment: FaultMoment) -> [FaultEffect] {
        [.answerFault(code: 8002, text: "error")]
    }
}
