import BuilddProtocol
import FarmModel
import XMLRPC

/// Scripted faults that concern the slave or its build. Those of the connection, of the answer's bytes and of
/// the reset command are carried out by the host.
extension MockSlave {
    /// An effect of a call, before the call is looked at.
    mutating func applyDuringCall(_ effect: FaultEffect, before call: XMLRPCCall) {
        switch effect {
        case .forgetBuild: forgetBuild()
        default: applyToBuild(effect)
        }
    }

    /// An effect outside of any call lasts.
    mutating func applyOutsideCall(_ effect: FaultEffect) {
        switch effect {
        case .forgetBuild: forgetBuild()
        case .reportBuildID(let id): if build != nil { reportedID = .string(id) }
        default: applyToBuild(effect)
        }
    }

    /// An effect on the build that is there.
    mutating func applyToBuild(_ effect: FaultEffect) {
        guard build != nil else { return }
        switch effect {
        case .neverFinishAborting: build?.neverFinishesAborting = true
        case .outcome(let outcome): changeOutcome(to: outcome)
        default: break
        }
    }

    private mutating func forgetBuild() {
        guard let current = build else { return }
        build = nil
        reportedID = .nil
        log.close()
        note(.buildForgotten(id: current.order.buildID))
    }

    private mutating func changeOutcome(to outcome: BuildScript.Outcome) {
        guard let current = build, current.script.outcome != outcome || current.script.mainEnd != nil else {
            return
        }
        build?.script.outcome = outcome
        build?.script.mainEnd = nil
        build?.script.gathering = .succeeds
        build?.script.steps = current.script.steps.mapValues { $0.succeeding }
        build?.script.jobs = current.script.jobs.mapValues { $0.succeeding }
        switch current.stage {
        case .running(let run) where run.kind.isCleanUp:
            guard current.state == .building else { return }
            build?.result = ExitMeaning.result(of: outcome)
            if case .depFail(let dependencies) = outcome { build?.dependencies = dependencies }
        case .running(var run) where run.end != .hangs:
            run.end = build?.end(of: run.kind) ?? .exit(0)
            build?.stage = .running(run)
        case .gathering(let kind) where outcome != .ok:
            conclude(kind, failure: ExitMeaning.result(of: outcome), at: clock)
            advanceBuild(to: clock, noticedFrom: nil)
        case .running, .gathering, .stuck, .over:
            break
        }
    }
}

extension BuildScript.StepScript {
    /// The same step with a good end.
    fileprivate var succeeding: BuildScript.StepScript {
        var step = self
        if step.end != .hangs { step.end = .exit(0) }
        return step
    }
}

extension [FaultEffect] {
    /// The fault that a call is answered by instead of being carried out.
    var firstFault: XMLRPCFault? {
        for case .answerFault(let code, let text) in self {
            return XMLRPCFault(code: Int64(code), text: text)
        }
        return nil
    }

    /// The pair that `build` answers instead of being carried out.
    var scriptedBuildAnswer: BuildReply? {
        for case .answerBuild(let status, let information) in self {
            return BuildReply(status: status, information: information)
        }
        return nil
    }

    /// The id that `status` reports instead of the true one.
    var reportedBuildID: String? {
        for case .reportBuildID(let id) in self { return id }
        return nil
    }
}
