import BuilddProtocol
public import FarmModel
import XMLRPC

// The room of the manager's decisions. A `Scanner` follows one builder; `Judge` decides who is to blame;
// `Candidates` says which job fits which builder. Nothing here opens a socket, a file or a clock.

/// One builder's scan as a state machine: events come in, actions go out (manager spec 3).
///
/// A scan begins with `.tick` and ends with the action `.done`. In between exactly one action at a time waits for
/// its event. What lives longer than a scan but not longer than the process (failed scans in a row, limits of
/// cancelling and cleaning) is kept here, as in the original (manager spec 18).
public struct Scanner: Sendable {
    /// What the scan waits for.
    enum Step: Sendable {
        case resting
        case followingStatus(JobVitals)
        case abortingCancelled(JobVitals)
        case cancelLogStored(JobVitals)
        case checkingIdle
        case notingVersion(thenDispatch: Bool)
        case takingCandidate
        case ensuring(DispatchPlan)
        case building(DispatchPlan)
        case askingAfterBuild(DispatchPlan, CallFailure)
        case clearingFailures
        case storingLog(JobVitals, SlaveStatus, BuildResult)
        case beginningGathering(JobVitals, [AnnouncedFile])
        case fetchingFiles(JobVitals, leaf: String)
        case handingOver(JobVitals)
        case finishing(JobVitals, BuildStatus)
        case resetting(JobVitals, reason: String)
        case markingCancelled(JobVitals)
        case cleaningStatus
        case cleaningAbort(isOverdue: Bool)
        case cleaningClean
        case cleaningRecheck(CallFailure)
        case markingClean
        case markingCleaning
        case resettingHost
        case pinging
        case markingTriggered
        case judging
    }

    public let settings: ManagerSettings
    var step = Step.resting
    var vitals: BuilderVitals?
    /// Failed scans since the last good one or the last recorded failure.
    public private(set) var consecutiveFailures = 0
    /// The build being cancelled.
    var cancellation: Cancellation?
    /// Since when the builder has been asked to become clean, or been aborting unasked.
    var waitingSince: Instant?
    /// The job that this process has dispatched here or seen on the slave.
    var knownJob: QueueEntryID?
    /// True once the scan has begun to dispatch: failures count at once from then on (manager spec 11.2).
    var isDispatching = false

    public init(settings: ManagerSettings) { self.settings = settings }

    /// True while a scan is under way.
    public var isScanning: Bool {
        if case .resting = step { false } else { true }
    }

    /// Moves the scan on.
    ///
    /// An event that does not belong to the current step ends the scan with a note; it can only come from a defect
    /// of the surroundings and must not stop the builder's scans. Neither that nor a failing store makes a good
    /// scan of a bad one: failures in a row go on being counted after it.
    public mutating func handle(_ event: ScanEvent, at now: Instant) -> [ScanAction] {
        switch (step, event) {
        case (_, .recordFailed(let message)), (.resting, .recordRefused(let message)),
            (.judging, .recordRefused(let message)):
            return breakOff(.recordFailed(message))
        case (_, .recordRefused(let message)):
            return fail(.slaveFailure, message, mayRetry: true)
        case (.resting, .tick(let vitals)):
            return begin(vitals, now)
        case (.followingStatus(let job), .replied(let reply)):
            return follow(job, reply, now)
        case (.abortingCancelled(let job), .replied(let reply)):
            return abortAnswered(job, reply)
        case (.cancelLogStored(let job), .logStored):
            return wait(.markingCancelled(job), [.markCancelled(job)])
        case (.checkingIdle, .replied(let reply)):
            return checkIdle(reply)
        case (.notingVersion(let thenDispatch), .recorded):
            return thenDispatch ? dispatchNext() : end()
        case (.takingCandidate, .candidate(let plan)):
            return dispatch(plan)
        case (.ensuring(let plan), .ensured(let replies)):
            return ensured(plan, replies)
        case (.building(let plan), .replied(let reply)):
            return buildAnswered(plan, reply)
        case (.askingAfterBuild(let plan, let failure), .replied(let reply)):
            return askedAfterBuild(plan, failure, reply)
        case (.clearingFailures, .recorded):
            return end()
        case (.storingLog(let job, let status, let result), .logStored(let outcome)):
            return logStored(job, status, result, outcome)
        case (.beginningGathering(let job, let files), .gathering(let place)):
            return gather(job, files, place, now)
        case (.fetchingFiles(let job, let leaf), .filesFetched(let outcome)):
            return filesFetched(job, leaf, outcome)
        case (.handingOver(let job), .recorded):
            return end([.emit(.collected(job, .uploading))])
        case (.finishing(let job, let status), .recorded):
            return end([.emit(.collected(job, status))])
        case (.resetting(let job, let reason), .recorded):
            return end([.emit(.jobReset(job, reason: reason))])
        case (.markingCancelled(let job), .recorded):
            cancellation = nil
            return end([.emit(.cancelled(job))])
        case (.judging, .judged(let applied)):
            return end([.emit(.judged(applied))])
        default:
            return handleCleaning(event, at: now)
        }
    }

    // The begin and the end of a scan.

