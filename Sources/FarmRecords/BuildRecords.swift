public import FarmModel
import Store

extension FarmRecords {
    /// Stores the build's log, by the sum under which the library holds it.
    ///
    /// - Throws: `FarmRecordsError` when there is no such build.
    public func storeLog(_ sum: SHA1Digest, of build: BuildID) async throws {
        try await store.write { tx in
            let changed = try tx.execute(
                "UPDATE builds SET log = $1 WHERE id = $2", [.text(sum.description), .id(build)])
            guard changed == 1 else { throw FarmRecordsError(.notFound, "no build has the id \(build)") }
            try Self.registerBuildFile(tx, sum, of: build)
        }
    }

    /// Whether a finished build's files are still wanted.
    public enum GatheringDecision: Hashable, Sendable {
        /// The build is GATHERING; its files belong below this archive and distribution (manager spec 7).
        case gather(archive: Int64, distribution: String)
        /// The source is no longer published: the build is SUPERSEDED and its queue entry gone.
        case superseded
    }

    /// Begins the collection of a good build (manager spec 7, steps 2 to 5).
    ///
    /// - Parameter clearsFailures: whether a good build speaks for its builder (deviation D3).
    /// - Throws: `FarmRecordsError`: `stale` when the builder does not have the job any more, `illegalTransition`
    ///   when the build's status does not allow it or its suite has been closed.
    public func beginGathering(
        _ build: BuildID, on builder: BuilderID, clearsFailures: Bool = true, now: Instant
    ) async throws -> GatheringDecision {
        try await store.write { tx in
            try Self.requireAssigned(tx, build, to: builder)
            guard
                let row = try tx.query(
                    """
                    SELECT b.status, b.series, b.pocket, s.is_published, a.id AS archive, a.distribution
                    FROM builds b JOIN sources s ON s.id = b.source JOIN archives a ON a.id = b.archive
                    WHERE b.id = $1
                    """, [.id(build)]
                ).first
            else { throw FarmRecordsError(.notFound, "no build has the id \(build)") }
            guard try row.bool("is_published") else {
                // An earlier attempt at collecting leaves GATHERING, from where only NEEDSBUILD leads on.
                if try row.choice("status") == BuildStatus.gathering {
                    try Self.change(tx, build, to: .needsBuild, now: now)
                }
                try Self.finish(
                    tx, build, as: .superseded, on: builder, clearsFailures: clearsFailures, now: now)
                return .superseded
            }
            let archive = try row.int("archive")
            let suite = (series: try row.text("series"), pocket: try row.text("pocket"))
            guard try !Self.isClosed(tx, archive: archive, series: suite.series, pocket: suite.pocket) else {
                throw FarmRecordsError(
                    .illegalTransition,
                    "build \(build) is for \(suite.series) (\(suite.pocket)), which has been closed")
            }
            try Self.change(tx, build, to: .gathering, now: now)
            return .gather(archive: archive, distribution: try row.text("distribution"))
        }
    }

    /// All files of a good build lie complete and checked in the leaf: the build becomes UPLOADING and its queue
    /// entry goes, before the leaf is moved (invariant 46).
    ///
    /// - Throws: `FarmRecordsError` as `beginGathering`.
    public func handOver(
        _ build: BuildID, leaf: String, on builder: BuilderID, clearsFailures: Bool = true, now: Instant
    ) async throws {
        try await store.write { tx in
            try Self.finish(
                tx, build, as: .uploading, on: builder, clearsFailures: clearsFailures, now: now)
            try tx.execute("UPDATE builds SET upload_leaf = $1 WHERE id = $2", [.text(leaf), .id(build)])
        }
    }

    /// Ends a build that leaves nothing to upload: failed, waiting for a dependency, for a base image, …
    ///
    /// - Parameter dependencies: stored for MANUALDEPWAIT, cleared otherwise.
    /// - Throws: `FarmRecordsError`: `stale` when the builder does not have the job any more, `illegalTransition`
    ///   when the build's status does not allow it.
    public func finish(
        _ build: BuildID, as status: BuildStatus, dependencies: String? = nil, on builder: BuilderID,
        clearsFailures: Bool = true, now: Instant
    ) async throws {
        try await store.write { tx in
            try Self.finish(
                tx, build, as: status, dependencies: dependencies, on: builder,
                clearsFailures: clearsFailures, now: now)
        }
    }

    /// Leaves of builds that are UPLOADING: their move into the queue may have been cut short by a crash.
    public func uploadingLeaves() async throws -> [(build: BuildID, leaf: String)] {
        try await store.read { tx in
            try tx.query(
                "SELECT id, upload_leaf FROM builds WHERE status = $1 AND upload_leaf IS NOT NULL ORDER BY id",
                [.raw(BuildStatus.uploading)]
            ).map { (BuildID(try $0.int("id")), try $0.text("upload_leaf")) }
        }
    }

