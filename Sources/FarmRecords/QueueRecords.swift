public import FarmModel
import Store

extension FarmRecords {
    /// Takes a job away from its builder and puts it back to its old place in the queue (manager spec 1.2): score,
    /// id and failure count stay, builder, start time and log tail go. A job that is being cancelled is
    /// cancelled instead (invariant 49).
    ///
    /// - Parameter builder: the builder that is to lose the job; nil: whichever has it.
    /// - Returns: false when the job was not assigned there any more.
    @discardableResult
    public func resetJob(_ job: JobVitals, from builder: BuilderID? = nil, outcome: String, now: Instant)
        async throws -> Bool
    {
        try await store.write { tx in
            try Self.resetJob(tx, job, from: builder, outcome: outcome, now: now)
        }
    }

    @discardableResult
    static func resetJob(
        _ tx: any Transaction, _ job: JobVitals, from builder: BuilderID?, outcome: String, now: Instant
    ) throws -> Bool {
        guard
            let entry = try tx.query(
                "SELECT status, builder FROM build_queue WHERE id = $1 AND builder IS NOT NULL",
                [.id(job.queueEntry)]
            ).first, try builder == nil || entry.int("builder") == builder?.rawValue
        else { return false }
        if try entry.choice("status") == QueueStatus.cancelling {
            try cancelled(tx, job.build, now: now)
            return true
        }
        try tx.execute(
            """
            UPDATE build_queue SET status = $1, builder = NULL, date_started = NULL, logtail = NULL WHERE id = $2
            """, [.raw(QueueStatus.waiting), .id(job.queueEntry)])
        try change(tx, job.build, to: .needsBuild, now: now)
        try tx.execute(
            "UPDATE builds SET builder = NULL, date_started = NULL WHERE id = $1", [.id(job.build)])
        try closeAttempt(tx, job.build, outcome: outcome, now: now)
        return true
    }

    /// Asks for a build to be cancelled: at once when it waits, through its builder when it runs, not at all in
    /// any other status (manager spec 1.3).
    ///
    /// - Returns: whether anything was done.
    @discardableResult
    public func requestCancel(_ build: BuildID, now: Instant) async throws -> Bool {
        try await store.write { tx in
            guard
                let row = try tx.query(
                    """
                    SELECT q.status AS queue_status, b.status FROM build_queue q JOIN builds b ON b.id = q.build
                    WHERE b.id = $1
                    """, [.id(build)]
                ).first
            else { return false }
            let status: BuildStatus = try row.choice("status")
            guard status == .needsBuild || status == .building else { return false }
            switch try row.choice("queue_status") as QueueStatus {
            case .waiting:
                try Self.cancelled(tx, build, now: now)
            case .running:
                try tx.execute(
                    "UPDATE build_queue SET status = $1 WHERE build = $2",
                    [.raw(QueueStatus.cancelling), .id(build)])
                try Self.change(tx, build, to: .cancelling, now: now)
            case .cancelling, .suspended:
                return false
            }
            return true
        }
    }

    /// The job that was to be cancelled left its builder.
    ///
    /// - Throws: `FarmRecordsError`: `stale` when nobody asked for the build to be cancelled, or it has ended.
    public func markCancelled(_ build: BuildID, now: Instant) async throws {
        try await store.write { tx in
            guard
                let row = try tx.query("SELECT status FROM builds WHERE id = $1", [.id(build)]).first
            else { throw FarmRecordsError(.notFound, "no build has the id \(build)") }
            let status: BuildStatus = try row.choice("status")
            guard status == .cancelling else {
                throw FarmRecordsError(.stale, "build \(build) is \(status.name) and not being cancelled")
            }
            try Self.cancelled(tx, build, now: now)
        }
    }

    static func cancelled(_ tx: any Transaction, _ build: BuildID, now: Instant) throws {
        try change(tx, build, to: .cancelled, now: now)
        try tx.execute("DELETE FROM build_queue WHERE build = $1", [.id(build)])
        try closeAttempt(tx, build, outcome: BuildStatus.cancelled.name, now: now)
    }

