public import FarmModel

public struct UnknownSumFault: ScriptedFault {
    public static let name = "unknown-sum"
    public static let summary = "`build` answers UNKNOWNSUM, as if a file were missing; nothing is started."
    public static let occasion = FaultOccasion.calls(["build"])
    static let sum = FaultParameter(
        "sum", default: "da39a3ee5e6b4b0d3255bfef95601890afd80709", "the sum that the answer names")
    public static let parameters: [any FaultParameterDescription] = [sum]

    private let information: String

    /// The five lines of the real answer (protocol spec 6).
    public init(_ values: FaultParameterValues) {
        let margin = String(repeating: " ", count: 12)
        information = [
            "CHROOTSUM -> \(values[Self.sum])", "\(margin)***** INFO *****", "\(margin)No URL",
            "\(margin)****************", margin,
        ].joined(separator: "\n")
    }

    public func effects(for moment: FaultMoment) -> [FaultEffect] {
        [.answerBuild(status: "BuilderStatus.UNKNOWNSUM", information: information)]
    }
}
