import BuilddProtocol
import FarmModel
import OrderedCollections
import XMLRPC

/// The build of a slave, from the `build` call to `clean`.
struct Build: Sendable {
    /// What is going on.
    enum Stage: Sendable {
        /// Nothing runs and nothing will (protocol spec 18, failures 18 and 19).
        case stuck
        case running(StepRun)
        /// A step has ended well, and its result files have not been gathered yet.
        case gathering(StepKind)
        case over
    }

    /// Where the result files are.
    enum Gathering: Sendable {
        case notAsked
        case asked(GatherID)
        case arrived([ResultFile])
        case failed
    }

    let order: BuildOrder
    let type: BuildType
    /// Nil for a build whose arguments were bad.
    let plan: BuildPlan?
    /// The list of jobs could not be read, and `status` trips over it.
    let breaksStatus: Bool
    var script: BuildScript

    /// BUILDING, ABORTING, WAITING, or ABORTED in the 2010 dialect.
    var state = BuilderState.building
    var stage = Stage.stuck
    /// How the build has failed; nil: so far it has not.
    var result: BuildResult?
    /// The relation that a DEPFAIL lacks.
    var dependencies = ""
    var gathering = Gathering.notAsked
    /// The result files in the cache, in the order in which they were found.
    var waitingFiles: [ResultFile] = []
    /// The finished jobs of a `ci` build.
    var jobReports: OrderedDictionary<String, XMLRPCValue> = [:]

    /// When the main step began.
    var mainBegan: Instant?
    /// The document of the build directory that `status` reports.
    var statusText: String?
    /// How many of the script's documents have appeared.
    var statusFilesShown = 0
    var statusCalls = 0

    /// The step that kills the processes of an aborted build.
    var killing: StepRun?
    /// When the current step is killed because the abort takes too long.
    var abortDeadline: Instant?
    var hasTimedOut = false
    /// The build was aborted only after it had ended.
    var wasAbortedInCleanUp = false
    /// The daemon's name for the step that runs or ran last, the reaping apart.
    var stateName = ""
    /// The states whose processes have been reaped.
    var reapedStates: [String] = []
    /// A scripted fault: once ABORTING, for ever ABORTING.
    var neverFinishesAborting = false

    init(
        order: BuildOrder, type: BuildType, plan: BuildPlan?, breaksStatus: Bool = false, script: BuildScript
    ) {
        self.order = order
        self.type = type
        self.plan = plan
        self.breaksStatus = breaksStatus
        self.script = script
    }

    var isFrozen: Bool { neverFinishesAborting && state == .aborting }

    /// Whether the build takes its slave down.
    var kills: Bool { script.outcome == .killsSlave && state == .building && result == nil }

    /// Whether the script has result files that somebody must gather.
    var needsGathering: Bool {
        guard script.storedResults == nil, script.results != .none, case .notAsked = gathering else {
            return false
        }
        return true
    }

    /// Whether it is likely that the result files will be wanted.
    var expectsResults: Bool {
        guard needsGathering, script.mainEnd == nil || script.mainEnd == .exit(0) else { return false }
        return script.outcome == .ok || (type == .ci && script.outcome == .packageFail)
    }

    /// The result files; nil while they are being gathered.
    var files: [ResultFile]? {
        if let stored = script.storedResults { return stored }
        switch gathering {
        case .arrived(let files): return files
        case .failed: return []
        case .notAsked: return script.results == .none ? [] : nil
        case .asked: return nil
        }
    }

    /// How a step ends by itself, as the script says.
    func end(of step: StepKind) -> BuildScript.StepEnd {
        switch step {
        case .side(.unpack) where script.outcome == .chrootFail && !failsBeforeMainStep:
            return script.steps[.unpack]?.end == .hangs ? .hangs : .exit(1)
        case .side(let side):
            return script.steps[side]?.end ?? .exit(0)
        case .main:
            return script.mainEnd ?? .exit(0)
        case .job(let index):
            guard let label = plan?.jobs[index].label else { return .exit(0) }
            if let job = script.jobs[label] { return job.end }
            return index == 0 && script.outcome == .packageFail && script.mainEnd == nil
                ? .exit(200) : .exit(0)
        }
    }

    /// Whether the script makes a step before the main one fail or hang.
    private var failsBeforeMainStep: Bool {
        let steps: [BuildScript.Step] = [.prepare, .unpack, .mount, .sourcesList, .trustedKeys, .update]
        return steps.contains { step in script.steps[step].map { $0.end != .exit(0) } ?? false }
    }
}

/// A step that runs.
struct StepRun: Sendable {
    let kind: StepKind
    let began: Instant
    /// When the step ends by itself; nil: not at a known time.
    var ends: Instant?
    /// The step ends at this many `status` calls since the build began.
    var endsAtStatusCall: Int?
    /// How many of those calls had come before the script's offsets count.
    var statusCallsBefore = 0
    var end = BuildScript.StepEnd.exit(0)
    /// What the step writes.
    let output: [BuildScript.LogEntry]
    /// How many of the entries have been written.
    var written = 0

    /// When the next entry is due; nil when there is none, or when entries are counted in status calls.
    var nextOutput: Instant? {
        guard endsAtStatusCall == nil, output.indices.contains(written) else { return nil }
        return began + output[written].offset
    }
}