    /// Makes a finished build that may be retried wait again, with a clean slate (manager spec 1.3). What the job
    /// asks of a builder stays; whether it is virtual is asked anew unless a person chose.
    ///
    /// - Throws: `FarmRecordsError` when the build's status does not allow a retry, or its suite has been closed.
    public func retry(_ build: BuildID, score: Int64, now: Instant) async throws {
        try await store.write { tx in
            guard
                let row = try tx.query(
                    """
                    SELECT archive, series, pocket, status, processor, wants_virtual, constraints FROM builds
                    WHERE id = $1
                    """, [.id(build)]
                ).first
            else { throw FarmRecordsError(.notFound, "no build has the id \(build)") }
            let status: BuildStatus = try row.choice("status")
            guard status.mayBeRetried else {
                throw FarmRecordsError(
                    .illegalTransition, "build \(build) is \(status.name) and cannot be retried")
            }
            let archive = try row.int("archive")
            let suite = (series: try row.text("series"), pocket: try row.text("pocket"))
            guard try !Self.isClosed(tx, archive: archive, series: suite.series, pocket: suite.pocket) else {
                throw FarmRecordsError(
                    .illegalTransition,
                    "build \(build) is for \(suite.series) (\(suite.pocket)), which has been closed")
            }
            let processor = try row.optionalText("processor")
            let isVirtual =
                try row.optionalBool("wants_virtual")
                ?? Self.mustBeVirtual(tx, archive: archive, processor: processor)
            try tx.execute(
                """
                UPDATE builds SET status = $1, is_virtual = $2, builder = NULL, date_started = NULL,
                    date_finished = NULL, log = NULL, upload_log = NULL, upload_leaf = NULL,
                    dependencies = NULL, failure_count = 0 WHERE id = $3
                """, [.raw(BuildStatus.needsBuild), .flag(isVirtual), .id(build)])
            try tx.execute(
                "UPDATE attempts SET job_strikes = 0 WHERE build = $1 AND job_strikes > 0", [.id(build)])
            try Self.enqueue(
                tx, build, score: score, processor: processor, isVirtual: isVirtual,
                constraints: row.list("constraints"))
        }
    }

    /// Stores the newest log tail of many jobs in one transaction; entries that are gone are skipped (manager
    /// spec 10).
    public func storeLogTails(_ tails: [(entry: QueueEntryID, text: String)]) async throws {
        try await store.write { tx in
            for (entry, text) in tails {
                try tx.execute(
                    "UPDATE build_queue SET logtail = $1 WHERE id = $2 AND builder IS NOT NULL",
                    [.foreign(text, limit: 65_536), .id(entry)])
            }
        }
    }

    /// Holds a waiting job back, or lets a held one go on (manager spec 1.2, "suspend" and "resume").
    ///
    /// - Throws: `FarmRecordsError`: `illegalTransition` when the job is neither WAITING nor SUSPENDED as asked.
    public func setHeld(_ isHeld: Bool, build: BuildID) async throws {
        let (from, to): (QueueStatus, QueueStatus) =
            isHeld ? (.waiting, .suspended) : (.suspended, .waiting)
        try await store.write { tx in
            let changed = try tx.execute(
                "UPDATE build_queue SET status = $1 WHERE build = $2 AND status = $3",
                [.raw(to), .id(build), .raw(from)])
            guard changed == 1 else {
                throw FarmRecordsError(.illegalTransition, "build \(build) is not \(from.name) in the queue")
            }
        }
    }

    /// Gives a waiting build another score. One that a person pinned stays unless it is pinned anew (manager
    /// spec 1.2, "manual score", and 1.3).
    ///
    /// - Returns: false when the score is pinned and stays.
    /// - Throws: `FarmRecordsError`: `illegalTransition` when the build is not NEEDSBUILD.
    @discardableResult
    public func setScore(_ score: Int64, of build: BuildID, isPinned: Bool) async throws -> Bool {
        try await store.write { tx in
            guard
                let row = try tx.query(
                    """
                    SELECT q.is_score_manual FROM build_queue q JOIN builds b ON b.id = q.build
                    WHERE b.id = $1 AND b.status = $2
                    """, [.id(build), .raw(BuildStatus.needsBuild)]
                ).first
            else {
                throw FarmRecordsError(.illegalTransition, "build \(build) does not wait, so it has no score")
            }
            guard try isPinned || !row.bool("is_score_manual") else { return false }
            try tx.execute(
                "UPDATE build_queue SET score = $1, is_score_manual = $2 WHERE build = $3",
                [.integer(score), .flag(isPinned), .id(build)])
            return true
        }
    }
}
