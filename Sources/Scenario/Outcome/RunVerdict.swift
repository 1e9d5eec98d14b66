/// Whether a run did what its scenario expects.
public struct RunVerdict: Hashable, Sendable {
    public enum Grade: String, Hashable, Sendable {
        case pass = "PASS"
        case fail = "FAIL"
        /// The run proves nothing: a fault that was to be injected was not.
        case inconclusive = "INCONCLUSIVE"
    }

    /// The verdict on one expectation.
    public struct Line: Hashable, Sendable, CustomStringConvertible {
        public var expectation: FarmExpectation
        public var grade: Grade
        /// What was expected and what was seen.
        public var sentence: String

        public var description: String { "\(grade.rawValue)  \(sentence)" }
    }

    /// The scenario's name.
    public var scenario: String
    /// In the order of the scenario file.
    public var lines: [Line]

    /// Judges a run.
    public init(_ scenario: Scenario, _ outcome: FarmOutcome) {
        self.scenario = scenario.name
        lines = scenario.expectations.map { expectation in
            let finding = expectation.demand.judge(outcome, rules: scenario.rules.map(\.name))
            return Line(
                expectation: expectation, grade: finding.grade,
                sentence: "\(expectation.title); seen: \(finding.seen)")
        }
    }

    /// FAIL when any expectation failed, else INCONCLUSIVE when any proved nothing, else PASS. A scenario that
    /// expects nothing passes.
    public var grade: Grade {
        if lines.contains(where: { $0.grade == .fail }) { return .fail }
        return lines.contains { $0.grade == .inconclusive } ? .inconclusive : .pass
    }

    /// The whole verdict for people, one line for each expectation and one in all.
    public var text: String {
        let held = lines.count { $0.grade == .pass }
        return lines.map { "\($0)\n" }.joined()
            + "\(grade.rawValue)  \(scenario): \(held) of \(lines.count) expectations hold\n"
    }
}
