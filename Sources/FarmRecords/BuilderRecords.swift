public import FarmModel
import Store

extension FarmRecords {
    /// All builders with their jobs, by name: the bulk refresh (manager spec 2).
    public func allVitals() async throws -> [BuilderVitals] {
        try await store.read { tx in try Self.vitals(tx, where: "", []) }
    }

    /// One builder with its job.
    ///
    /// - Throws: `FarmRecordsError` when there is no such builder.
    public func vitals(of builder: BuilderID) async throws -> BuilderVitals {
        try await store.read { tx in try Self.vitals(tx, of: builder) }
    }

    /// The builder's slave was seen clean, or must be cleaned, or is being cleaned. Nothing is stored when the
    /// builder has a job and would not be dirty (invariant 4).
    ///
    /// - Returns: the builder as it is now.
    public func setCleanStatus(_ status: CleanStatus, of builder: BuilderID, now: Instant) async throws
        -> BuilderVitals
    {
        try await store.write { tx in
            try tx.execute(
                """
                UPDATE builders SET clean_status = $1, clean_status_changed = $2 WHERE id = $3
                    AND ($1 = $4 OR NOT EXISTS (SELECT 1 FROM build_queue WHERE builder = $3))
                """,
                [.raw(status), .time(now), .id(builder), .raw(CleanStatus.dirty)])
            return try Self.vitals(tx, of: builder)
        }
    }

    /// Records the slave's package version, as seen while idle and clean (manager spec 3.1).
    public func noteVersion(_ version: String?, of builder: BuilderID) async throws {
        try await store.write { tx in
            _ = try tx.execute(
                "UPDATE builders SET version = $1 WHERE id = $2",
                [version.map { .foreign($0, limit: 200) } ?? .null, .id(builder)])
        }
    }

    /// Enables or disables a builder. Enabling clears its failure count and forces cleaning (invariant 31).
    ///
    /// - Throws: `FarmRecordsError` when there is no such builder.
    public func setBuilder(_ name: BuilderName, enabled: Bool, notes: String?, now: Instant) async throws {
        try await store.write { tx in
            guard
                let row = try tx.query("SELECT id FROM builders WHERE name = $1", [.text(name.rawValue)])
                    .first
            else { throw FarmRecordsError(.notFound, "no builder is named '\(name)'") }
            let builder = BuilderID(try row.int("id"))
            if enabled {
                try tx.execute(
                    """
                    UPDATE builders SET is_ok = 1, fail_notes = NULL, clean_status = $1,
                        clean_status_changed = $2 WHERE id = $3
                    """, [.raw(CleanStatus.dirty), .time(now), .id(builder)])
                try Self.clearFailures(tx, of: builder)
            } else {
                try tx.execute(
                    "UPDATE builders SET is_ok = 0, fail_notes = $1 WHERE id = $2",
                    [notes.map { .foreign($0, limit: 4096) } ?? .null, .id(builder)])
            }
        }
    }

    /// Switches automatic dispatch to a builder off or on.
    ///
    /// - Throws: `FarmRecordsError` when there is no such builder.
    public func setBuilder(_ name: BuilderName, manual: Bool) async throws {
        try await store.write { tx in
            let changed = try tx.execute(
                "UPDATE builders SET is_manual = $1 WHERE name = $2", [.flag(manual), .text(name.rawValue)])
            guard changed == 1 else { throw FarmRecordsError(.notFound, "no builder is named '\(name)'") }
        }
    }

    /// The builder did something right: its failures no longer count (invariant 25).
    public func clearFailures(of builder: BuilderID) async throws {
        try await store.write { tx in try Self.clearFailures(tx, of: builder) }
    }

    static func vitals(_ tx: any Transaction, of builder: BuilderID) throws -> BuilderVitals {
        guard let vitals = try Self.vitals(tx, where: "WHERE b.id = $1", [.id(builder)]).first else {
            throw FarmRecordsError(.notFound, "no builder has the id \(builder)")
        }
        return vitals
    }

    static func vitals(_ tx: any Transaction, where condition: String, _ arguments: [SQLValue]) throws
        -> [BuilderVitals]
    {
        let processors = Dictionary(
            grouping: try tx.query(
                """
                SELECT p.builder, p.processor FROM builder_processors p JOIN builders b ON b.id = p.builder
                \(condition) ORDER BY p.builder, p.processor
                """, arguments
            ).map { (try $0.int("builder"), try $0.text("processor")) }, by: { $0.0 })
        return try tx.query(
            """
            SELECT b.id, b.name, b.url, b.is_virtual, b.vm_host, b.reset_protocol, b.open_resources,
                b.restricted_resources, b.is_ok, b.is_manual, b.clean_status, b.clean_status_changed,
                b.failure_count, b.version, q.id AS queue, q.status AS queue_status,
                q.date_started AS job_started, q.processor AS job_processor, j.id AS build, j.job_type, j.status AS build_status,
                j.failure_count AS job_failures
            FROM builders b LEFT JOIN build_queue q ON q.builder = b.id LEFT JOIN builds j ON j.id = q.build
            \(condition) ORDER BY b.name
            """, arguments
        ).map { row in
            guard let name = BuilderName(try row.text("name")) else {
                throw FarmRecordsError(
                    .corrupt, "a builder has the impossible name '\(try row.text("name"))'")
            }
            return BuilderVitals(
                id: BuilderID(try row.int("id")), name: name, url: try row.text("url"),
                processors: processors[try row.int("id")]?.map(\.1) ?? [],
                isVirtualized: try row.bool("is_virtual"), vmHost: try row.optionalText("vm_host"),
                resetProtocol: try row.optionalChoice("reset_protocol"),
                openResources: try row.list("open_resources"),
                restrictedResources: try row.list("restricted_resources"), isOK: try row.bool("is_ok"),
                isManual: try row.bool("is_manual"), cleanStatus: try row.choice("clean_status"),
                cleanStatusChanged: try row.time("clean_status_changed"),
                failureCount: Int(try row.int("failure_count")), version: try row.optionalText("version"),
                job: try jobVitals(row))
        }
    }

    /// The job columns of a row, nil when the builder has none.
    private static func jobVitals(_ row: Row) throws -> JobVitals? {
        guard let queue = try row.optionalInt("queue") else { return nil }
        let queueStatus: QueueStatus = try row.choice("queue_status")
        return JobVitals(
            queueEntry: QueueEntryID(queue),
            cookie: BuildCookie(jobType: try jobType(row), build: BuildID(try row.int("build"))),
            isCancelling: queueStatus == .cancelling, failureCount: Int(try row.int("job_failures")),
            status: try row.choice("build_status"), startedAt: try row.optionalTime("job_started"),
            processor: try row.optionalText("job_processor"))
    }

    static func jobType(_ row: Row) throws -> JobType {
        let text = try row.text("job_type")
        guard let type = JobType(rawValue: text) else {
            throw FarmRecordsError(.corrupt, "a build has the unknown job type '\(text)'")
        }
        return type
    }
}