    /// Changes a build's status and the dates that follow from it (manager spec 1.3, 1.4).
    ///
    /// - Parameter force: the one caller that may break the table is the verdict against a job, which still
    ///   leaves FULLYBUILT alone (manager spec 11.4).
    static func change(
        _ tx: any Transaction, _ build: BuildID, to status: BuildStatus, dependencies: String? = nil,
        force: Bool = false, now: Instant
    ) throws {
        guard let row = try tx.query("SELECT status FROM builds WHERE id = $1", [.id(build)]).first else {
            throw FarmRecordsError(.notFound, "no build has the id \(build)")
        }
        let current: BuildStatus = try row.choice("status")
        guard current.mayChange(to: status) || (force && current != .fullyBuilt) else {
            throw FarmRecordsError(
                .illegalTransition,
                "build \(build) is \(current.name) and may not become \(status.name)")
        }
        try tx.execute(
            "UPDATE builds SET status = $1, dependencies = $2 WHERE id = $3",
            [
                .raw(status),
                status == .manualDepWait ? dependencies.map { .foreign($0, limit: 8192) } ?? .null : .null,
                .id(build),
            ])
        switch status {
        case .building:
            try tx.execute(
                """
                UPDATE builds SET date_started = COALESCE(date_started, $1),
                    date_first_dispatched = COALESCE(date_first_dispatched, $1) WHERE id = $2
                """, [.time(now), .id(build)])
        case .needsBuild, .gathering, .cancelling:
            break
        default:
            try tx.execute(
                "UPDATE builds SET date_finished = COALESCE(date_finished, $1) WHERE id = $2",
                [.time(now), .id(build)])
        }
    }

    /// Ends a build for the manager: final status or UPLOADING, queue entry gone, attempt closed.
    ///
    /// Only a good build speaks for its builder, whose failures then no longer count (invariant 25, deviation D3);
    /// what is the job's own fault touches no count (invariant 28).
    private static func finish(
        _ tx: any Transaction, _ build: BuildID, as status: BuildStatus, dependencies: String? = nil,
        on builder: BuilderID, clearsFailures: Bool, now: Instant
    ) throws {
        guard !status.hasQueueEntry else {
            throw FarmRecordsError(.illegalTransition, "a build cannot end as \(status.name)")
        }
        try requireAssigned(tx, build, to: builder)
        try change(tx, build, to: status, dependencies: dependencies, now: now)
        try tx.execute("DELETE FROM build_queue WHERE build = $1", [.id(build)])
        try closeAttempt(tx, build, outcome: status.name, now: now)
        if clearsFailures, status == .uploading || status == .superseded {
            try Self.clearFailures(tx, of: builder)
        }
    }

    /// What a scan does to a job must not hit a job that was taken from its builder meanwhile.
    ///
    /// - Throws: `stale`.
    static func requireAssigned(_ tx: any Transaction, _ build: BuildID, to builder: BuilderID) throws {
        let entries = try tx.query(
            "SELECT id FROM build_queue WHERE build = $1 AND builder = $2", [.id(build), .id(builder)])
        guard !entries.isEmpty else {
            throw FarmRecordsError(.stale, "build \(build) is not on builder \(builder) any more")
        }
    }

    /// Whether a suite of an archive takes no more packages (manager spec 6 and 7).
    static func isClosed(_ tx: any Transaction, archive: Int64, series: String, pocket: String) throws -> Bool
    {
        try !tx.query(
            "SELECT archive FROM closed_suites WHERE archive = $1 AND series = $2 AND pocket = $3",
            [.integer(archive), .text(series), .text(pocket)]
        ).isEmpty
    }

    static func closeAttempt(_ tx: any Transaction, _ build: BuildID, outcome: String, now: Instant) throws {
        try tx.execute(
            """
            UPDATE attempts SET date_finished = $1, outcome = $2 WHERE build = $3 AND date_finished IS NULL
            """, [.time(now), .foreign(outcome, limit: 1000), .id(build)])
    }

    /// A file the library holds on behalf of a build is as private as the build's archive.
    static func registerBuildFile(_ tx: any Transaction, _ sum: SHA1Digest, of build: BuildID) throws {
        try tx.execute(
            """
            INSERT INTO library_files (sha1, archive, is_restricted)
            SELECT $1, a.id, a.is_private FROM builds b JOIN archives a ON a.id = b.archive WHERE b.id = $2
            ON CONFLICT DO NOTHING
            """, [.text(sum.description), .id(build)])
    }
}
