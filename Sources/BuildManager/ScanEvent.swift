public import BuilddProtocol
public import FarmModel
public import XMLRPC

/// Why a call to a slave gave no result.
public struct CallFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Hashable, Sendable {
        case refused, timedOut, reset, unreachable, httpStatus, malformed, tooLarge, fault, other
    }

    public var kind: Kind
    public var message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }

    /// True when the slave may have carried the call out although no answer came.
    public var mayHaveHappened: Bool {
        kind == .timedOut || kind == .reset || kind == .malformed || kind == .other
    }
}

/// Why a file could not be fetched or a host not be reset.
public struct EdgeFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String
    public init(_ message: String) { self.message = message }
    public var description: String { message }
}

/// What can happen to a scanner.
public enum ScanEvent: Sendable {
    /// Time for a scan; the snapshot is no older than the end of the scan before.
    case tick(BuilderVitals)
    /// The answer to the one call under way.
    case replied(Result<XMLRPCValue, CallFailure>)
    /// The answers to all `ensurepresent` calls, in the order asked.
    case ensured([Result<EnsurePresentReply, CallFailure>])
    case hostReset(Result<Void, EdgeFailure>)
    /// The record asked for is stored.
    case recorded
    case candidate(DispatchPlan?)
    /// The log lies in the library and the build's record says so.
    case logStored(Result<Void, EdgeFailure>)
    /// Where the files go, or nil when the source is superseded and the build ended.
    case gathering(GatheringPlace?)
    case filesFetched(Result<Void, EdgeFailure>)
    case judged(AppliedVerdict)
    /// The store failed, or the record is no longer what the scan believed: nobody's fault in the farm.
    case recordFailed(String)
    /// The build's status does not allow what the slave's answer asks for (manager spec 1.4): a failure of the
    /// scan like any other, so that it cannot go on without end.
    case recordRefused(String)
}

/// Where the files of a collected build go below the leaf.
public struct GatheringPlace: Hashable, Sendable {
    public var archive: Int64
    public var distribution: String

    public init(archive: Int64, distribution: String) {
        self.archive = archive
        self.distribution = distribution
    }
}

/// What a scanner asks of its surroundings. The last action of a list may be one that is answered by an event;
/// all others are carried out and forgotten.
public enum ScanAction: Sendable {
    /// One call to the slave → `.replied`.
    case call(XMLRPCCall)
    /// The same, dispatching a job; the surroundings compose the arguments → `.replied`.
    case build(DispatchPlan)
    /// All files at once → `.ensured`.
    case ensurePresent(DispatchPlan)
    /// → `.hostReset`
    case resetHost
    /// → `.candidate`
    case takeCandidate
    /// → `.recorded`
    case setCleanStatus(CleanStatus)
    /// → `.recorded`
    case noteVersion(String?)
    /// → `.recorded`
    case resetJob(JobVitals, reason: String)
    /// → `.recorded`
    case markCancelled(JobVitals)
    /// → `.recorded`
    case clearFailures
    /// Fetch `buildlog`, store it, record it → `.logStored`
    case storeLog(JobVitals)
    /// → `.gathering`
    case beginGathering(JobVitals)
    /// → `.filesFetched`
    case fetchFiles([AnnouncedFile], leaf: String, place: GatheringPlace)
    /// Commit UPLOADING, then rename the leaf into the queue → `.recorded`
    case handOver(JobVitals, leaf: String)
    /// → `.recorded`
    case finish(JobVitals, BuildStatus, dependencies: String?)
    /// → `.judged`
    case judge(FailureReport)

    /// Forgotten after use: kept in memory until the next flush.
    case noteLogTail(QueueEntryID, String)
    case emit(ManagerEvent)
    /// The scan is over.
    case done
}

/// What a manager has to tell: the log, the metrics and the event file are made from these.
public enum ManagerEvent: Hashable, Sendable {
    /// The builder took the job from the queue; whether it accepts it comes out later.
    case taken(DispatchPlan)
    case dispatched(DispatchPlan)
    case collected(JobVitals, BuildStatus)
    case jobLost(JobVitals, found: String)
    case jobReset(JobVitals, reason: String)
    case cancelled(JobVitals)
    case cleaning(String)
    case cleaned
    case scanFailed(FailureReport, consecutive: Int, isGraced: Bool)
    case judged(AppliedVerdict)
    case recordFailed(String)
    case note(String)
}
