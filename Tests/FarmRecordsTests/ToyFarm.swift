import BuildManager
import BuilddProtocol
import FarmModel
import FarmRecords
import Testing
import XMLRPC

/// A slave in a few lines: the four states, and habits that make it a bad one.
struct ToySlave {
    enum State: Hashable {
        case idle
        case building(BuildCookie, scansLeft: Int)
        case aborting(BuildCookie, scansLeft: Int)
        case waiting(BuildCookie, BuildResult)
    }

    /// What is wrong with the slave.
    enum Habit: Hashable {
        case healthy, dead, refusesBuilds, forgetsBuilds, builderFails, faultsOnBuild, cannotAbort,
            ignoresAborts,
            neverFinishesAborting, hidesLogs, corruptsFiles, dreams
    }

    var state = State.idle
    var habit = Habit.healthy
    /// The calls it got, in order.
    var calls: [String] = []

    /// Time for one scan goes by.
    mutating func pass() {
        switch state {
        case .building(let cookie, let left):
            if habit == .forgetsBuilds {
                state = .idle
            } else {
                state =
                    left > 0
                    ? .building(cookie, scansLeft: left - 1)
                    : .waiting(cookie, habit == .builderFails ? .builderFail : .ok)
            }
        case .aborting(let cookie, let left) where habit != .neverFinishesAborting:
            state = left > 0 ? .aborting(cookie, scansLeft: left - 1) : .waiting(cookie, .aborted)
        case .aborting, .idle, .waiting: break
        }
    }

    mutating func answer(_ call: XMLRPCCall) -> Result<XMLRPCValue, CallFailure> {
        calls.append(call.method)
        if habit == .dead { return .failure(CallFailure(.refused, "connection refused")) }
        switch (call.method, state) {
        case ("status", _): return .success(status.encoded(in: .current))
        case ("abort", .building(let cookie, _)) where habit != .cannotAbort:
            if habit != .ignoresAborts { state = .aborting(cookie, scansLeft: 1) }
            return .success("BuilderStatus.ABORTING")
        case ("clean", .waiting):
            state = .idle
            return .success("BuilderStatus.IDLE")
        default: return .failure(CallFailure(.fault, "XML-RPC fault 8002: error"))
        }
    }

    mutating func build(_ plan: DispatchPlan) -> Result<XMLRPCValue, CallFailure> {
        calls.append("build")
        switch habit {
        case .dead: return .failure(CallFailure(.refused, "connection refused"))
        case .refusesBuilds: return .success(["BuilderStatus.UNKNOWNSUM", "CHROOTSUM -> 0"])
        case .faultsOnBuild: return .failure(CallFailure(.fault, "XML-RPC fault 8002: error"))
        default: break
        }
        guard state == .idle else { return .failure(CallFailure(.fault, "XML-RPC fault 8002: error")) }
        state = .building(plan.job.cookie, scansLeft: 2)
        return .success(["BuilderStatus.BUILDING", .string(plan.job.cookie.description)])
    }

    private var status: SlaveStatus {
        if habit == .dreams {
            return SlaveStatus(stateText: "BuilderStatus.DREAMING", buildID: cookie?.description)
        }
        switch state {
        case .idle: return SlaveStatus(stateText: "BuilderStatus.IDLE")
        case .building(let cookie, _):
            return SlaveStatus(
                stateText: "BuilderStatus.BUILDING", buildID: cookie.description, logTail: Array("make".utf8))
        case .aborting(let cookie, _):
            return SlaveStatus(stateText: "BuilderStatus.ABORTING", buildID: cookie.description)
        case .waiting(let cookie, let result):
            return SlaveStatus(
                stateText: "BuilderStatus.WAITING", buildID: cookie.description, resultText: result.wireText,
                filemap: [.init(name: "\(cookie).changes", sum: String(repeating: "a", count: 40))])
        }
    }

    private var cookie: BuildCookie? {
        switch state {
        case .idle: nil
        case .building(let cookie, _), .aborting(let cookie, _), .waiting(let cookie, _): cookie
        }
    }
}

/// A farm of toy slaves under real scanners and real records: what the manager does, without sockets and disks.
struct ToyFarm {
    let farm: TestFarm
    let settings: ManagerSettings
    private(set) var builders: [BuilderID] = []
    private(set) var scanners: [BuilderID: Scanner] = [:]
    var slaves: [BuilderID: ToySlave] = [:]
    /// Sources that no slave can fetch, by build.
    var unfetchable: Set<BuildID> = []
    /// Says before each action, and after it, whether the manager is killed there.
    var isKilled: () -> Bool = { false }
    /// All that the scanners told.
    private(set) var told: [ManagerEvent] = []
    /// Failures of scans by builder, graced or not.
    private(set) var failedScans: [BuilderID: Int] = [:]
    private(set) var rounds = 0

    init(builders names: [String], settings: ManagerSettings = .init()) async throws {
        farm = try await TestFarm()
        self.settings = settings
        for name in names {
            let id = try await farm.builder(name, isClean: false)
            builders.append(id)
            slaves[id] = ToySlave()
        }
    }

    var now: Instant { farm.at(Int64(rounds) * 15) }
    var records: FarmRecords { farm.records }

