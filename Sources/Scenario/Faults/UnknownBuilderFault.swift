public import FarmModel

public struct UnknownBuilderFault: ScriptedFault {
    public static let name = "unknown-builder"
    public static let summary =
        "`build` answers UNKNOWNBUILDER, as if the build type were not known; nothing is started."
    public static let occasion = FaultOccasion.calls(["build"])
    static let type = FaultParameter("type", default: "binarypackage", "the build type that the answer names")
    public static let parameters: [any FaultParameterDescription] = [type]

    private let information: String

    /// The text of the real answer (protocol spec 6).
    public init(_ values: FaultParameterValues) {
        information = "\(values[Self.type]) not in ['translation-templates']"
    }

    public func effects(for moment: FaultMoment) -> [FaultEffect] {
        [.answerBuild(status: "BuilderStatus.UNKNOWNBUILDER", information: information)]
    }
}
