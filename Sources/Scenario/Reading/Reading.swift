import FarmModel
import Yams

/// A place in the text: line and column from 1, columns counted in Unicode scalars.
struct Place: Comparable {
    var line: Int
    var column: Int

    static let start = Place(line: 1, column: 1)

    init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    init(_ mark: Mark?) { self.init(line: mark?.line ?? 1, column: mark?.column ?? 1) }

    static func < (lhs: Place, rhs: Place) -> Bool { (lhs.line, lhs.column) < (rhs.line, rhs.column) }
}

/// What one reading of a scenario shares: its limits, and the problems found so far.
final class Reading {
    let file: String
    let limits: ScenarioLimits
    private var problems: [ScenarioError.Problem] = []
    private var reported: Set<ScenarioError.Problem> = []
    private var uncounted = 0
    private var nodesLeft: Int
    /// Every key that any mapping was asked for; the reference in `docs/` must speak of each.
    private(set) var askedKeys: Set<String> = []

    /// How many problems are remembered one by one.
    private static let mostKept = 1000

    init(file: String, limits: ScenarioLimits) {
        self.file = file
        self.limits = limits
        nodesLeft = limits.nodes
    }

    /// Every problem so far, in the order of their places; nil when there is none.
    var error: ScenarioError? {
        guard !problems.isEmpty else { return nil }
        let sorted = problems.enumerated().sorted { first, second in
            (first.element.line, first.element.column, first.offset)
                < (second.element.line, second.element.column, second.offset)
        }
        let listed = sorted.prefix(limits.problems).map(\.element)
        return ScenarioError(listed, unlisted: problems.count - listed.count + uncounted)
    }

    var hasProblems: Bool { !problems.isEmpty }

    func report(
        _ code: ScenarioError.Code, at place: Place, path: String, found: String, expected: String,
        hint: String? = nil
    ) {
        let problem = ScenarioError.Problem(
            code: code, file: file, line: place.line, column: place.column, path: path, found: found,
            expected: expected, hint: hint)
        // What stands once in the file may be read for each name of a range; one report is enough.
        guard reported.count < Self.mostKept else {
            uncounted += 1
            return
        }
        if reported.insert(problem).inserted { problems.append(problem) }
    }

    func noteAsked(_ key: String) { askedKeys.insert(key) }

    /// Takes nodes from the budget; false, with one problem, when it does not suffice.
    func spend(_ nodes: Int, at field: Field) -> Bool {
        guard nodesLeft >= 0 else { return false }
        nodesLeft -= nodes
        if nodesLeft < 0 {
            field.report(
                .tooLarge, found: "too many values, aliases counted as often as they are used",
                expected: "at most \(limits.nodes)")
        }
        return nodesLeft >= 0
    }
}

/// A value of the file with its place. Its readers report what is wrong and then give nil.
struct Field {
    let node: Node
    /// Such as `slaves[2].dialect`.
    let path: String
    let reading: Reading

    func report(_ code: ScenarioError.Code, found: String, expected: String, hint: String? = nil) {
        reading.report(code, at: place, path: path, found: found, expected: expected, hint: hint)
    }

    var place: Place { Place(node.mark) }

    /// What stands there, for error messages.
    var found: String {
        switch node {
        case .scalar(let scalar): isNull ? "nothing" : "`\(scalar.string.shortened)`"
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .alias: "an alias"
        }
    }

