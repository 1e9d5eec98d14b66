public import FarmModel
import Store

extension FarmRecords {
    /// Counts a failure against its builder and job, lets `judge` decide on the counts after the increment, and
    /// carries the verdict out, all in one transaction (manager spec 11.2 to 11.4).
    ///
    /// A job that is being cancelled is cancelled, whatever the verdict says of it. When a verdict settles who was to
    /// blame, the strikes that the guilty one gave to others are taken back (deviation D4).
    ///
    /// - Parameters:
    ///   - refundsStrikes: false leaves strikes where they are, as the original does.
    ///   - judge: from the counts of builder and job (0 without a job) to a verdict.
    public func recordFailure(
        _ report: FailureReport, refundsStrikes: Bool, now: Instant,
        judge: @Sendable (_ builderCount: Int, _ jobCount: Int) -> Verdict
    ) async throws -> AppliedVerdict {
        try await store.write { tx in
            var report = report
            let builder = try Self.vitals(tx, of: report.builder)
            // The report was made on a snapshot; only a job that is still assigned here can be judged.
            if let job = report.job {
                report.job = builder.job?.queueEntry == job.queueEntry ? builder.job : nil
            }
            let builderCount = builder.failureCount + 1
            let jobCount = report.job.map { $0.failureCount + 1 } ?? 0
            try Self.count(tx, builderCount, jobCount, report)
            var verdict = judge(builderCount, jobCount)
            if let job = report.job {
                if job.isCancelling {
                    verdict.job = .cancel
                    verdict.explanation += "; the job was to be cancelled and is"
                }
            } else {
                verdict.job = .none
            }
            try Self.carryOut(tx, verdict, report, refundsStrikes: refundsStrikes, now: now)
            let applied = AppliedVerdict(
                report: report, verdict: verdict, builderCount: builderCount, jobCount: jobCount)
            try Self.store(tx, applied, now: now)
            return applied
        }
    }

    private static func count(
        _ tx: any Transaction, _ builderCount: Int, _ jobCount: Int, _ report: FailureReport
    ) throws {
        try tx.execute(
            "UPDATE builders SET failure_count = $1 WHERE id = $2",
            [.integer(Int64(builderCount)), .id(report.builder)])
        guard let job = report.job else { return }
        try tx.execute(
            "UPDATE builds SET failure_count = $1 WHERE id = $2",
            [.integer(Int64(jobCount)), .id(job.build)])
        try tx.execute(
            """
            UPDATE attempts SET strikes = strikes + 1, builder_strikes = builder_strikes + 1,
                job_strikes = job_strikes + 1 WHERE build = $1 AND date_finished IS NULL
            """, [.id(job.build)])
    }

    private static func carryOut(
        _ tx: any Transaction, _ verdict: Verdict, _ report: FailureReport, refundsStrikes: Bool, now: Instant
    ) throws {
        if let job = report.job {
            switch verdict.job {
            case .none: break
            case .reset: try resetJob(tx, job, from: report.builder, outcome: report.cause.rawValue, now: now)
            case .cancel: try cancelled(tx, job.build, now: now)
            case .fail:
                if refundsStrikes { try refundBuilders(tx, of: job.build, except: report.builder) }
                try change(tx, job.build, to: .failedToBuild, force: true, now: now)
                try tx.execute("DELETE FROM build_queue WHERE id = $1", [.id(job.queueEntry)])
                try closeAttempt(tx, job.build, outcome: report.cause.rawValue, now: now)
            }
        }
        if verdict.clearsBuilderCount { try clearFailures(tx, of: report.builder) }
        switch verdict.builder {
        case .none: break
        case .dirty:
            try tx.execute(
                "UPDATE builders SET clean_status = $1, clean_status_changed = $2 WHERE id = $3",
                [.raw(CleanStatus.dirty), .time(now), .id(report.builder)])
        case .disable:
            try tx.execute(
                "UPDATE builders SET is_ok = 0, fail_notes = $1 WHERE id = $2",
                [.foreign(report.message, limit: 4096), .id(report.builder)])
            if refundsStrikes { try refundJobs(tx, of: report.builder) }
        }
    }

    // An attempt remembers which of its strikes still stand: in the builder's count, and in the job's. A count
    // that is cleared takes its strikes out of all attempts, so that a later refund never takes back more than
    // was given. `strikes` itself is history and never changes back.

    /// The builder did well or is innocent: its failures no longer count.
    static func clearFailures(_ tx: any Transaction, of builder: BuilderID) throws {
        let changed = try tx.execute(
            "UPDATE builders SET failure_count = 0 WHERE id = $1 AND failure_count > 0", [.id(builder)])
        guard changed > 0 else { return }
        try tx.execute(
            "UPDATE attempts SET builder_strikes = 0 WHERE builder = $1 AND builder_strikes > 0",
            [.id(builder)])
    }

    /// The job was to blame: builders it visited get back the failures it caused there.
    private static func refundBuilders(_ tx: any Transaction, of build: BuildID, except builder: BuilderID)
        throws
    {
        try tx.execute(
            """
            UPDATE builders SET failure_count = failure_count - (SELECT SUM(t.builder_strikes)
                FROM attempts t WHERE t.build = $1 AND t.builder = builders.id)
            WHERE id <> $2 AND id IN (SELECT builder FROM attempts WHERE build = $1 AND builder_strikes > 0)
            """, [.id(build), .id(builder)])
        try tx.execute(
            "UPDATE attempts SET builder_strikes = 0 WHERE build = $1 AND builder <> $2 AND builder_strikes > 0",
            [.id(build), .id(builder)])
    }

    /// The builder was to blame: jobs that wait or run get back the failures they suffered there.
    private static func refundJobs(_ tx: any Transaction, of builder: BuilderID) throws {
        try tx.execute(
            """
            UPDATE builds SET failure_count = failure_count - (SELECT SUM(t.job_strikes)
                FROM attempts t WHERE t.builder = $1 AND t.build = builds.id)
            WHERE id IN (SELECT build FROM attempts WHERE builder = $1 AND job_strikes > 0)
                AND id IN (SELECT build FROM build_queue)
            """, [.id(builder)])
        try tx.execute(
            """
            UPDATE attempts SET job_strikes = 0 WHERE builder = $1 AND job_strikes > 0
                AND build IN (SELECT build FROM build_queue)
            """, [.id(builder)])
    }

    private static func store(_ tx: any Transaction, _ applied: AppliedVerdict, now: Instant) throws {
        try tx.execute(
            """
            INSERT INTO verdicts (date_created, builder, build, cause, message, builder_count, job_count,
                builder_action, job_action, explanation)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            [
                .time(now), .id(applied.report.builder), .optional(applied.report.job?.build.rawValue),
                .text(applied.report.cause.rawValue), .foreign(applied.report.message, limit: 4096),
                .integer(Int64(applied.builderCount)), .integer(Int64(applied.jobCount)),
                .text(applied.verdict.builder.rawValue), .text(applied.verdict.job.rawValue),
                .foreign(applied.verdict.explanation, limit: 4096),
            ])
    }
}
