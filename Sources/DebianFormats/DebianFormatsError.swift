/// Data that cannot be taken for what they claim to be: one or more problems, the first found first.
public struct DebianFormatsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Never empty.
    public let problems: [FormatProblem]

    public init(_ problem: FormatProblem) { problems = [problem] }

    init(_ code: FormatProblem.Code, _ message: String, file: String? = nil, line: Int? = nil) {
        self.init(FormatProblem(code, message, file: file, line: line))
    }

    /// - Parameter problems: nil is the answer to an empty list.
    init?(all problems: [FormatProblem]) {
        guard !problems.isEmpty else { return nil }
        self.problems = problems
    }

    /// The code of the first problem.
    public var code: FormatProblem.Code { problems[0].code }

    public var description: String { problems.map(\.description).joined(separator: "; ") }

    func inFile(_ name: String) -> DebianFormatsError {
        DebianFormatsError(unchecked: problems.map { $0.inFile(name) })
    }

    private init(unchecked problems: [FormatProblem]) { self.problems = problems }
}
