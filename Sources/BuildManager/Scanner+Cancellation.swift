import BuilddProtocol
import FarmModel
import XMLRPC

/// Cancelling a running build (manager spec 9, invariants 49 to 52).
extension Scanner {
    /// A build that is being cancelled; kept in memory only, as in the original: a restart begins anew.
    struct Cancellation: Sendable {
        var build: BuildID
        /// When the build must be gone from its slave.
        var deadline: Instant
        /// False until the slave took an `abort`.
        var isAccepted: Bool
    }

    mutating func cancel(_ job: JobVitals, _ status: SlaveStatus, _ now: Instant) -> [ScanAction] {
        // Whatever a build that was finished left is thrown away: CANCELLED is the only way on (manager spec 1.4).
        if status.state == .waiting || status.state == .aborted {
            return wait(.cancelLogStored(job), [.storeLog(job)])
        }
        let current: Cancellation
        if let cancellation, cancellation.build == job.build {
            current = cancellation
        } else {
            current = Cancellation(
                build: job.build, deadline: now + settings.cancelTimeout, isAccepted: false)
            cancellation = current
        }
        guard now < current.deadline else {
            return fail(
                .cancelTimedOut,
                "the slave is still \(shown(status.stateText)) \(settings.cancelTimeout) after it was to cancel \(job.cookie)",
                mayRetry: true)
        }
        // Only a BUILDING slave takes an abort. One that never reached it, or was refused, is sent again.
        guard status.state == .building, !current.isAccepted else {
            return end([.noteLogTail(job.queueEntry, LogTail.aborting)])
        }
        return wait(.abortingCancelled(job), [.call(.abort)])
    }

    /// A refused abort means the build ended meanwhile, which the next scan sees: nobody gets a strike for that
    /// race (invariant 51). A slave that refuses for ever meets the deadline.
    mutating func abortAnswered(_ job: JobVitals, _ reply: Result<XMLRPCValue, CallFailure>) -> [ScanAction] {
        switch reply {
        case .success:
            cancellation?.isAccepted = true
            return end([.noteLogTail(job.queueEntry, LogTail.aborting)])
        case .failure(let failure) where failure.kind == .fault:
            return end([.emit(.note("the slave refused to abort \(job.cookie): \(shown(failure.message))"))])
        case .failure(let failure):
            return fail(failure)
        }
    }
}