    private mutating func begin(_ vitals: BuilderVitals, _ now: Instant) -> [ScanAction] {
        self.vitals = vitals
        isDispatching = false
        if vitals.job?.isCancelling != true { cancellation = nil }
        guard let job = vitals.job else {
            guard vitals.isOK else {
                waitingSince = nil
                return end()
            }
            switch vitals.cleanStatus {
            case .clean:
                waitingSince = nil
                return wait(.checkingIdle, [.call(.status)])
            case .dirty, .cleaning:
                return beginCleaning(vitals, now)
            }
        }
        guard vitals.cleanStatus == .dirty else {
            return fail(.isolation, "the builder is building but not dirty", mayRetry: false)
        }
        guard vitals.isOK else { return takeAway(job, reason: "builder disabled") }
        return wait(.followingStatus(job), [.call(.status)])
    }

    /// A word of the slave for a message.
    func shown(_ text: String) -> String { ForeignText.shown(text, limit: 80) }

    mutating func wait(_ step: Step, _ actions: [ScanAction]) -> [ScanAction] {
        self.step = step
        return actions
    }

    /// Ends a scan that found nothing wrong, or whose failure has been judged.
    mutating func end(_ actions: [ScanAction] = []) -> [ScanAction] {
        consecutiveFailures = 0
        step = .resting
        return actions + [.done]
    }

    /// Ends a scan that cannot go on for a reason outside the farm.
    mutating func breakOff(_ told: ManagerEvent) -> [ScanAction] {
        step = .resting
        return [.emit(told), .done]
    }

    /// A scan failed: it is graced, or it comes before the judge (manager spec 11.2).
    mutating func fail(_ cause: FailureReport.Cause, _ message: String, mayRetry: Bool) -> [ScanAction] {
        guard let vitals else { return breakOff(.note("a scan failed before it began: \(message)")) }
        var report = FailureReport(
            builder: vitals.id, job: vitals.job, cause: cause,
            message: ForeignText.shown(message, limit: 1000), mayRetry: mayRetry && !isDispatching)
        consecutiveFailures += 1
        if report.mayRetry, consecutiveFailures < settings.failedScansBeforeRecording {
            step = .resting
            return [
                .emit(.scanFailed(report, consecutive: consecutiveFailures, isGraced: true)), .done,
            ]
        }
        // A build that is to be cancelled is not tried again (manager spec 11.4).
        if vitals.job?.isCancelling == true { report.mayRetry = false }
        step = .judging
        return [
            .emit(.scanFailed(report, consecutive: consecutiveFailures, isGraced: false)), .judge(report),
        ]
    }

    mutating func fail(_ failure: CallFailure) -> [ScanAction] {
        fail(.communication, failure.message, mayRetry: true)
    }

    /// Reads the answer to `status`.
    func read(_ reply: Result<XMLRPCValue, CallFailure>) -> Result<SlaveStatus, CallFailure> {
        reply.flatMap { value in
            do throws(BuilddProtocolError) {
                return .success(try SlaveStatus(decoding: value))
            } catch {
                return .failure(CallFailure(.malformed, error.message))
            }
        }
    }

    // A builder with a job.

    private mutating func follow(
        _ job: JobVitals, _ reply: Result<XMLRPCValue, CallFailure>, _ now: Instant
    ) -> [ScanAction] {
        let status: SlaveStatus
        switch read(reply) {
        case .failure(let failure): return fail(failure)
        case .success(let success): status = success
        }
        guard status.buildID == job.cookie.description else { return lost(job, status) }
        knownJob = job.queueEntry
        if job.isCancelling { return cancel(job, status, now) }
        switch status.state {
        case .building:
            waitingSince = nil
            let tail = status.logTail.map { [ScanAction.noteLogTail(job.queueEntry, LogTail.decode($0))] }
            return end(tail ?? [])
        case .aborting:
            return waitForAbort(job, now)
        case .waiting:
            waitingSince = nil
            return collect(job, status, now)
        case .idle, .aborted, nil:
            return fail(
                .slaveFailure, "the slave is in the unexpected state \(shown(status.stateText))",
                mayRetry: true)
        }
    }

    /// The slave does not have the job (manager spec 3.1; deviation D1: that is a failure of both).
    ///
    /// A job that this process never saw there proves nothing: the manager itself may have been stopped between
    /// taking it and sending it (invariants 3 and 53).
    private mutating func lost(_ job: JobVitals, _ status: SlaveStatus) -> [ScanAction] {
        let found = status.buildID.map { "build \(shown($0))" } ?? "no build"
        let message = "the slave is \(shown(status.stateText)) with \(found) instead of \(job.cookie)"
        guard settings.attribution.countsLostJobs, knownJob == job.queueEntry, !job.isCancelling else {
            return [.emit(.jobLost(job, found: message))] + takeAway(job, reason: message)
        }
        return [.emit(.jobLost(job, found: message))] + fail(.lost, message, mayRetry: false)
    }

    /// Takes the job from its builder without blaming anybody. One that is being cancelled is as good as cancelled
    /// (deviation D14).
    private mutating func takeAway(_ job: JobVitals, reason: String) -> [ScanAction] {
        job.isCancelling
            ? wait(.markingCancelled(job), [.markCancelled(job)])
            : wait(.resetting(job, reason: reason), [.resetJob(job, reason: reason)])
    }

    /// ABORTING although nobody asked: waited for, but not without limit (deviation D6).
    private mutating func waitForAbort(_ job: JobVitals, _ now: Instant) -> [ScanAction] {
        let since = waitingSince ?? now
        waitingSince = since
        if settings.attribution.limitsCleaning, now - since > settings.cleaningTimeout {
            return fail(
                .cleaningTimedOut, "the slave has been ABORTING for more than \(settings.cleaningTimeout)",
                mayRetry: true)
        }
        return end([.noteLogTail(job.queueEntry, LogTail.aborting)])
    }
}
