import BuilddProtocol
import FarmModel
import XMLRPC

/// A step of a build: one of those around the main step, the main step, or a job of a `ci` build.
enum StepKind: Hashable, Sendable {
    case side(BuildScript.Step)
    /// The main step; of a `ci` build the preparation of its jobs.
    case main
    /// - Parameter index: into the plan's jobs.
    case job(index: Int)

    /// Whether the step belongs to the clean-up after the main step.
    var isCleanUp: Bool {
        switch self {
        case .side(.reap), .side(.unmount), .side(.remove): true
        default: false
        }
    }
}

/// A job of a `ci` build.
struct PlannedJob: Hashable, Sendable {
    var stage: Int
    var name: String
    /// The job's index as text.
    var index: String

    /// The name under which the job's results are reported.
    var label: String { "\(name):\(index)" }
}

/// Which steps a build has, read from the extra arguments (protocol spec 7 and 8).
struct BuildPlan: Sendable {
    let type: BuildType
    let hasSourcesList: Bool
    let hasTrustedKeys: Bool
    let fastCleanup: Bool
    /// Whether credentials are to be stripped from the log.
    let stripsCredentials: Bool
    /// The jobs of a `ci` build, stage by stage.
    let jobs: [PlannedJob]

    init(type: BuildType, order: BuildOrder, jobs: [PlannedJob], dialect: SlaveDialect) {
        self.type = type
        self.jobs = jobs
        hasSourcesList = order.argument("archives") != nil
        let isOld = dialect == .release2010
        hasTrustedKeys = !isOld && (order.argument("trusted_keys").map(PythonText.isTrue) ?? false)
        fastCleanup = !isOld && (order.argument("fast_cleanup").map(PythonText.isTrue) ?? false)
        stripsCredentials =
            type.alwaysStripsCredentials
            || (order.argument("archive_private").map(PythonText.isTrue) ?? false)
    }

    /// The step after `step`; nil after the last one.
    ///
    /// - Parameter result: how the build has failed so far, if it has.
    func step(after step: StepKind, result: BuildResult?) -> StepKind? {
        let hasFailed = result != nil
        switch step {
        case .side(.prepare): return hasFailed ? lastStep(.remove) : .side(.unpack)
        case .side(.unpack): return hasFailed ? lastStep(.remove) : .side(.mount)
        case .side(.mount): return hasFailed ? lastStep(.unmount) : setUpStep(after: .mount)
        case .side(.sourcesList): return hasFailed ? .side(.reap) : setUpStep(after: .sourcesList)
        case .side(.trustedKeys): return hasFailed ? .side(.reap) : .side(.update)
        case .side(.update): return hasFailed ? .side(.reap) : .main
        case .main: return hasFailed || jobs.isEmpty ? .side(.reap) : .job(index: 0)
        case .job(let index):
            guard jobs.indices.contains(index + 1) else { return .side(.reap) }
            // The other jobs of a failed job's stage still run.
            let isSameStage = jobs[index + 1].stage == jobs[index].stage
            return !hasFailed || (result == .packageFail && isSameStage)
                ? .job(index: index + 1) : .side(.reap)
        case .side(.reap): return lastStep(.unmount)
        case .side(.unmount): return lastStep(.remove)
        case .side(.remove): return nil
        }
    }

    private func lastStep(_ step: BuildScript.Step) -> StepKind? { fastCleanup ? nil : .side(step) }

    private func setUpStep(after step: BuildScript.Step) -> StepKind {
        if step == .mount, hasSourcesList { return .side(.sourcesList) }
        return hasTrustedKeys ? .side(.trustedKeys) : .side(.update)
    }
}

/// What the daemon calls a step in its log when it has reaped its processes already.
extension BuildPlan {
    /// Nil for the reaping itself, which takes place in the state of the step before it.
    func stateName(of step: StepKind) -> String? {
        switch step {
        case .side(.prepare): "INIT"
        case .side(.unpack): "UNPACK"
        case .side(.mount): "MOUNT"
        case .side(.sourcesList): "SOURCES"
        case .side(.trustedKeys): "KEYS"
        case .side(.update): "UPDATE"
        case .side(.reap): nil
        case .side(.unmount): "UMOUNT"
        case .side(.remove): "CLEANUP"
        case .job: "RUN_JOB"
        case .main:
            switch type {
            case .binaryPackage: "SBUILD"
            case .sourcePackageRecipe: "BUILD_RECIPE"
            case .translationTemplates: "GENERATE"
            case .liveFS: "BUILD_LIVEFS"
            case .snap: "BUILD_SNAP"
            case .oci: "BUILD_OCI"
            case .charm: "BUILD_CHARM"
            case .ci: "PREPARE"
            case .rock: "BUILD_ROCK"
            case .craft: "BUILD_CRAFT"
            }
        }
    }
}
