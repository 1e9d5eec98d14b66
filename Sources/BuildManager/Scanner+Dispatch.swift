import BuilddProtocol
import FarmModel
import XMLRPC

/// Giving a job to a clean, idle builder (manager spec 6).
extension Scanner {
    mutating func checkIdle(_ reply: Result<XMLRPCValue, CallFailure>) -> [ScanAction] {
        let status: SlaveStatus
        switch read(reply) {
        case .failure(let failure): return fail(failure)
        case .success(let success): status = success
        }
        guard status.state == .idle else {
            return fail(
                .isolation, "the slave is taken for clean but is \(shown(status.stateText))",
                mayRetry: false)
        }
        guard let vitals else { return end() }
        let version = status.version.map { shown($0) }
        if version != vitals.version {
            return wait(.notingVersion(thenDispatch: !vitals.isManual), [.noteVersion(version)])
        }
        return vitals.isManual ? end() : dispatchNext()
    }

    mutating func dispatchNext() -> [ScanAction] { wait(.takingCandidate, [.takeCandidate]) }

    mutating func dispatch(_ plan: DispatchPlan?) -> [ScanAction] {
        guard let plan else { return end() }
        isDispatching = true
        vitals?.job = plan.job
        vitals?.cleanStatus = .dirty
        if let objection = plan.objection { return fail(.cannotBuild, objection, mayRetry: false) }
        guard plan.image != nil else {
            return fail(
                .cannotBuild, "there is no base image of \(plan.series) for \(plan.architecture)",
                mayRetry: false)
        }
        return wait(.ensuring(plan), [.ensurePresent(plan)])
    }

    mutating func ensured(
        _ plan: DispatchPlan, _ replies: [Result<EnsurePresentReply, CallFailure>]
    ) -> [ScanAction] {
        let names = ([plan.image].compactMap { $0 } + plan.files).map(\.name)
        guard replies.count == names.count else {
            return fail(
                .communication, "\(replies.count) answers to \(names.count) calls of ensurepresent",
                mayRetry: false)
        }
        for (name, reply) in zip(names, replies) {
            switch reply {
            case .failure(let failure):
                return fail(
                    .communication, "ensurepresent of \(name): \(shown(failure.message, plan))",
                    mayRetry: false)
            case .success(let answer) where !answer.present:
                return fail(
                    .cannotFetchFile,
                    "the slave could not fetch \(name): \(shown(answer.information, plan))", mayRetry: false)
            case .success: continue
            }
        }
        return wait(.building(plan), [.build(plan)])
    }

    mutating func buildAnswered(
        _ plan: DispatchPlan, _ reply: Result<XMLRPCValue, CallFailure>
    ) -> [ScanAction] {
        switch reply {
        case .failure(let failure):
            guard settings.attribution.checksBuildReply, failure.mayHaveHappened || failure.kind == .fault
            else { return buildFailed(plan, failure) }
            // The call may have worked all the same, or have left the slave stuck: only its state tells
            // (protocol spec 19.2 to 19.4).
            return wait(.askingAfterBuild(plan, failure), [.call(.status)])
        case .success(let value):
            guard settings.attribution.checksBuildReply else { return dispatched(plan) }
            let answer: BuildReply
            do throws(BuilddProtocolError) {
                answer = try BuildReply(decoding: value)
            } catch {
                return fail(.buildRefused, error.message, mayRetry: false)
            }
            guard answer.status == BuilderState.building.wireText,
                answer.information == plan.job.cookie.description
            else {
                return fail(
                    .buildRefused,
                    "the slave answered \(shown(answer.status, plan)): \(shown(answer.information, plan))",
                    mayRetry: false)
            }
            return dispatched(plan)
        }
    }

    mutating func askedAfterBuild(
        _ plan: DispatchPlan, _ failure: CallFailure, _ reply: Result<XMLRPCValue, CallFailure>
    ) -> [ScanAction] {
        guard case .success(let status) = read(reply), status.buildID == plan.job.cookie.description,
            status.state == .building || status.state == .waiting
        else { return buildFailed(plan, failure) }
        guard failure.mayHaveHappened else {
            return buildFailed(plan, failure, "; the slave is stuck with it")
        }
        return [.emit(.note("no answer to build, but the slave runs \(plan.job.cookie)"))] + dispatched(plan)
    }

    private mutating func buildFailed(_ plan: DispatchPlan, _ failure: CallFailure, _ more: String = "")
        -> [ScanAction]
    {
        fail(
            failure.kind == .fault ? .buildRefused : .communication,
            "build of \(plan.job.cookie): \(shown(failure.message, plan))\(more)", mayRetry: false)
    }

    /// The slave's words for a message; a slave may repeat the credentials it was given.
    private func shown(_ text: String, _ plan: DispatchPlan) -> String {
        ForeignText.shown(text, limit: 300, hiding: plan.fileToken.map { [$0] } ?? [])
    }

    private mutating func dispatched(_ plan: DispatchPlan) -> [ScanAction] {
        isDispatching = false
        knownJob = plan.job.queueEntry
        guard !settings.attribution.clearsOnOutcome else { return end([.emit(.dispatched(plan))]) }
        return [.emit(.dispatched(plan))] + wait(.clearingFailures, [.clearFailures])
    }
}