    var isNull: Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain else { return false }
        return ["", "~", "null"].contains(scalar.string)
    }

    var isScalar: Bool { if case .scalar = node { true } else { false } }
    var isMapping: Bool { if case .mapping = node { true } else { false } }

    // MARK: Single values

    /// A value made of the text of a scalar.
    ///
    /// - Parameters:
    ///   - expected: the form, as a noun with an example.
    ///   - words: what may stand there, for finding out what was meant.
    func read<Value>(_ expected: String, words: [String] = [], _ convert: (String) -> Value?) -> Value? {
        guard case .scalar(let scalar) = node, !isNull else {
            report(.wrongValue, found: found, expected: expected)
            return nil
        }
        guard let value = convert(scalar.string) else {
            let meant = Spelling.nearest(to: scalar.string, among: words)
            report(.wrongValue, found: found, expected: expected, hint: meant.map { "did you mean `\($0)`?" })
            return nil
        }
        return value
    }

    func text(_ expected: String = "text") -> String? { read(expected) { $0.isEmpty ? nil : $0 } }

    func flag() -> Bool? {
        read("yes or no") { ["yes": true, "true": true, "no": false, "false": false][$0.lowercased()] }
    }

    func integer(in range: ClosedRange<Int>) -> Int? {
        read("a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// - Parameter least: the shortest duration that makes sense.
    func duration(least: Duration = .zero) -> Duration? {
        let bound = least > .zero ? " of at least \(DurationText.write(least))" : ""
        return read("a duration\(bound) such as 250ms, 5s, 1h30m") { text in
            DurationText.read(text).flatMap { $0 >= least ? $0 : nil }
        }
    }

    func bytes(in range: ClosedRange<ByteCount>) -> ByteCount? {
        read("a number of bytes such as 100, 20 KiB, 4MB, at most \(range.upperBound)") { text in
            ByteCount(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    func count() -> CountRange? {
        read("a count such as 3, 1..3, 2.., at least 2, at most 3, none", CountRange.init)
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(_ type: Choice.Type) -> Choice? {
        choice(
            Dictionary(uniqueKeysWithValues: type.allCases.map { ($0.rawValue, $0) }),
            order: type.allCases.map(\.rawValue))
    }

    /// - Parameter order: all words, in the order in which people get to see them.
    func choice<Choice>(_ choices: [String: Choice], order: [String]) -> Choice? {
        read((order.count > 1 ? "one of " : "") + order.joined(separator: ", "), words: order) { choices[$0] }
    }

    // MARK: Lists and mappings

    /// The entries of a list; a single value counts as a list of one.
    func list() -> [Field] {
        guard case .sequence(let sequence) = node else {
            guard isNull else { return [self] }
            report(.wrongValue, found: "nothing", expected: "a list", hint: "leave the key out, or write []")
            return []
        }
        guard reading.spend(sequence.count, at: self) else { return [] }
        return sequence.enumerated().map { index, node in
            Field(node: node, path: "\(path)[\(index)]", reading: reading)
        }
    }

    /// The entries of a list that must be written as one.
    func strictList(of what: String) -> [Field] {
        if case .sequence = node { return list() }
        report(.wrongValue, found: found, expected: "a list of \(what)")
        return []
    }

    func globs() -> [Glob]? {
        let fields = list()
        let globs = fields.flatMap { field -> [Glob] in
            guard let text = field.text("a pattern such as lcy-*") else { return [] }
            return field.expand(text, limit: reading.limits.slaves).compactMap { name in
                let glob = Glob(name)
                if glob == nil {
                    field.report(.wrongValue, found: field.found, expected: "a pattern such as lcy-*")
                }
                return glob
            }
        }
        if fields.isEmpty, !isNull, !reading.hasProblems {
            report(.wrongValue, found: "an empty list", expected: "a pattern such as lcy-*")
        }
        return globs.isEmpty ? nil : globs
    }

    /// The names that a text with ranges stands for.
    func expand(_ text: String, limit: Int) -> [String] {
        do throws(NameRange.Failure) {
            return try NameRange.expand(text, limit: limit)
        } catch {
            switch error {
            case .unclosedBrace:
                report(.wrongValue, found: found, expected: "a } for each {")
            case .badRange(let range):
                report(
                    .wrongValue, found: "`{\(range.shortened)}`",
                    expected: "a range such as {001..004} or alternatives such as {a,b}")
            case .tooMany(let limit):
                report(.tooLarge, found: "`\(text.shortened)`", expected: "at most \(limit) names")
            }
            return []
        }
    }
}

extension String {
    /// At most 60 characters of it, in one line.
    fileprivate var shortened: String {
        let line = String(map { $0.isNewline ? " " : $0 }.prefix(60))
        return count > 60 ? line + "…" : line
    }
}
