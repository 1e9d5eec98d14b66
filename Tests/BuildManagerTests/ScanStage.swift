import BuildManager
import BuilddProtocol
import FarmModel
import Testing
import XMLRPC

/// Plays the surroundings of one scanner by script: answers what the scanner asks, keeps the time, and writes down
/// what was asked in words.
struct ScanStage {
    var scanner: Scanner
    var now = Instant(seconds: 1_783_296_000)
    /// The snapshot with which the next scan begins.
    var vitals: BuilderVitals
    /// Answers by the word of what is asked; they are used up in order, and the last one stays.
    private var answers: [Cue: [ScanEvent]] = [:]
    /// What the scanner told since the beginning.
    private(set) var told: [ManagerEvent] = []
    /// The failures that came before the judge.
    private(set) var reports: [FailureReport] = []
    /// All failures, graced or not.
    var failures: [FailureReport] {
        told.compactMap { event in
            if case .scanFailed(let report, _, _) = event { report } else { nil }
        }
    }

    /// What a scanner asks and a script may answer otherwise than with success.
    enum Cue: Hashable {
        case status, abort, clean, echo, build, ensure, reset, candidate, log, gather, fetch, records, judge
    }

    init(_ vitals: BuilderVitals, settings: ManagerSettings = .init()) {
        self.vitals = vitals
        scanner = Scanner(settings: settings)
    }

    mutating func answer(_ cue: Cue, _ events: ScanEvent...) { answers[cue] = events }

    mutating func answer(_ cue: Cue, value: XMLRPCValue) { answers[cue] = [.replied(.success(value))] }

    mutating func answer(_ cue: Cue, failure kind: CallFailure.Kind, _ message: String = "no luck") {
        answers[cue] = [.replied(.failure(CallFailure(kind, message)))]
    }

    mutating func answer(status: SlaveStatus..., dialect: SlaveDialect = .current) {
        answers[.status] = status.map { .replied(.success($0.encoded(in: dialect))) }
    }

    /// Runs one scan, a scan interval after the last one.
    ///
    /// - Returns: what the scanner asked, in order, in words; log tails and what it told are marked.
    @discardableResult
    mutating func scan(after pause: Duration = .seconds(15)) -> [String] {
        now = now + pause
        var trace: [String] = []
        var actions = scanner.handle(.tick(vitals), at: now)
        // No scan takes more than a dozen steps; one that does turns in a circle.
        for _ in 0..<50 {
            var event: ScanEvent?
            for action in actions {
                if case .done = action {
                    #expect(!scanner.isScanning)
                    return trace
                }
                if case .emit(let event) = action { told.append(event) }
                if case .judge(let report) = action { reports.append(report) }
                trace.append(Self.words(action))
                event = reply(to: action) ?? event
            }
            #expect(scanner.isScanning)
            guard let event else {
                Issue.record("the scanner neither asked nor ended: \(trace)")
                return trace
            }
            actions = scanner.handle(event, at: now)
        }
        Issue.record("the scan does not end: \(trace)")
        return trace
    }

    /// Runs several scans and gives what was asked in each.
    mutating func scans(_ count: Int, after pause: Duration = .seconds(15)) -> [[String]] {
        (0..<count).map { _ in scan(after: pause) }
    }

