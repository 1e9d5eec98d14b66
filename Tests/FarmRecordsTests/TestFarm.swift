import BuildManager
import FarmModel
import FarmRecords
import Store
import TestSupport
import Testing

/// The records of a small farm in a file of its own, with a clock that the test moves.
final class TestFarm: Sendable {
    let records: FarmRecords
    private let directory: ScratchDirectory
    let archive: Int64
    let start = Instant(seconds: 1_783_296_000)

    init() async throws {
        directory = try ScratchDirectory()
        records = try FarmRecords.open(
            path: directory.path("farm.sqlite"), options: StoreOptions(durability: .processCrash))
        archive = try await records.enter(archive: ArchiveEntry(name: "primary", requiresVirtualized: false))
        try await records.enter(
            image: .init(name: "chroot-noble-amd64.tar.gz", sum: try .of(1)), series: "noble",
            architecture: "amd64")
    }

    /// The same file, opened once more: another process, or this one after a crash.
    func reopened() throws -> FarmRecords {
        try FarmRecords.open(
            path: directory.path("farm.sqlite"), options: StoreOptions(durability: .processCrash))
    }

    /// A time some seconds after the start.
    func at(_ seconds: Int64) -> Instant { start + .seconds(seconds) }

    /// Enters a builder and makes it clean.
    @discardableResult
    func builder(
        _ name: String, processors: [String] = ["amd64"], open: [String] = [], restricted: [String] = [],
        isVirtual: Bool = false, isClean: Bool = true
    ) async throws -> BuilderID {
        let id = try await records.enter(
            builder: BuilderVitals(
                id: BuilderID(0), name: try .named(name), url: "http://\(name):8221", processors: processors,
                isVirtualized: isVirtual, vmHost: isVirtual ? name : nil, openResources: open,
                restrictedResources: restricted, cleanStatus: .dirty), now: start)
        if isClean { _ = try await records.setCleanStatus(.clean, of: id, now: start) }
        return id
    }

    /// Enters a source package and one build of it.
    @discardableResult
    func build(
        _ name: String = "hello", archive: Int64? = nil, pocket: String = "release",
        processor: String? = "amd64",
        isVirtual: Bool? = false, constraints: [String] = [], score: Int64 = 1000
    ) async throws -> BuildID {
        let source = try await source(name, archive: archive)
        return try await records.enter(
            build: BuildEntry(
                source: source, series: "noble", pocket: pocket, architecture: "amd64", processor: processor,
                isVirtualized: isVirtual, constraints: constraints, score: score), now: start)
    }

    @discardableResult
    func source(_ name: String, archive: Int64? = nil, component: String = "main") async throws -> Int64 {
        try await records.enter(
            source: SourceEntry(
                archive: archive ?? self.archive, name: name, version: "1.0", component: component,
                files: [.init(name: "\(name)_1.0.dsc", sum: try .of(2), size: 10)]))
    }

    /// Lets a builder take its best job, by the rules of the manager.
    func take(_ builder: BuilderID, at seconds: Int64 = 1) async throws -> DispatchPlan? {
        let vitals = try await records.vitals(of: builder)
        return try await records.takeCandidate(
            for: vitals, now: at(seconds), matches: { Candidates.matches($0, vitals) },
            vet: {
                Candidates.vet(
                    pocket: $0.pocket, isSourcePublished: $0.isSourcePublished,
                    isSeriesObsolete: $0.isSeriesObsolete)
            })
    }

    /// A builder with a job.
    @discardableResult
    func assigned(_ builder: String = "bob", build: BuildID? = nil) async throws -> (BuilderID, JobVitals) {
        if build == nil { try await self.build() }
        let id = try await self.builder(builder)
        return (id, try #require(try await take(id)).job)
    }

    /// Fails a scan of a builder and lets the rule of 2023 judge.
    @discardableResult
    func fail(
        _ builder: BuilderID, job: JobVitals? = nil, cause: FailureReport.Cause = .communication,
        mayRetry: Bool = false, refundsStrikes: Bool = true, tieLimit: Int? = nil, at seconds: Int64 = 2
    ) async throws -> AppliedVerdict {
        let assigned = try await records.vitals(of: builder).job
        let report = FailureReport(
            builder: builder, job: job ?? assigned, cause: cause, message: "it broke", mayRetry: mayRetry)
        let policy = CurrentPolicy(tieLimit: tieLimit)
        return try await records.recordFailure(report, refundsStrikes: refundsStrikes, now: at(seconds)) {
            policy.judge(report, builderCount: $0, jobCount: $1)
        }
    }

    /// Brings a build to the state of a good one that waits for its upload.
    func uploading(_ builder: String = "bob") async throws -> BuildID {
        let (id, job) = try await assigned(builder)
        _ = try await records.beginGathering(job.build, on: id, now: at(3))
        try await records.handOver(job.build, leaf: "leaf-\(job.cookie)", on: id, now: at(4))
        return job.build
    }

    func status(_ build: BuildID) async throws -> BuildStatus {
        try #require(try await records.build(build)).status
    }

    func failures(of builder: BuilderID) async throws -> Int {
        try await records.vitals(of: builder).failureCount
    }

    func failures(of build: BuildID) async throws -> Int {
        try #require(try await records.build(build)).failureCount
    }

    /// Expects that nothing in the records contradicts anything else.
    func expectSound(_ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation)
        async throws
    {
        let findings = try await records.audit()
        #expect(findings == [], comment, sourceLocation: sourceLocation)
    }
}

extension SHA1Digest {
    /// A digest that is told from others by its first byte.
    static func of(_ byte: UInt8) throws -> SHA1Digest {
        try #require(SHA1Digest(bytes: [byte] + [UInt8](repeating: 0, count: 19)))
    }
}

extension BuilderName {
    static func named(_ text: String) throws -> BuilderName { try #require(BuilderName(text)) }
}

extension BinaryRecord {
    static func sample(_ name: String = "hello") throws -> BinaryRecord {
        BinaryRecord(
            name: name, version: "1.0", architecture: "amd64", kind: "deb", component: "main",
            section: "misc",
            priority: "optional", fileName: "\(name)_1.0_amd64.deb", sha1: try .of(9),
            sha256: try #require(SHA256Digest(bytes: [UInt8](repeating: 9, count: 32))), size: 4096)
    }
}

/// The code of the refusal that `body` ends in.
func refusal<T: Sendable>(_ body: () async throws -> T) async -> FarmRecordsError.Code? {
    do {
        _ = try await body()
        return nil
    } catch {
        return (error as? FarmRecordsError)?.code
    }
}
