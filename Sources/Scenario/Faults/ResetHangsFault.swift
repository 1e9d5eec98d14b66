public import FarmModel

public struct ResetHangsFault: ScriptedFault {
    public static let name = "reset-hangs"
    public static let summary = "The reset command never ends; nothing is reset."
    public static let occasion = FaultOccasion.resets

    public init(_ values: FaultParameterValues) {}

    public func effects(for moment: FaultMoment) -> [FaultEffect] { [.resetHangs] }
}
