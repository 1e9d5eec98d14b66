import BuildManager
import BuilddProtocol
import FarmModel
import Testing
import XMLRPC

/// Scans with random builders, random slaves and random accidents, held against rules that hold for every scan.
@Suite("Random scans")
struct RandomScanTests {
    @Test(
        "the rules hold in thousands of scans",
        arguments: [1, 20_100_826, 20_231_029, 0xDEAD_BEEF] as [UInt64])
    func rules(seed: UInt64) throws {
        print("random scans: seed \(seed)")
        var farm = RandomSlave(seed: seed)
        for settings in [ManagerSettings(), .original] {
            var scanner = Scanner(settings: settings)
            for number in 0..<2500 {
                let complaints = try farm.scan(&scanner)
                #expect(complaints == [], "seed \(seed), scan \(number): \(farm.trace)")
                guard complaints.isEmpty else { return }
            }
        }
        // The rules are of no use if nothing of what they are about ever happens.
        for happening in [
            "build", "abort", "clean", "reset host", "handOver", "finish", "markCancelled", "resetJob",
            "judge", "CLEAN",
            "clearFailures",
        ] {
            #expect(farm.happenings[happening, default: 0] > 10, "seed \(seed): \(happening)")
        }
    }

    @Test("the same seed gives the same scans")
    func determinism() throws {
        let seed: UInt64 = 7
        print("random scans: seed \(seed)")
        let traces = try (0..<2).map { _ in
            var farm = RandomSlave(seed: seed)
            var scanner = Scanner(settings: .init())
            return try (0..<300).map { _ in
                _ = try farm.scan(&scanner)
                return farm.trace.joined(separator: " ")
            }
        }
        #expect(traces[0] == traces[1])
        #expect(Set(traces[0]).count > 20)
    }
}

