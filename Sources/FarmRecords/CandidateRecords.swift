public import FarmModel
import Store

extension FarmRecords {
    /// What candidate vetting looks at (manager spec 5.1).
    public struct CandidateFacts: Hashable, Sendable {
        public var pocket: String
        public var isSourcePublished: Bool
        /// True when the series takes no more packages and the archive makes no exception of that.
        public var isSeriesObsolete: Bool

        public init(pocket: String, isSourcePublished: Bool, isSeriesObsolete: Bool = false) {
            self.pocket = pocket
            self.isSourcePublished = isSourcePublished
            self.isSeriesObsolete = isSeriesObsolete
        }
    }

    /// How many waiting jobs each kind of builder could take, keyed by processor (nil: any) and virtualisation.
    public struct WaitingGroup: Hashable, Sendable {
        public var processor: String?
        public var isVirtualized: Bool

        public init(processor: String?, isVirtualized: Bool) {
            self.processor = processor
            self.isVirtualized = isVirtualized
        }
    }

    /// The kinds of builder for which at least one job waits.
    public func waitingGroups() async throws -> Set<WaitingGroup> {
        try await store.read { tx in
            Set(
                try tx.query(
                    "SELECT DISTINCT processor, is_virtual FROM build_queue WHERE status = $1",
                    [.raw(QueueStatus.waiting)]
                ).map {
                    WaitingGroup(
                        processor: try $0.optionalText("processor"),
                        isVirtualized: try $0.bool("is_virtual"))
                })
        }
    }

    /// Takes the best waiting job for a builder: the job becomes RUNNING and BUILDING there and the builder
    /// DIRTY, in one step (invariants 2 and 3).
    ///
    /// Jobs come by score, highest first, then by id. A job that vetting ends is ended and the next one tried,
    /// up to the limit (manager spec 5.1).
    ///
    /// - Parameters:
    ///   - limit: candidates tried.
    ///   - matches: whether the builder may run the job (manager spec 1.6).
    ///   - vet: the status with which a job ends instead of being dispatched, or nil to go on.
    /// - Returns: nil when no job fits, or when the builder is no longer free, clean, enabled and automatic.
    public func takeCandidate(
        for builder: BuilderVitals, atMost limit: Int = 10, now: Instant,
        matches: @Sendable (JobRequirements) -> Bool,
        vet: @Sendable (CandidateFacts) -> BuildStatus?
    ) async throws -> DispatchPlan? {
        try await store.write { tx in
            let current = try Self.vitals(tx, of: builder.id)
            guard current.job == nil, current.isOK, !current.isManual, current.cleanStatus == .clean else {
                return nil
            }
            for _ in 0..<limit {
                guard let job = try Self.bestMatch(tx, current, matches: matches) else { return nil }
                if let end = vet(try Self.facts(tx, job.build)) {
                    guard !end.hasQueueEntry else {
                        throw FarmRecordsError(.illegalTransition, "a build cannot end as \(end.name)")
                    }
                    try Self.change(tx, job.build, to: end, now: now)
                    try tx.execute("DELETE FROM build_queue WHERE id = $1", [.id(job.queueEntry)])
                    continue
                }
                try Self.assign(tx, job, to: builder.id, now: now)
                return try Self.plan(tx, for: builder.id)
            }
            return nil
        }
    }

    private static func bestMatch(
        _ tx: any Transaction, _ builder: BuilderVitals, matches: (JobRequirements) -> Bool
    ) throws -> JobRequirements? {
        let page = 100
        var offset = 0
        let placeholders = builder.processors.indices.map { "$\($0 + 5)" }.joined(separator: ", ")
        let named = builder.processors.isEmpty ? "" : "OR processor IN (\(placeholders))"
        while true {
            let rows = try tx.query(
                """
                SELECT id, build, processor, is_virtual, constraints, score FROM build_queue
                WHERE status = $1 AND is_virtual = $2 AND (processor IS NULL \(named))
                ORDER BY score DESC, id LIMIT $3 OFFSET $4
                """,
                [
                    .raw(QueueStatus.waiting), .flag(builder.isVirtualized), .integer(Int64(page)),
                    .integer(Int64(offset)),
                ] + builder.processors.map { .text($0) })
            for row in rows {
                let job = JobRequirements(
                    queueEntry: QueueEntryID(try row.int("id")), build: BuildID(try row.int("build")),
                    processor: try row.optionalText("processor"), isVirtualized: try row.bool("is_virtual"),
                    constraints: try row.list("constraints"), score: try row.int("score"))
                if matches(job) { return job }
            }
            guard rows.count == page else { return nil }
            offset += page
        }
    }

    private static func facts(_ tx: any Transaction, _ build: BuildID) throws -> CandidateFacts {
        let rows = try tx.query(
            """
            SELECT b.pocket, s.is_published, a.permits_obsolete, e.is_obsolete FROM builds b
            JOIN sources s ON s.id = b.source JOIN archives a ON a.id = b.archive
            LEFT JOIN series e ON e.name = b.series WHERE b.id = $1
            """, [.id(build)])
        guard let row = rows.first else { throw FarmRecordsError(.notFound, "no build has the id \(build)") }
        return CandidateFacts(
            pocket: try row.text("pocket"), isSourcePublished: try row.bool("is_published"),
            isSeriesObsolete: try row.optionalBool("is_obsolete") == true
                && !row.bool("permits_obsolete"))
    }

