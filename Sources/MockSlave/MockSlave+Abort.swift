import BuilddProtocol
import FarmModel
import XMLRPC

/// The method `abort` and what follows from it (protocol spec 12 and 16).
extension MockSlave {
    mutating func abort() -> XMLRPCResponse {
        guard let current = build else { return .slaveError }
        switch current.state {
        case .building:
            if case .stuck = current.stage { return abortStuckBuild(current) }
            note(.abortAsked(id: current.order.buildID))
            build?.state = .aborting
            interruptBuild(current)
        case .aborting where !isOld:
            let text = "Builder already ABORTING when asked to abort"
            writeLog(has(.notesLackNewline) ? text : text + "\n")
        case .aborting, .waiting, .aborted, .idle:
            return .slaveError
        }
        return .success(configuration.mockStyle ? .nil : .string(BuilderState.aborting.wireText))
    }

    private mutating func interruptBuild(_ current: Build) {
        switch current.stage {
        case .gathering(let kind):
            guard !current.neverFinishesAborting else { return }
            stepHasDied(at: clock)
            moveOn(after: kind, at: clock)
        case .running where isOld:
            guard !current.neverFinishesAborting else { return }
            if current.script.killing.ignoresTermination {
                build?.abortDeadline = clock + configuration.terminationGrace
            } else {
                cutStepShort(at: clock)
            }
        case .running(let run) where run.kind.isCleanUp:
            // There is nothing left to kill.
            build?.wasAbortedInCleanUp = true
        case .running:
            beginKilling()
        case .stuck, .over:
            break
        }
        advanceBuild(to: clock, noticedFrom: nil)
    }

    private mutating func abortStuckBuild(_ current: Build) -> XMLRPCResponse {
        if isOld, has(.stuckSlaveStaysStuck) { return .slaveError }
        note(.abortAsked(id: current.order.buildID))
        build?.state = .aborting
        if !has(.stuckSlaveStaysStuck) {
            stepHasDied(at: clock)
            endBuild(at: clock)
        } else if current.plan != nil {
            pretendKilling()
        }
        return .success(configuration.mockStyle ? .nil : .string(BuilderState.aborting.wireText))
    }

    // Killing.

    /// Starts the step that kills the build's processes; the build's own step goes on beside it.
    private mutating func beginKilling() {
        guard let current = build else { return }
        logCommand(of: .side(.reap), at: clock)
        let stateName = current.stateName
        build?.reapedStates.append(stateName)
        let killing = current.script.killing
        var run = StepRun(kind: .side(.reap), began: clock, output: output(of: .reap, killing.output))
        if killing.effect != .hangs {
            run.ends = clock + (killing.duration ?? configuration.stepDuration)
        }
        build?.killing = run
        build?.abortDeadline = clock + configuration.abortTimeout
    }

    /// Writes what the killing step of a slave writes that has nothing to kill.
    private mutating func pretendKilling() {
        logCommand(of: .side(.reap), at: clock)
        for entry in output(of: .reap, build?.script.killing.output) {
            log.write(entry.bytes, at: clock, limit: configuration.logLimit)
        }
    }

    mutating func endKilling(at instant: Instant) {
        writeKillingOutput(at: instant) { _, _ in true }
        build?.killing = nil
        if build?.script.killing.effect == .kills {
            cutStepShort(at: instant)
        } else if has(.uselessKillingEndsTimer) {
            build?.abortDeadline = nil
        }
    }

    /// The current step is killed by an abort.
    mutating func cutStepShort(at instant: Instant) {
        build?.killing = nil
        build?.abortDeadline = nil
        guard case .running(let run)? = build?.stage else { return }
        stepHasDied(at: instant)
        moveOn(after: run.kind, at: instant)
    }

    /// In the 2010 dialect ABORTED begins as soon as the step has ended that ran when the abort came.
    mutating func stepHasDied(at instant: Instant) {
        guard isOld, let current = build, current.state == .aborting else { return }
        build?.state = .aborted
        build?.abortDeadline = nil
        note(.aborted(id: current.order.buildID), at: instant)
    }
}
