import BuilddProtocol
import FarmModel
import XMLRPC

/// Making a builder fit for its next job (manager spec 4).
extension Scanner {
    mutating func beginCleaning(_ vitals: BuilderVitals, _ now: Instant) -> [ScanAction] {
        guard vitals.isVirtualized else {
            return wait(.cleaningStatus, [.call(.status)])
        }
        guard vitals.vmHost != nil, let resetProtocol = vitals.resetProtocol else {
            return fail(
                .cannotResume, "the virtual builder has no host or no reset protocol", mayRetry: false)
        }
        switch resetProtocol {
        case .synchronous:
            return wait(.markingCleaning, [.emit(.cleaning("reset")), .setCleanStatus(.cleaning)])
        case .asynchronous:
            if vitals.cleanStatus == .cleaning { return waitForAgent(vitals, now) }
            return wait(.resettingHost, [.emit(.cleaning("reset trigger")), .resetHost])
        }
    }

    /// Protocol 2.0: an agent sets CLEAN; the manager waits, but not without limit (invariants 13 and 14).
    private mutating func waitForAgent(_ vitals: BuilderVitals, _ now: Instant) -> [ScanAction] {
        if settings.attribution.limitsCleaning, now - vitals.cleanStatusChanged > settings.cleaningTimeout {
            return fail(
                .cleaningTimedOut,
                "the reset agent has not reported the builder clean for \(settings.cleaningTimeout)",
                mayRetry: true)
        }
        return end()
    }

    mutating func handleCleaning(_ event: ScanEvent, at now: Instant) -> [ScanAction] {
        switch (step, event) {
        case (.cleaningStatus, .replied(let reply)):
            return cleanBy(reply, now)
        case (.cleaningAbort(let isOverdue), .replied(let reply)):
            // Refused when the build just ended: the next scan looks again.
            if case .failure(let failure) = reply, failure.kind != .fault { return fail(failure) }
            return isOverdue ? cleaningTimedOut(BuilderState.building.wireText) : end()
        case (.cleaningClean, .replied(let reply)):
            switch reply {
            case .success: return wait(.markingClean, [.setCleanStatus(.clean)])
            case .failure(let failure):
                // A clean may fault and yet have worked: the state tells (protocol spec 19.14).
                return wait(.cleaningRecheck(failure), [.call(.status)])
            }
        case (.cleaningRecheck(let failure), .replied(let reply)):
            if case .success(let status) = read(reply), status.state == .idle {
                return wait(.markingClean, [.setCleanStatus(.clean)])
            }
            return fail(
                failure.kind == .fault ? .slaveFailure : .communication, "clean: \(failure.message)",
                mayRetry: true)
        case (.markingClean, .recorded):
            waitingSince = nil
            return end([.emit(.cleaned)])
        case (.markingCleaning, .recorded):
            return wait(.resettingHost, [.resetHost])
        case (.resettingHost, .hostReset(let outcome)):
            if case .failure(let failure) = outcome {
                return fail(.cannotResume, failure.message, mayRetry: false)
            }
            return vitals?.resetProtocol == .asynchronous
                ? wait(.markingTriggered, [.setCleanStatus(.cleaning)])
                : wait(.pinging, [.call(XMLRPCCall("echo", ["ping"]))])
        case (.pinging, .replied(let reply)):
            switch reply {
            case .success: return wait(.markingClean, [.setCleanStatus(.clean)])
            case .failure(let failure): return fail(failure)
            }
        case (.markingTriggered, .recorded):
            return end()
        default:
            return breakOff(.note("a scan met an event that does not belong to its step"))
        }
    }

    private mutating func cleanBy(_ reply: Result<XMLRPCValue, CallFailure>, _ now: Instant) -> [ScanAction] {
        let status: SlaveStatus
        switch read(reply) {
        case .failure(let failure): return fail(failure)
        case .success(let success): status = success
        }
        switch status.state {
        case .idle:
            return wait(.markingClean, [.setCleanStatus(.clean)])
        case .waiting, .aborted:
            return wait(.cleaningClean, [.emit(.cleaning("clean")), .call(.clean)])
        case .building, .aborting:
            let since = waitingSince ?? now
            waitingSince = since
            let isOverdue =
                settings.attribution.limitsCleaning && now - since > settings.cleaningTimeout
            // The slave may have been out of reach since the last abort, so a late one is still worth sending.
            if status.state == .building {
                return wait(.cleaningAbort(isOverdue: isOverdue), [.emit(.cleaning("abort")), .call(.abort)])
            }
            return isOverdue ? cleaningTimedOut(status.stateText) : end()
        case nil:
            return fail(
                .slaveFailure, "the slave is in the unknown state \(shown(status.stateText))",
                mayRetry: true)
        }
    }

    private mutating func cleaningTimedOut(_ state: String) -> [ScanAction] {
        fail(
            .cleaningTimedOut,
            "the slave has been \(state) for more than \(settings.cleaningTimeout) while it was to be cleaned",
            mayRetry: true)
    }
}