    /// Scans every builder once, with an audit after each scan.
    mutating func round() async throws {
        rounds += 1
        for builder in builders {
            slaves[builder]?.pass()
            do {
                try await scan(builder)
            } catch is Killed {
                // A new process knows nothing of what the old one had in memory.
                scanners = [:]
            }
            try await farm.expectSound("round \(rounds)")
        }
    }

    /// Scans until `isOver`, for at most `limit` rounds.
    ///
    /// - Returns: the rounds it took; nil when the limit came first.
    mutating func rounds(atMost limit: Int, until isOver: (ToyFarm) async throws -> Bool) async throws -> Int?
    {
        for count in 0..<limit {
            if try await isOver(self) { return count }
            try await round()
        }
        return try await isOver(self) ? limit : nil
    }

    func isOff(_ builder: BuilderID) async throws -> Bool { try await !records.vitals(of: builder).isOK }

    func areAllFinal() async throws -> Bool {
        try await records.builds().allSatisfy { !$0.status.hasQueueEntry }
    }

    private struct Killed: Error {}

    private mutating func scan(_ builder: BuilderID) async throws {
        let vitals = try await records.vitals(of: builder)
        var scanner = scanners[builder] ?? Scanner(settings: settings)
        var actions = scanner.handle(.tick(vitals), at: now)
        for _ in 0..<40 {
            var event: ScanEvent?
            for action in actions {
                if isKilled() { throw Killed() }
                switch action {
                case .done:
                    scanners[builder] = scanner
                    return
                case .emit(let event):
                    told.append(event)
                    if case .scanFailed = event { failedScans[builder, default: 0] += 1 }
                case .noteLogTail(let entry, let text): try await records.storeLogTails([(entry, text)])
                default: event = try await perform(action, vitals)
                }
                if isKilled() { throw Killed() }
            }
            guard let event else {
                Issue.record("the scanner neither asked nor ended")
                return
            }
            actions = scanner.handle(event, at: now)
        }
        Issue.record("the scan does not end")
    }

    private mutating func perform(_ action: ScanAction, _ vitals: BuilderVitals) async throws -> ScanEvent {
        let builder = vitals.id
        let habit = slaves[builder]?.habit ?? .healthy
        switch action {
        case .call(let call):
            return .replied(slaves[builder]?.answer(call) ?? .failure(CallFailure(.unreachable, "no slave")))
        case .build(let plan):
            return .replied(slaves[builder]?.build(plan) ?? .failure(CallFailure(.unreachable, "no slave")))
        case .ensurePresent(let plan):
            let reply = EnsurePresentReply(present: !unfetchable.contains(plan.job.build), information: "404")
            let names = [plan.image].compactMap { $0 } + plan.files
            return .ensured(
                names.map { _ in
                    habit == .dead ? .failure(CallFailure(.refused, "connection refused")) : .success(reply)
                })
        case .storeLog(let job):
            guard habit != .hidesLogs else { return .logStored(.failure(EdgeFailure("404"))) }
            try await records.storeLog(try .of(7), of: job.build)
            return .logStored(.success(()))
        case .fetchFiles:
            return .filesFetched(
                habit == .corruptsFiles ? .failure(EdgeFailure("the digest is wrong")) : .success(()))
        case .resetHost: return .hostReset(.success(()))
        case .done, .emit, .noteLogTail: return .recorded
        default: break
        }
        do {
            return try await record(action, vitals)
        } catch let error as FarmRecordsError where error.code == .illegalTransition {
            return .recordRefused(error.message)
        } catch {
            return .recordFailed("\(error)")
        }
    }

    private func record(_ action: ScanAction, _ vitals: BuilderVitals) async throws -> ScanEvent {
        let clears = settings.attribution.clearsOnOutcome
        switch action {
        case .takeCandidate:
            return .candidate(
                try await records.takeCandidate(
                    for: vitals, now: now, matches: { Candidates.matches($0, vitals) },
                    vet: { Candidates.vet(pocket: $0.pocket, isSourcePublished: $0.isSourcePublished) }))
        case .setCleanStatus(let status):
            _ = try await records.setCleanStatus(status, of: vitals.id, now: now)
        case .noteVersion(let version): try await records.noteVersion(version, of: vitals.id)
        case .resetJob(let job, let reason):
            try await records.resetJob(job, from: vitals.id, outcome: reason, now: now)
        case .markCancelled(let job): try await records.markCancelled(job.build, now: now)
        case .clearFailures: try await records.clearFailures(of: vitals.id)
        case .beginGathering(let job):
            switch try await records.beginGathering(
                job.build, on: vitals.id, clearsFailures: clears, now: now)
            {
            case .superseded: return .gathering(nil)
            case .gather(let archive, let distribution):
                return .gathering(GatheringPlace(archive: archive, distribution: distribution))
            }
        case .handOver(let job, let leaf):
            try await records.handOver(job.build, leaf: leaf, on: vitals.id, clearsFailures: clears, now: now)
        case .finish(let job, let status, let dependencies):
            try await records.finish(
                job.build, as: status, dependencies: dependencies, on: vitals.id, clearsFailures: clears,
                now: now)
        case .judge(let report):
            let rules = settings.attribution
            let policy = rules.policy.policy(rules)
            return .judged(
                try await records.recordFailure(report, refundsStrikes: rules.refundsStrikes, now: now) {
                    policy.judge(report, builderCount: $0, jobCount: $1)
                })
        default: break
        }
        return .recorded
    }
}
