import BuildManager
import FarmModel
import FarmRecords
import Testing

/// Everything that can be done to the records, at random, with nothing ever contradicting anything else.
@Suite("Random operations on the records")
struct RandomRecordsTests {
    @Test(
        "after every operation the records are sound and only listed changes have happened",
        arguments: [1, 2, 3] as [UInt64])
    func soundness(seed: UInt64) async throws {
        print("random records: seed \(seed)")
        var operations = try await RandomOperations(seed: seed)
        var before = try await operations.statuses()
        for step in 0..<1200 {
            let what = try await operations.step()
            let findings = try await operations.farm.records.audit()
            let after = try await operations.statuses()
            let illegal = zip(before, after).filter { !$0.mayBecome($1, by: what) }
            #expect(findings == [], "seed \(seed), step \(step): \(what)")
            #expect(illegal.isEmpty, "seed \(seed), step \(step): \(what)")
            guard findings.isEmpty, illegal.isEmpty else { return }
            before = after
        }
        // The run is of no use if most operations are refused.
        for what in RandomOperations.Kind.allCases {
            #expect(operations.done[what, default: 0] > 0, "seed \(seed): \(what) never worked")
        }
    }
}

private struct RandomOperations {
    enum Kind: String, CaseIterable, Sendable {
        case take, fail, reset, gather, handOver, finish, cancel, markCancelled, retry, hold, release, score,
            clean,
            enable, disable, accept, refuse, publish, unpublish, build, logTail
    }

    let farm: TestFarm
    /// How often each kind of operation was not refused.
    private(set) var done: [Kind: Int] = [:]
    private var random: SeededGenerator
    private var builders: [BuilderID] = []
    private var builds: [BuildID] = []
    private var clock: Int64 = 10

    init(seed: UInt64) async throws {
        random = SeededGenerator(seed: seed).split("records")
        farm = try await TestFarm()
        for name in ["amy", "bob", "eve", "zoe"] { builders.append(try await farm.builder(name)) }
        for number in 0..<10 { builds.append(try await farm.build("p\(number)")) }
    }

    func statuses() async throws -> [BuildStatus] { try await farm.records.builds().map(\.status) }

    mutating func step() async throws -> Kind {
        clock += 1
        // A farm lives of taking, ending, failing and cleaning; all other operations come about equally often.
        let usual: [Kind] = [.take, .take, .clean, .clean, .fail, .enable, .gather, .handOver]
        let kinds = random.unit() < 0.5 ? usual : Kind.allCases
        let kind = kinds.randomElement(using: &random) ?? .take
        do {
            if try await perform(kind) { done[kind, default: 0] += 1 }
        } catch let error as FarmRecordsError {
            #expect(error.code == .illegalTransition || error.code == .stale, "\(kind): \(error)")
        }
        return kind
    }

    /// Mostly a build to which the operation can be done.
    private mutating func target(of kind: Kind) async throws -> BuildID {
        let fitting: BuildStatus? =
            switch kind {
            case .accept, .refuse: .uploading
            case .markCancelled: .cancelling
            case .retry: .failedToBuild
            case .hold, .release, .score: .needsBuild
            case .cancel: .building
            default: nil
            }
        var candidates = builds
        if let fitting, random.unit() < 0.8 {
            let found = try await farm.records.builds(in: fitting).map(\.build)
            if !found.isEmpty { candidates = found }
        }
        return try #require(candidates.randomElement(using: &random))
    }

    private mutating func perform(_ kind: Kind) async throws -> Bool {
        let records = farm.records
        let now = farm.at(clock)
        let builder = try #require(builders.randomElement(using: &random))
        let build = try await target(of: kind)
        let vitals = try await records.vitals(of: builder)
        // Mostly the builder's own job, now and then somebody else's.
        let job = random.unit() < 0.85 ? vitals.job : try await records.allVitals().compactMap(\.job).first
        switch kind {
        case .take: return try await farm.take(builder, at: clock) != nil
        case .fail:
            let causes = FailureReport.Cause.allCases.filter { $0 != .isolation || random.unit() < 0.2 }
            try await farm.fail(
                builder, job: job, cause: causes.randomElement(using: &random) ?? .communication,
                mayRetry: random.unit() < 0.5, refundsStrikes: random.unit() < 0.7,
                tieLimit: random.unit() < 0.5 ? 3 : nil, at: clock)
        case .reset:
            guard let job else { return false }
            return try await records.resetJob(job, from: builder, outcome: "reset", now: now)
        case .gather:
            guard let job else { return false }
            _ = try await records.beginGathering(job.build, on: builder, now: now)
        case .handOver:
            guard let job else { return false }
            try await records.handOver(job.build, leaf: "leaf", on: builder, now: now)
        case .finish:
            guard let job else { return false }
            let status =
                BuildStatus.allCases.filter { $0 != .uploading && $0 != .fullyBuilt }
                .randomElement(using: &random) ?? .failedToBuild
            try await records.finish(job.build, as: status, dependencies: "libx", on: builder, now: now)
        case .cancel: return try await records.requestCancel(build, now: now)
        case .markCancelled: try await records.markCancelled(build, now: now)
        case .retry:
            try await records.retry(build, score: Int64.random(in: 0..<100, using: &random), now: now)
        case .hold: try await records.setHeld(true, build: build)
        case .release: try await records.setHeld(false, build: build)
        case .score: try await records.setScore(5, of: build, isPinned: random.unit() < 0.5)
        case .clean:
            let status = random.unit() < 0.8 ? CleanStatus.clean : .cleaning
            return try await records.setCleanStatus(status, of: builder, now: now).cleanStatus == status
        case .enable: try await records.setBuilder(vitals.name, enabled: true, notes: nil, now: now)
        case .disable: try await records.setBuilder(vitals.name, enabled: false, notes: "off", now: now)
        case .accept: try await records.acceptUpload(build, binaries: [.sample()], uploadLog: nil, now: now)
        case .refuse: try await records.refuseUpload(build, uploadLog: nil, now: now)
        case .publish, .unpublish:
            try await records.setPublished(kind == .publish, source: Int64.random(in: 1...10, using: &random))
        case .build:
            guard builds.count < 80 else { return true }
            builds.append(try await farm.build("p\(Int.random(in: 0..<10, using: &random))"))
        case .logTail:
            guard let job else { return false }
            try await records.storeLogTails([(job.queueEntry, "make")])
        }
        return true
    }
}

extension BuildStatus {
    /// Whether the table, or one of the stated exceptions to it, allows what one operation did to a build.
    fileprivate func mayBecome(_ next: BuildStatus, by operation: RandomOperations.Kind) -> Bool {
        if mayChange(to: next) { return true }
        switch operation {
        case .fail: return next == .failedToBuild && self != .fullyBuilt
        // A retry bypasses the table; a superseded source takes its build out of GATHERING by way of NEEDSBUILD.
        case .retry: return self == .superseded && next == .needsBuild
        case .gather: return self == .gathering && next == .superseded
        default: return false
        }
    }
}
