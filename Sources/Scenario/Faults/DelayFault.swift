public import FarmModel

public struct DelayFault: ScriptedFault {
    public static let name = "delay"
    public static let summary = "The answer comes later."
    public static let occasion = FaultOccasion.requests
    static let time = FaultParameter("time", default: Duration.seconds(1), "how much later")
    public static let parameters: [any FaultParameterDescription] = [time]

    private let time: Duration

    public init(_ values: FaultParameterValues) { time = values[Self.time] }

    public func effects(for moment: FaultMoment) -> [FaultEffect] { [.delay(time)] }
}