    private static func assign(
        _ tx: any Transaction, _ job: JobRequirements, to builder: BuilderID, now: Instant
    ) throws {
        try tx.execute(
            "UPDATE build_queue SET status = $1, builder = $2, date_started = $3 WHERE id = $4",
            [.raw(QueueStatus.running), .id(builder), .time(now), .id(job.queueEntry)])
        try change(tx, job.build, to: .building, now: now)
        // A status that names a builder is refused to a build that has another one (manager spec 1.3).
        let named = try tx.execute(
            "UPDATE builds SET builder = $1 WHERE id = $2 AND builder IS NULL",
            [.id(builder), .id(job.build)])
        guard named == 1 else {
            throw FarmRecordsError(.corrupt, "build \(job.build) waits but names a builder")
        }
        try tx.execute(
            "UPDATE builders SET clean_status = $1, clean_status_changed = $2 WHERE id = $3",
            [.raw(CleanStatus.dirty), .time(now), .id(builder)])
        try tx.execute(
            "INSERT INTO attempts (build, builder, date_started) VALUES ($1, $2, $3)",
            [.id(job.build), .id(builder), .time(now)])
    }

    private static func plan(_ tx: any Transaction, for builder: BuilderID) throws -> DispatchPlan {
        guard let job = try vitals(tx, of: builder).job,
            let row = try tx.query(
                """
                SELECT b.series, b.pocket, b.architecture, b.is_arch_indep, b.is_virtual, s.id AS source,
                    s.name, s.version, s.component, a.id AS archive, a.distribution, a.purpose,
                    a.is_private, a.requires_virtual, a.build_token, a.archive_urls, a.trusted_keys,
                    a.build_debug_symbols, q.constraints, q.score, i.name AS image, i.sha1 AS image_sum
                FROM builds b JOIN sources s ON s.id = b.source JOIN archives a ON a.id = b.archive
                JOIN build_queue q ON q.build = b.id
                LEFT JOIN base_images i ON i.series = b.series AND i.architecture = b.architecture
                WHERE b.id = $1
                """, [.id(job.build)]
            ).first
        else { throw FarmRecordsError(.stale, "builder \(builder) lost the job it just took") }
        let isPrivate = try row.bool("is_private")
        let files = try tx.query(
            "SELECT name, sha1 FROM source_files WHERE source = $1 ORDER BY name",
            [.integer(try row.int("source"))]
        ).map { file in
            DispatchPlan.File(
                name: try file.text("name"), sum: try digest(file.text("sha1")), isRestricted: isPrivate)
        }
        let pocket = try row.text("pocket")
        let series = try row.text("series")
        let isClosed = try isClosed(tx, archive: row.int("archive"), series: series, pocket: pocket)
        let presented = try presentation(tx, row)
        return DispatchPlan(
            job: job, sourceName: try row.text("name"), sourceVersion: try row.text("version"),
            image: try row.optionalText("image").map {
                DispatchPlan.File(name: $0, sum: try digest(row.text("image_sum")))
            },
            files: files, distribution: try row.text("distribution"), series: series,
            suiteSuffix: pocket == "release" ? "" : "-" + pocket, architecture: try row.text("architecture"),
            isArchIndep: try row.bool("is_arch_indep"), archivePurpose: presented.purpose,
            component: presented.component, archiveURLs: try row.list("archive_urls"),
            trustedKeys: try row.list("trusted_keys"), isPrivate: isPrivate,
            fileToken: isPrivate ? try row.optionalText("build_token") : nil,
            buildDebugSymbols: try row.bool("build_debug_symbols"),
            constraints: try row.list("constraints"), isVirtualized: try row.bool("is_virtual"),
            score: try row.int("score"),
            objection: isClosed ? "\(series) (\(pocket)) takes no more packages" : nil)
    }

    /// As what archive and component a build is presented to its slave: a PPA that does not ask for virtual
    /// builders passes for the primary archive, with the component the package has there (manager spec 6).
    private static func presentation(_ tx: any Transaction, _ row: Row) throws
        -> (purpose: String, component: String)
    {
        let purpose = try row.text("purpose")
        guard purpose == "PPA", try !row.bool("requires_virtual") else {
            return (purpose, try row.text("component"))
        }
        let primary = try tx.query(
            """
            SELECT s.component FROM sources s JOIN archives a ON a.id = s.archive
            WHERE a.purpose = 'PRIMARY' AND a.distribution = $1 AND s.name = $2 AND s.is_published = 1
            ORDER BY s.id DESC LIMIT 1
            """, [.text(try row.text("distribution")), .text(try row.text("name"))]
        ).first
        return ("PRIMARY", try primary?.text("component") ?? "universe")
    }

    static func digest(_ text: String) throws -> SHA1Digest {
        guard let digest = SHA1Digest(text) else {
            throw FarmRecordsError(.corrupt, "'\(text)' is stored as a SHA-1 but is none")
        }
        return digest
    }
}
