extension BuildScript {
    /// The steps around the main one, in the order in which they run (protocol spec 8).
    public enum Step: String, Hashable, Sendable, CaseIterable {
        case prepare, unpack, mount, sourcesList, trustedKeys, update
        /// Kills what the main step left running.
        case reap
        case unmount, remove
    }

    /// How a step's process ends.
    public enum StepEnd: Hashable, Sendable {
        /// With this exit status; 0 is success.
        case exit(Int)
        /// By a signal that nobody asked for.
        case killed
        /// Not by itself.
        case hangs
    }

    /// What one step does.
    public struct StepScript: Hashable, Sendable {
        /// How long the step runs; nil: the slave's usual time for a step, for a job of a `ci` build the time
        /// of the script's `progress`.
        public var duration: Duration?
        /// What the step writes, by rising offset from its begin; nil: what the real step writes.
        public var output: [LogEntry]?
        public var end: StepEnd

        public init(duration: Duration? = nil, output: [LogEntry]? = nil, end: StepEnd = .exit(0)) {
            self.duration = duration
            self.output = output
            self.end = end
        }
    }

    /// What an `abort` does to the build's processes (protocol spec 12 and 16).
    public struct Killing: Hashable, Sendable {
        public enum Effect: Hashable, Sendable {
            /// The killing step ends the build's current step.
            case kills
            /// The killing step ends without having ended anything; the build goes on.
            case useless
            /// The killing step never ends by itself.
            case hangs
        }

        public var effect: Effect
        /// How long the killing step runs; nil: the slave's usual time for a step.
        public var duration: Duration?
        /// What the killing step writes; nil: what the real one writes.
        public var output: [LogEntry]?
        /// The current step does not end at SIGTERM. Only slaves of the 2010 dialect send one.
        public var ignoresTermination: Bool

        public init(
            effect: Effect = .kills, duration: Duration? = nil, output: [LogEntry]? = nil,
            ignoresTermination: Bool = false
        ) {
            self.effect = effect
            self.duration = duration
            self.output = output
            self.ignoresTermination = ignoresTermination
        }
    }

    /// Whether the result files of a good main step can be gathered.
    public enum Gathering: Hashable, Sendable {
        case succeeds
        /// Only the first few files are found; the build has failed (protocol spec 8).
        case failsAfter(files: Int)
    }

    /// A JSON document in the build directory whose members `status` reports (protocol spec 5).
    public struct StatusFile: Hashable, Sendable {
        /// When the document appears, from the begin of the main step; it replaces an earlier one.
        public var offset: Duration
        /// The document's text; it need not be JSON.
        public var text: String

        public init(at offset: Duration = .zero, text: String) {
            self.offset = offset
            self.text = text
        }
    }
}
