/// The status of a build record (manager spec 1.4). The raw values are the ones stored.
public enum BuildStatus: Int, Hashable, Sendable, CaseIterable {
    case needsBuild = 0
    case fullyBuilt = 1
    case failedToBuild = 2
    case manualDepWait = 3
    case chrootWait = 4
    case superseded = 5
    case building = 6
    case failedToUpload = 7
    case uploading = 8
    case cancelling = 9
    case cancelled = 10
    case gathering = 11

    /// The name people know, such as `FULLYBUILT`.
    public var name: String {
        switch self {
        case .needsBuild: "NEEDSBUILD"
        case .fullyBuilt: "FULLYBUILT"
        case .failedToBuild: "FAILEDTOBUILD"
        case .manualDepWait: "MANUALDEPWAIT"
        case .chrootWait: "CHROOTWAIT"
        case .superseded: "SUPERSEDED"
        case .building: "BUILDING"
        case .failedToUpload: "FAILEDTOUPLOAD"
        case .uploading: "UPLOADING"
        case .cancelling: "CANCELLING"
        case .cancelled: "CANCELLED"
        case .gathering: "GATHERING"
        }
    }

    public init?(name: String) {
        guard let status = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = status
    }

    /// True for statuses in which a queue entry exists (invariant 33).
    public var hasQueueEntry: Bool {
        switch self {
        case .needsBuild, .building, .gathering, .cancelling: true
        default: false
        }
    }

    /// True when nothing more happens by itself: the build is neither queued, running nor being uploaded.
    public var isFinal: Bool { !hasQueueEntry && self != .uploading }

    /// The statuses a build may change to from this one, apart from itself (manager spec 1.4).
    public var successors: Set<BuildStatus> {
        switch self {
        case .needsBuild, .building: Set(Self.allCases)
        case .gathering: [.needsBuild, .failedToBuild, .uploading]
        case .uploading: [.fullyBuilt, .failedToUpload, .superseded]
        case .cancelling: [.cancelled]
        case .cancelled, .failedToBuild, .manualDepWait, .chrootWait, .failedToUpload: [.needsBuild]
        case .fullyBuilt, .superseded: []
        }
    }

    /// Whether a build in this status may change to `next`; staying the same is always allowed.
    public func mayChange(to next: BuildStatus) -> Bool { next == self || successors.contains(next) }

    /// Whether a person may ask for the build to be done again (manager spec 1.3).
    public var mayBeRetried: Bool {
        switch self {
        case .failedToBuild, .manualDepWait, .chrootWait, .failedToUpload, .cancelled, .superseded: true
        default: false
        }
    }
}

/// The status of a queue entry (manager spec 1.5).
public enum QueueStatus: Int, Hashable, Sendable, CaseIterable {
    case waiting = 0
    case running = 1
    case cancelling = 2
    case suspended = 3

    public var name: String {
        switch self {
        case .waiting: "WAITING"
        case .running: "RUNNING"
        case .cancelling: "CANCELLING"
        case .suspended: "SUSPENDED"
        }
    }
}

/// Whether a builder may take a job (manager spec 1.5).
public enum CleanStatus: Int, Hashable, Sendable, CaseIterable {
    case clean = 0
    case dirty = 1
    case cleaning = 2

    public var name: String {
        switch self {
        case .clean: "CLEAN"
        case .dirty: "DIRTY"
        case .cleaning: "CLEANING"
        }
    }
}

/// How a virtual builder is reset (manager spec 1.5, 4.2, 4.3).
public enum ResetProtocol: Int, Hashable, Sendable, CaseIterable {
    /// 1.1: the trigger returns when the builder is clean.
    case synchronous = 11
    /// 2.0: the trigger only asks; an agent reports CLEAN later.
    case asynchronous = 20

    public var name: String {
        switch self {
        case .synchronous: "1.1"
        case .asynchronous: "2.0"
        }
    }
}
