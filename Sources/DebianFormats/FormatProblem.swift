/// One thing that is wrong with a document, a package or an upload, in words a packager understands.
public struct FormatProblem: Hashable, Sendable, CustomStringConvertible {
    public var code: Code
    /// One sentence without a final full stop: what is wrong and, where it helps, what would be right.
    public var message: String
    /// The file the problem is in, if there is more than one in play.
    public var file: String?
    /// The line in that file, counted from 1.
    public var line: Int?

    public init(_ code: Code, _ message: String, file: String? = nil, line: Int? = nil) {
        self.code = code
        self.message = message
        self.file = file
        self.line = line
    }

    public var description: String {
        let place = [file, line.map { "line \($0)" }].compactMap { $0 }.joined(separator: ", ")
        return place.isEmpty ? "\(message) [\(code.rawValue)]" : "\(place): \(message) [\(code.rawValue)]"
    }

    /// The same problem, placed in a file unless it already names one.
    func inFile(_ name: String) -> FormatProblem {
        var problem = self
        if problem.file == nil { problem.file = name }
        return problem
    }
}
