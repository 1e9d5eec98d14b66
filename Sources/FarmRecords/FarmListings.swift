public import FarmModel
import Store

/// A builder as people list it.
public struct BuilderListing: Hashable, Sendable {
    public var vitals: BuilderVitals
    public var failNotes: String?
    /// The running job, as `BuildTitle` names it.
    public var jobTitle: String?
}

/// A build as people list it.
public struct BuildListing: Hashable, Sendable {
    public var build: BuildID
    public var cookie: BuildCookie
    public var sourceName: String
    public var sourceVersion: String
    public var architecture: String
    public var status: BuildStatus
    public var builder: String?
    public var failureCount: Int
    public var score: Int64?
    public var dateCreated: Instant
    public var dateStarted: Instant?
    public var dateFinished: Instant?
    public var dependencies: String?
    public var log: SHA1Digest?
    public var uploadLog: SHA1Digest?
    public var logTail: String?
    public var attempts: Int
    public var binaries: Int

    /// What people and expectations call the build.
    public var title: String {
        BuildTitle.make(source: sourceName, version: sourceVersion, architecture: architecture)
    }
}

/// One dispatch of a build to a builder.
public struct AttemptListing: Hashable, Sendable {
    public var builder: String
    public var dateStarted: Instant
    public var dateFinished: Instant?
    public var strikes: Int
    public var outcome: String?
}

/// A verdict as people list it.
public struct VerdictListing: Hashable, Sendable {
    public var date: Instant
    public var builder: String
    public var build: BuildID?
    public var cause: String
    public var message: String
    public var builderCount: Int
    public var jobCount: Int
    public var builderAction: String
    public var jobAction: String
    public var explanation: String
}

extension FarmRecords {
    /// All builders by name, with what they do.
    public func builderListings() async throws -> [BuilderListing] {
        try await store.read { tx in
            let all = try Self.vitals(tx, where: "", [])
            let titles = try Self.builds(tx, where: "WHERE q.builder IS NOT NULL", [])
                .reduce(into: [BuildID: String]()) { $0[$1.build] = $1.title }
            let notes = try tx.query("SELECT id, fail_notes FROM builders WHERE fail_notes IS NOT NULL")
                .reduce(into: [Int64: String]()) { $0[try $1.int("id")] = try $1.text("fail_notes") }
            return all.map {
                BuilderListing(
                    vitals: $0, failNotes: notes[$0.id.rawValue],
                    jobTitle: $0.job.flatMap { titles[$0.build] })
            }
        }
    }

    /// Builds by id, optionally those in one status.
    public func builds(in status: BuildStatus? = nil) async throws -> [BuildListing] {
        try await store.read { tx in
            try Self.builds(
                tx, where: status == nil ? "" : "WHERE b.status = $1", status.map { [.raw($0)] } ?? [])
        }
    }

    /// One build, or nil.
    public func build(_ build: BuildID) async throws -> BuildListing? {
        try await store.read { tx in try Self.builds(tx, where: "WHERE b.id = $1", [.id(build)]).first }
    }

    private static func builds(_ tx: any Transaction, where condition: String, _ arguments: [SQLValue]) throws
        -> [BuildListing]
    {
        try tx.query(
            """
            SELECT b.id, b.job_type, s.name, s.version, b.architecture, b.status, w.name AS builder,
                b.failure_count, q.score, q.logtail, b.date_created, b.date_started, b.date_finished,
                b.dependencies, b.log, b.upload_log,
                (SELECT COUNT(*) FROM attempts t WHERE t.build = b.id) AS attempts,
                (SELECT COUNT(*) FROM binaries p WHERE p.build = b.id) AS binaries
            FROM builds b JOIN sources s ON s.id = b.source LEFT JOIN builders w ON w.id = b.builder
            LEFT JOIN build_queue q ON q.build = b.id \(condition) ORDER BY b.id
            """, arguments
        ).map { row in
            let id = BuildID(try row.int("id"))
            return BuildListing(
                build: id, cookie: BuildCookie(jobType: try jobType(row), build: id),
                sourceName: try row.text("name"), sourceVersion: try row.text("version"),
                architecture: try row.text("architecture"), status: try row.choice("status"),
                builder: try row.optionalText("builder"), failureCount: Int(try row.int("failure_count")),
                score: try row.optionalInt("score"), dateCreated: try row.time("date_created"),
                dateStarted: try row.optionalTime("date_started"),
                dateFinished: try row.optionalTime("date_finished"),
                dependencies: try row.optionalText("dependencies"),
                log: try row.optionalText("log").map { try digest($0) },
                uploadLog: try row.optionalText("upload_log").map { try digest($0) },
                logTail: try row.optionalText("logtail"), attempts: Int(try row.int("attempts")),
                binaries: Int(try row.int("binaries")))
        }
    }

