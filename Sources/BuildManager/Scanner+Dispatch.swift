import BuilddProtocol
import FarmModel
import XMLRPC

/// Giving a job to a clean, idle builder (manager spec 6).
extension Scanner {
    mutating func checkIdle(_ reply: Result<XMLRPCValue, CallFailure>, _ now: Instant) -> [ScanAction] {
        let status: SlaveStatus
        switch read(reply) {
        case .failure(let failure): return fail(failure)
        case .success(let success): status = success
        }
        guard status.state == .idle else {
            return fail(
                .isolation, "the slave is taken for clean but is \(status.stateText.prefix(80))",
                mayRetry: false)
        }
        guard let vitals else { return end() }
        if status.version != vitals.version {
            return wait(
                .notingVersion(thenDispatch: !vitals.isManual),
                [.noteVersion(status.version.map { String($0.prefix(80)) })])
        }
        return vitals.isManual ? end() : dispatchNext()
    }

    mutating func dispatchNext() -> [ScanAction] { wait(.takingCandidate, [.takeCandidate]) }

    mutating func dispatch(_ plan: DispatchPlan?) -> [ScanAction] {
        guard let plan else { return end() }
        isDispatching = true
        vitals?.job = plan.job
        vitals?.cleanStatus = .dirty
        guard plan.image != nil else {
            return fail(
                .cannotBuild, "there is no base image of \(plan.series) for \(plan.architecture)",
                mayRetry: false)
        }
        return wait(.ensuring(plan), [.ensurePresent(plan)])
    }

    mutating func ensured(
        _ plan: DispatchPlan, _ replies: [Result<EnsurePresentReply, CallFailure>], _ now: Instant
    ) -> [ScanAction] {
        let names = ([plan.image].compactMap { $0 } + plan.files).map(\.name)
        for (name, reply) in zip(names, replies) {
            switch reply {
            case .failure(let failure):
                return fail(.communication, "ensurepresent of \(name): \(failure.message)", mayRetry: false)
            case .success(let answer) where !answer.present:
                return fail(
                    .cannotFetchFile, "the slave could not fetch \(name): \(answer.information.prefix(300))",
                    mayRetry: false)
            case .success: continue
            }
        }
        return wait(.building(plan), [.build(plan)])
    }

    mutating func buildAnswered(
        _ plan: DispatchPlan, _ reply: Result<XMLRPCValue, CallFailure>, _ now: Instant
    ) -> [ScanAction] {
        switch reply {
        case .failure(let failure):
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
                    "the slave answered \(answer.status.prefix(80)): \(answer.information.prefix(300))",
                    mayRetry: false)
            }
            return dispatched(plan)
        }
    }

    mutating func askedAfterBuild(
        _ plan: DispatchPlan, _ failure: CallFailure, _ reply: Result<XMLRPCValue, CallFailure>,
        _ now: Instant
    ) -> [ScanAction] {
        if failure.mayHaveHappened, case .success(let status) = read(reply),
            status.buildID == plan.job.cookie.description,
            status.state == .building || status.state == .waiting
        {
            return [.emit(.note("no answer to build, but the slave runs \(plan.job.cookie)"))]
                + dispatched(plan)
        }
        return fail(.communication, "build of \(plan.job.cookie): \(failure.message)", mayRetry: false)
    }

    private mutating func dispatched(_ plan: DispatchPlan) -> [ScanAction] {
        isDispatching = false
        guard !settings.attribution.clearsOnOutcome else { return end([.emit(.dispatched(plan))]) }
        return [.emit(.dispatched(plan))] + wait(.clearingFailures, [.clearFailures])
    }
}