/// The surroundings of a scanner that answer at random, and the rules that its actions are held against.
private struct RandomSlave {
    private var random: SeededGenerator
    private var now = Instant(seconds: 1_783_296_000)
    /// What the scanner did in this scan, and what it was answered.
    private(set) var trace: [String] = []
    /// How often each kind of action was seen.
    private(set) var happenings: [String: Int] = [:]
    /// What the slave was last seen to be, in this scan.
    private var seen: BuilderState?
    private var vitals: BuilderVitals
    private var hasReset = false
    private var hasPinged = false

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed).split("random scans")
        vitals = BuilderVitals(
            id: BuilderID(1), name: .bob, url: "http://bob:8221", processors: ["amd64"], isVirtualized: false,
            cleanStatus: .dirty)
    }

    /// Runs one scan.
    ///
    /// - Returns: the rules that were broken.
    mutating func scan(_ scanner: inout Scanner) throws -> [String] {
        now = now + .seconds(Int64.random(in: 1...60, using: &random))
        vitals = randomVitals()
        (seen, hasReset, hasPinged, trace) = (nil, false, false, [])
        var complaints: [String] = []
        var actions = scanner.handle(.tick(vitals), at: now)
        for _ in 0..<40 {
            complaints += shape(actions, scanner)
            for action in actions { complaints += broken(action) }
            guard let last = actions.last else { return complaints + ["no action at all"] }
            trace.append(Self.name(last))
            if case .done = last { return complaints }
            let event = try answer(to: last)
            actions = scanner.handle(event, at: now)
        }
        return complaints + ["the scan does not end"]
    }

    /// Single flight: exactly one action waits, or the scan is over, and that is the last of the list.
    private func shape(_ actions: [ScanAction], _ scanner: Scanner) -> [String] {
        let waiting = actions.filter { action in
            switch action {
            case .emit, .noteLogTail: false
            default: true
            }
        }
        var complaints: [String] = []
        if waiting.count != 1 { complaints.append("\(waiting.count) actions wait") }
        switch actions.last {
        case .emit, .noteLogTail, nil: complaints.append("the last action is forgotten after use")
        case .done: if scanner.isScanning { complaints.append("done, but scanning") }
        default: if !scanner.isScanning { complaints.append("waiting, but not scanning") }
        }
        return complaints
    }

    private mutating func broken(_ action: ScanAction) -> [String] {
        happenings[Self.name(action), default: 0] += 1
        func demand(_ isTrue: Bool, _ rule: String) -> [String] { isTrue ? [] : [rule] }
        switch action {
        case .build:
            return demand(seen == .idle, "build without IDLE in the same scan (invariant 9)")
                + demand(
                    vitals.job == nil && vitals.cleanStatus == .clean, "build on a busy or dirty builder")
                + demand(!vitals.isManual, "build on a manual builder (invariant 7)")
        case .takeCandidate:
            return demand(seen == .idle && !vitals.isManual && vitals.job == nil, "a job is taken for nobody")
        case .call(.clean):
            return demand(seen == .waiting || seen == .aborted, "clean without WAITING (invariant 15)")
                + demand(vitals.job == nil, "clean with a job")
        case .call(.abort):
            return demand(seen == .building, "abort without BUILDING (invariant 15)")
                + demand(vitals.job?.isCancelling ?? true, "abort of a job that nobody cancels")
        case .setCleanStatus(.clean):
            happenings["CLEAN", default: 0] += 1
            let isReset =
                vitals.isVirtualized ? hasReset && hasPinged : seen == .idle || trace.last == "clean"
            return demand(isReset, "CLEAN before it was so (invariant 12)")
                + demand(
                    !(vitals.isVirtualized && vitals.resetProtocol == .asynchronous),
                    "CLEAN by the manager (13)")
                + demand(vitals.job == nil, "CLEAN with a job (invariant 4)")
        case .setCleanStatus(.cleaning):
            return demand(
                vitals.isVirtualized && vitals.job == nil, "CLEANING of a builder that is not virtual")
                + demand(
                    vitals.resetProtocol == .synchronous || hasReset, "CLEANING before the trigger worked")
        case .resetHost:
            return demand(vitals.isVirtualized && vitals.job == nil, "reset of a builder with a job")
                + demand(
                    vitals.resetProtocol == .synchronous || vitals.cleanStatus == .dirty,
                    "triggered twice (13)")
        case .handOver, .finish, .beginGathering, .fetchFiles:
            return demand(
                seen == .waiting && vitals.job?.isCancelling == false, "collected what is not finished")
        case .call, .ensurePresent, .storeLog, .resetJob, .markCancelled, .noteLogTail, .judge:
            return demand(
                vitals.isOK || vitals.job != nil, "a disabled builder without a job is not left alone")
                + demand(vitals.isOK || !Self.isCall(action), "a disabled builder is contacted (invariant 8)")
        case .setCleanStatus, .noteVersion, .clearFailures, .emit, .done:
            return []
        }
    }

    // Answers.

    private mutating func answer(to action: ScanAction) throws -> ScanEvent {
        // Now and then the store fails, refuses, or the surroundings mix something up.
        switch Int.random(in: 0..<60, using: &random) {
        case 0: return .recordFailed("disk full")
        case 1: return .recordRefused("no such change")
        case 2:
            return [.recorded, .candidate(nil), .gathering(nil), .tick(vitals)].randomElement(using: &random)
                ?? .recorded
        default: break
        }
        switch action {
        case .call(.status): return try .replied(status())
        case .call(let call):
            if case .success = outcome() {
                if call.method == "echo" { hasPinged = true }
                return .replied(.success("BuilderStatus.IDLE"))
            }
            return .replied(.failure(failure()))
        case .build(let plan):
            if case .failure = outcome() { return .replied(.failure(failure())) }
            let status = chance(0.8) ? "BuilderStatus.BUILDING" : "BuilderStatus.UNKNOWNSUM"
            return .replied(.success([.string(status), .string(plan.job.cookie.description)]))
        case .ensurePresent:
            return .ensured(
                (0..<3).map { _ in
                    chance(0.95)
                        ? .success(EnsurePresentReply(present: chance(0.95), information: ""))
                        : .failure(failure())
                })
        case .resetHost:
            let outcome = outcome()
            if case .success = outcome { hasReset = true }
            return .hostReset(outcome)
        case .takeCandidate: return .candidate(chance(0.8) ? try .sample() : nil)
        case .storeLog: return .logStored(outcome())
        case .beginGathering:
            return .gathering(chance(0.8) ? GatheringPlace(archive: 1, distribution: "ubuntu") : nil)
        case .fetchFiles: return .filesFetched(outcome())
        case .judge(let report): return .judged(.nothing(report))
        case .setCleanStatus, .noteVersion, .resetJob, .markCancelled, .clearFailures, .handOver, .finish,
            .noteLogTail, .emit, .done:
            return .recorded
        }
    }

    private mutating func status() throws -> Result<XMLRPCValue, CallFailure> {
        if chance(0.15) { return .failure(failure()) }
        if chance(0.03) { return .success(["builder_status": 3]) }
        let cookie: BuildCookie = chance(0.85) ? .sample : .other
        let wishes: [SlaveStatus] = [
            .idle, .idle, .building(cookie), .building(cookie), .aborting(cookie), .aborted(cookie),
            .waiting(BuildResult.allCases.randomElement(using: &random) ?? .ok, cookie, files: ["a.deb"]),
            .waiting(.ok, cookie, files: ["a.deb", "b.deb"]), .unknown,
        ]
        // A builder with a job is mostly building or done, a clean one idle.
        let status =
            vitals.job == nil && vitals.cleanStatus == .clean && chance(0.7)
            ? .idle : wishes.randomElement(using: &random) ?? .idle
        seen = status.state
        let dialect = SlaveDialect.allCases.randomElement(using: &random) ?? .current
        return .success(status.encoded(in: dialect))
    }

    private mutating func outcome() -> Result<Void, EdgeFailure> {
        chance(0.8) ? .success(()) : .failure(EdgeFailure("no luck"))
    }

    private mutating func failure() -> CallFailure {
        let kinds: [CallFailure.Kind] = [
            .refused, .timedOut, .reset, .unreachable, .httpStatus, .malformed, .tooLarge, .fault, .other,
        ]
        return CallFailure(kinds.randomElement(using: &random) ?? .other, "no luck")
    }

    private mutating func randomVitals() -> BuilderVitals {
        var vitals = vitals
        vitals.isVirtualized = chance(0.4)
        vitals.vmHost = chance(0.95) ? "host" : nil
        vitals.resetProtocol = [.synchronous, .asynchronous, nil].randomElement(using: &random) ?? nil
        vitals.isOK = chance(0.9)
        vitals.isManual = chance(0.1)
        vitals.cleanStatus = CleanStatus.allCases.randomElement(using: &random) ?? .dirty
        vitals.cleanStatusChanged = now - .seconds(Int64.random(in: 0...900, using: &random))
        vitals.version = chance(0.5) ? nil : "254"
        vitals.job = nil
        if chance(0.4) {
            vitals.job = chance(0.3) ? .cancelling : .sample
            vitals.cleanStatus = chance(0.95) ? .dirty : .clean
        }
        return vitals
    }

    private mutating func chance(_ probability: Double) -> Bool { random.unit() < probability }

    private static func isCall(_ action: ScanAction) -> Bool {
        switch action {
        case .call, .build, .ensurePresent, .storeLog, .fetchFiles: true
        default: false
        }
    }

    private static func name(_ action: ScanAction) -> String {
        switch action {
        case .call(let call): call.method
        case .resetHost: "reset host"
        default: String(String(describing: action).prefix { $0.isLetter })
        }
    }
}

extension BuilderName {
    /// A name that is surely one.
    fileprivate static var bob: BuilderName {
        guard let name = BuilderName("bob") else { preconditionFailure("bob is a name") }
        return name
    }
}
