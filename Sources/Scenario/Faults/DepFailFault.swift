public import FarmModel

public struct DepFailFault: ScriptedFault {
    public static let name = "depfail"
    public static let summary = "The build ends with DEPFAIL: a build dependency is missing."
    public static let occasion = FaultOccasion.builds
    static let dependencies = FaultParameter(
        "dependencies", default: "libmissing-dev", "the relation that is reported")
    public static let parameters: [any FaultParameterDescription] = [dependencies]

    private let dependencies: String

    public init(_ values: FaultParameterValues) { dependencies = values[Self.dependencies] }

    public func effects(for moment: FaultMoment) -> [FaultEffect] {
        [.outcome(.depFail(dependencies: dependencies))]
    }
}
