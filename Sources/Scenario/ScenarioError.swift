/// Why a scenario was refused: everything that is wrong with it, found in one reading.
public struct ScenarioError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable {
        /// The file is no YAML, or of a kind that is not taken.
        case syntax
        /// A limit on size or number is exceeded.
        case tooLarge
        case unknownKey
        case duplicateKey
        /// A key that must be there is not.
        case missing
        /// A value is not of the form or not among the values that are expected.
        case wrongValue
        /// Two parts of the file do not go together.
        case conflict
        /// Something names what does not exist: an archive, a slave, a job, a folder.
        case unknownName
    }

    public struct Problem: Hashable, Sendable, CustomStringConvertible {
        public var code: Code
        public var file: String
        /// From 1.
        public var line: Int
        /// From 1, in Unicode scalars.
        public var column: Int
        /// Where in the structure, such as `slaves[2].dialect`; empty for the file as a whole.
        public var path: String
        public var found: String
        public var expected: String
        /// What was probably meant, or what to do.
        public var hint: String?

        public init(
            code: Code, file: String, line: Int, column: Int, path: String, found: String, expected: String,
            hint: String? = nil
        ) {
            self.code = code
            self.file = file
            self.line = line
            self.column = column
            self.path = path
            self.found = found
            self.expected = expected
            self.hint = hint
        }

        public var description: String {
            let place = "\(file):\(line):\(column): " + (path.isEmpty ? "" : "\(path): ")
            return place + "found \(found), expected \(expected)" + (hint.map { "; \($0)" } ?? "")
        }
    }

    /// In the order of their places; never empty.
    public var problems: [Problem]
    /// How many more there were than are listed.
    public var unlisted: Int

    public init(_ problems: [Problem], unlisted: Int = 0) {
        self.problems = problems
        self.unlisted = unlisted
    }

    /// One line for each problem.
    public var description: String {
        let lines = problems.map(\.description)
        return (unlisted == 0 ? lines : lines + ["and \(unlisted) more"]).joined(separator: "\n")
    }
}

/// How large a scenario may be.
public struct ScenarioLimits: Hashable, Sendable {
    /// Bytes of the file.
    public var fileSize = ByteCount(4 << 20)
    /// Values, keys and lists of the file, each alias counted as often as it is used.
    public var nodes = 1_000_000
    public var slaves = 100_000
    public var jobs = 100_000
    public var rules = 100_000
    /// Log entries of one build.
    public var logEntries = 10_000
    /// Problems that are listed one by one.
    public var problems = 50

    public init() {}
}
