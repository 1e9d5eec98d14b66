/// What one build on a fake slave does: how long it takes, what it writes into its log, how it ends and which
/// files it leaves.
///
/// The four members of the initialiser are enough for most builds. The others, all with defaults, reach into
/// the single steps of protocol spec 8: see `Step`, `StepScript` and `Killing`.
public struct BuildScript: Hashable, Sendable {
    /// How the main step moves forward.
    public enum Progress: Hashable, Sendable {
        /// The main step runs for this long; each job of a `ci` build does.
        case time(Duration)
        /// The main step ends at the n-th `status` call after the build began (n ≥ 1).
        case statusCalls(Int)
        /// The main step never ends by itself.
        case never
    }

    /// How a build ends (protocol spec 8).
    public enum Outcome: Hashable, Sendable {
        case ok
        case packageFail
        /// - Parameter dependencies: the relation reported to the manager, such as `libfoo-dev (>= 2.0)`.
        case depFail(dependencies: String)
        case givenBack
        case chrootFail
        case builderFail
        /// The build reports ABORTED although nobody asked for it (protocol spec 18, failure 31).
        case aborted
        /// The build takes its slave down: the slave stops answering for good (a poison job).
        case killsSlave
    }

    /// Text that appears in the build log, at an offset from the begin of the main step. With `.statusCalls`
    /// progress the offset counts status calls, one second a call. Entries beyond the step's end appear at
    /// its end, unless the step was killed.
    public struct LogEntry: Hashable, Sendable {
        public var offset: Duration
        public var bytes: [UInt8]

        public init(at offset: Duration, bytes: [UInt8]) {
            self.offset = offset
            self.bytes = bytes
        }

        public init(at offset: Duration = .zero, text: String) {
            self.init(at: offset, bytes: Array(text.utf8))
        }
    }

    /// Where the result files come from.
    public enum Results: Hashable, Sendable {
        /// No file at all.
        case none
        /// Every file of a folder: a `.changes` file and what it lists.
        case folder(path: String)
        /// A valid `.deb` and its `.changes`, made up for the package, about this many bytes in all.
        case generated(bytes: Int)
    }

    public var progress: Progress
    public var outcome: Outcome
    /// What the main step writes, by rising offset.
    public var log: [LogEntry]
    public var results: Results

    /// Result files that already lie in the content store. When set, `results` is not looked at.
    public var storedResults: [ResultFile]?
    /// How the main step ends; nil: as `outcome` says.
    public var mainEnd: StepEnd?
    /// What the steps around the main one do differently from usual.
    public var steps: [Step: StepScript] = [:]
    /// What the jobs of a `ci` build do differently from usual, by `NAME:INDEX`.
    public var jobs: [String: StepScript] = [:]
    /// What happens to the processes of the build when it is aborted.
    public var killing = Killing()
    /// Whether the result files can be gathered.
    public var gathering = Gathering.succeeds
    /// Documents that the main step leaves for `status` to report, by rising offset.
    public var statusFiles: [StatusFile] = []

    public init(
        progress: Progress = .time(.seconds(1)), outcome: Outcome = .ok, log: [LogEntry] = [],
        results: Results = .generated(bytes: 4096)
    ) {
        self.progress = progress
        self.outcome = outcome
        self.log = log
        self.results = results
    }
}
