import BuilddProtocol
import FarmModel
import XMLRPC

/// Cancelling a running build (manager spec 9, invariants 49 to 52).
extension Scanner {
    mutating func cancel(_ job: JobVitals, _ status: SlaveStatus, _ now: Instant) -> [ScanAction] {
        // Whatever a build that was finished left is thrown away: CANCELLED is the only way on (manager spec 1.4).
        if status.state == .waiting || status.state == .aborted {
            return wait(.cancelLogStored(job), [.storeLog(job)])
        }
        guard let deadline = cancelDeadline, deadline.build == job.build else {
            // A restart of the manager comes here again; a slave that is ABORTING takes a second abort kindly.
            cancelDeadline = (job.build, now + settings.cancelTimeout)
            return wait(.abortingCancelled(job, status), [.call(.abort)])
        }
        guard now < deadline.at else {
            return fail(
                .cancelTimedOut,
                "the build was to be cancelled \(settings.cancelTimeout) ago and the slave is still \(status.stateText.prefix(80))",
                mayRetry: true)
        }
        return end([.noteLogTail(job.queueEntry, LogTail.aborting)])
    }

    /// A refused abort means the build ended meanwhile, which the next scan sees: nobody gets a strike for that
    /// race (invariant 51). A slave that refuses for ever meets the deadline.
    mutating func abortAnswered(
        _ job: JobVitals, _ status: SlaveStatus, _ reply: Result<XMLRPCValue, CallFailure>, _ now: Instant
    ) -> [ScanAction] {
        switch reply {
        case .success:
            return end([.noteLogTail(job.queueEntry, LogTail.aborting)])
        case .failure(let failure) where failure.kind == .fault:
            return end([.emit(.note("the slave refused to abort \(job.cookie): \(failure.message)"))])
        case .failure(let failure):
            return fail(failure)
        }
    }
}
