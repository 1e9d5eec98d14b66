/// What one build on a fake slave does: how long it takes, what it writes into its log, how it ends and which
/// files it leaves.
public struct BuildScript: Hashable, Sendable {
    /// How the main step moves forward.
    public enum Progress: Hashable, Sendable {
        /// The main step runs for this long.
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
    /// progress the offset counts status calls, one second a call.
    public struct LogEntry: Hashable, Sendable {
        public var offset: Duration
        public var bytes: [UInt8]

        public init(at offset: Duration, bytes: [UInt8]) {
            self.offset = offset
            self.bytes = bytes
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
    public var log: [LogEntry]
    public var results: Results

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