    private mutating func reply(to action: ScanAction) -> ScanEvent? {
        switch action {
        case .call(let call):
            let cue: Cue? =
                switch call.method {
                case "status": .status
                case "abort": .abort
                case "clean": .clean
                case "echo": .echo
                default: nil
                }
            guard let cue else {
                Issue.record("the scanner called \(call.method)")
                return .replied(.failure(CallFailure(.other, "")))
            }
            return next(cue) ?? .replied(.success(.string("BuilderStatus.\(call.method)")))
        case .build(let plan):
            return next(.build)
                ?? .replied(.success(["BuilderStatus.BUILDING", .string(plan.job.cookie.description)]))
        case .ensurePresent(let plan):
            let files = ([plan.image].compactMap { $0 } + plan.files).count
            return next(.ensure)
                ?? .ensured(
                    [Result<EnsurePresentReply, CallFailure>](repeating: .success(.yes), count: files))
        case .resetHost: return next(.reset) ?? .hostReset(.success(()))
        case .takeCandidate: return next(.candidate) ?? .candidate(nil)
        case .storeLog: return next(.log) ?? .logStored(.success(()))
        case .beginGathering:
            return next(.gather) ?? .gathering(GatheringPlace(archive: 1, distribution: "ubuntu"))
        case .fetchFiles: return next(.fetch) ?? .filesFetched(.success(()))
        case .judge(let report): return next(.judge) ?? .judged(.nothing(report))
        case .setCleanStatus, .noteVersion, .resetJob, .markCancelled, .clearFailures, .handOver, .finish:
            return next(.records) ?? .recorded
        case .noteLogTail, .emit, .done: return nil
        }
    }

    private mutating func next(_ cue: Cue) -> ScanEvent? {
        guard let events = answers[cue], let first = events.first else { return nil }
        if events.count > 1 { answers[cue]?.removeFirst() }
        return first
    }

    private static func words(_ action: ScanAction) -> String {
        switch action {
        case .call(let call):
            ([call.method] + call.parameters.map { $0.stringValue ?? "?" }).joined(separator: " ")
        case .build(let plan): "build \(plan.job.cookie)"
        case .ensurePresent: "ensurepresent"
        case .resetHost: "reset host"
        case .takeCandidate: "take"
        case .setCleanStatus(let status): "set \(status.name)"
        case .noteVersion(let version): "version \(version ?? "none")"
        case .resetJob(let job, let reason): "put back \(job.cookie): \(reason)"
        case .markCancelled(let job): "cancelled \(job.cookie)"
        case .clearFailures: "clear failures"
        case .storeLog(let job): "store log \(job.cookie)"
        case .beginGathering(let job): "gather \(job.cookie)"
        case .fetchFiles(let files, _, _): "fetch " + files.map(\.name).joined(separator: " ")
        case .handOver(let job, _): "hand over \(job.cookie)"
        case .finish(let job, let status, let dependencies):
            "finish \(job.cookie) \(status.name)" + (dependencies.map { ": \($0)" } ?? "")
        case .judge(let report): "judge \(report.cause.rawValue)" + (report.mayRetry ? "" : ", at once")
        case .noteLogTail(_, let text): "tail \(text)"
        case .emit(let event): "tell \(words(event))"
        case .done: "done"
        }
    }

    private static func words(_ event: ManagerEvent) -> String {
        switch event {
        case .taken(let plan): "took \(plan.job.cookie)"
        case .dispatched(let plan): "dispatched \(plan.job.cookie)"
        case .collected(let job, let status): "collected \(job.cookie) \(status.name)"
        case .jobLost(let job, _): "lost \(job.cookie)"
        case .jobReset(let job, _): "put back \(job.cookie)"
        case .cancelled(let job): "cancelled \(job.cookie)"
        case .cleaning(let how): "cleaning by \(how)"
        case .cleaned: "cleaned"
        case .scanFailed(_, let consecutive, let isGraced):
            "failure \(consecutive)\(isGraced ? ", graced" : "")"
        case .judged: "judged"
        case .recordFailed: "record failed"
        case .note(let text): "note \(text)"
        }
    }
}

extension EnsurePresentReply {
    static let yes = EnsurePresentReply(present: true, information: "")
}

extension AppliedVerdict {
    static func nothing(_ report: FailureReport) -> AppliedVerdict {
        AppliedVerdict(
            report: report, verdict: Verdict(builder: .none, job: .none, explanation: "nothing"),
            builderCount: 1,
            jobCount: report.job == nil ? 0 : 1)
    }
}

extension ManagerSettings {
    /// The original's behaviour, with its defects.
    static var original: ManagerSettings {
        var settings = ManagerSettings()
        settings.attribution = .original
        return settings
    }
}
