public import FarmModel
import Store

extension FarmRecords {
    /// Counts a failure against its builder and job, lets `judge` decide on the counts after the increment, and
    /// carries the verdict out, all in one transaction (manager spec 11.2 to 11.4).
    ///
    /// A job that is being cancelled is neither reset nor failed but cancelled. When a verdict settles who was to
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
            try tx.execute(
                "UPDATE builders SET failure_count = $1 WHERE id = $2",
                [.integer(Int64(builderCount)), .id(report.builder)])
            if let job = report.job {
                try tx.execute(
                    "UPDATE builds SET failure_count = $1 WHERE id = $2",
                    [.integer(Int64(jobCount)), .id(job.build)])
                try tx.execute(
                    "UPDATE attempts SET strikes = strikes + 1 WHERE build = $1 AND date_finished IS NULL",
                    [.id(job.build)])
            }
            var verdict = judge(builderCount, jobCount)
            if let job = report.job, job.isCancelling, verdict.job != .none { verdict.job = .cancel }
            try Self.carryOut(tx, verdict, report, refundsStrikes: refundsStrikes, now: now)
            let applied = AppliedVerdict(
                report: report, verdict: verdict, builderCount: builderCount, jobCount: jobCount)
            try Self.store(tx, applied, now: now)
            return applied
        }
    }

    private static func carryOut(
        _ tx: any Transaction, _ verdict: Verdict, _ report: FailureReport, refundsStrikes: Bool, now: Instant
    ) throws {
        if let job = report.job {
            switch verdict.job {
            case .none: break
            case .reset: try resetJob(tx, job, outcome: report.cause.rawValue, now: now)
            case .cancel: try cancelled(tx, job.build, now: now)
            case .fail:
                if refundsStrikes { try refundBuilders(tx, of: job.build, except: report.builder) }
                try change(tx, job.build, to: .failedToBuild, force: true, now: now)
                try tx.execute("DELETE FROM build_queue WHERE id = $1", [.id(job.queueEntry)])
                try closeAttempt(tx, job.build, outcome: report.cause.rawValue, now: now)
            }
        }
        if verdict.clearsBuilderCount {
            try tx.execute("UPDATE builders SET failure_count = 0 WHERE id = $1", [.id(report.builder)])
        }
        switch verdict.builder {
        case .none: break
        case .dirty:
            try tx.execute(
                "UPDATE builders SET clean_status = $1, clean_status_changed = $2 WHERE id = $3",
                [.raw(CleanStatus.dirty), .time(now), .id(report.builder)])
        case .disable:
            try tx.execute(
                "UPDATE builders SET is_ok = 0, fail_notes = $1 WHERE id = $2",
                [.text(report.message), .id(report.builder)])
            if refundsStrikes { try refundJobs(tx, of: report.builder) }
        }
    }

    /// The job was to blame: builders it visited get back the failures it caused there.
    private static func refundBuilders(_ tx: any Transaction, of build: BuildID, except builder: BuilderID)
        throws
    {
        try tx.execute(
            """
            UPDATE builders SET failure_count = CASE
                WHEN (SELECT COALESCE(SUM(strikes), 0) FROM attempts WHERE build = $1 AND builder = builders.id)
                    >= failure_count THEN 0
                ELSE failure_count - (SELECT COALESCE(SUM(strikes), 0) FROM attempts WHERE build = $1 AND builder = builders.id)
                END
            WHERE id <> $2 AND id IN (SELECT builder FROM attempts WHERE build = $1)
            """, [.id(build), .id(builder)])
        try tx.execute("UPDATE attempts SET strikes = 0 WHERE build = $1", [.id(build)])
    }

    /// The builder was to blame: jobs that wait or run get back the failures they suffered there.
    private static func refundJobs(_ tx: any Transaction, of builder: BuilderID) throws {
        try tx.execute(
            """
            UPDATE builds SET failure_count = CASE
                WHEN (SELECT COALESCE(SUM(strikes), 0) FROM attempts WHERE builder = $1 AND build = builds.id)
                    >= failure_count THEN 0
                ELSE failure_count - (SELECT COALESCE(SUM(strikes), 0) FROM attempts WHERE builder = $1 AND build = builds.id)
                END
            WHERE id IN (SELECT build FROM attempts WHERE builder = $1)
                AND id IN (SELECT build FROM build_queue)
            """, [.id(builder)])
        try tx.execute("UPDATE attempts SET strikes = 0 WHERE builder = $1", [.id(builder)])
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
                .text(applied.report.cause.rawValue), .text(applied.report.message),
                .integer(Int64(applied.builderCount)), .integer(Int64(applied.jobCount)),
                .text(applied.verdict.builder.rawValue), .text(applied.verdict.job.rawValue),
                .text(applied.verdict.explanation),
            ])
    }
}