    /// The dispatches of a build, oldest first.
    public func attempts(of build: BuildID) async throws -> [AttemptListing] {
        try await store.read { tx in
            try tx.query(
                """
                SELECT w.name, t.date_started, t.date_finished, t.strikes, t.outcome FROM attempts t
                JOIN builders w ON w.id = t.builder WHERE t.build = $1 ORDER BY t.id
                """, [.id(build)]
            ).map { row in
                AttemptListing(
                    builder: try row.text("name"), dateStarted: try row.time("date_started"),
                    dateFinished: try row.optionalTime("date_finished"), strikes: Int(try row.int("strikes")),
                    outcome: try row.optionalText("outcome"))
            }
        }
    }

    /// The newest verdicts first, at most `limit`; of one builder or build when given.
    public func verdicts(builder: BuilderID? = nil, build: BuildID? = nil, limit: Int = 100) async throws
        -> [VerdictListing]
    {
        // The engines differ in what type they take a lone NULL for, so only what was asked for is compared.
        let ids = [("v.builder", builder?.rawValue), ("v.build", build?.rawValue)].compactMap { column, id in
            id.map { (column, $0) }
        }
        let condition = ids.enumerated().map { "\($0 == 0 ? "WHERE" : "AND") \($1.0) = $\($0 + 2)" }
            .joined(separator: " ")
        return try await store.read { tx in
            try tx.query(
                """
                SELECT v.*, w.name AS builder_name FROM verdicts v JOIN builders w ON w.id = v.builder
                \(condition) ORDER BY v.id DESC LIMIT $1
                """, [.integer(Int64(limit))] + ids.map { .integer($0.1) }
            ).map { row in
                VerdictListing(
                    date: try row.time("date_created"), builder: try row.text("builder_name"),
                    build: try row.optionalInt("build").map { BuildID($0) }, cause: try row.text("cause"),
                    message: try row.text("message"), builderCount: Int(try row.int("builder_count")),
                    jobCount: Int(try row.int("job_count")), builderAction: try row.text("builder_action"),
                    jobAction: try row.text("job_action"), explanation: try row.text("explanation"))
            }
        }
    }

    /// The binaries of a build, by file name.
    public func binaries(of build: BuildID) async throws -> [BinaryRecord] {
        try await store.read { tx in
            try tx.query(
                "SELECT * FROM binaries WHERE build = $1 ORDER BY file_name", [.id(build)]
            ).map { row in
                guard let sha256 = SHA256Digest(try row.text("sha256")) else {
                    throw FarmRecordsError(.corrupt, "a binary of build \(build) has a SHA-256 that is none")
                }
                return BinaryRecord(
                    name: try row.text("name"), version: try row.text("version"),
                    architecture: try row.text("architecture"), kind: try row.text("kind"),
                    component: try row.text("component"), section: try row.text("section"),
                    priority: try row.text("priority"), fileName: try row.text("file_name"),
                    sha1: try Self.digest(row.text("sha1")), sha256: sha256, size: try row.int("size"))
            }
        }
    }

    /// How many queue entries wait, run or are being cancelled.
    public func queueLength() async throws -> Int {
        try await store.read { tx in
            Int(try tx.query("SELECT COUNT(*) AS n FROM build_queue", [])[0].int("n"))
        }
    }
}
