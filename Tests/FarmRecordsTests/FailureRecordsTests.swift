import BuildManager
import FarmModel
import FarmRecords
import Testing

@Suite("Recorded failures")
struct FailureRecordsTests {
    @Test("both counts go up by one, and the judge sees them after that")
    func counts() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        for expected in 1...2 {
            let applied = try await farm.fail(bob, mayRetry: true)
            #expect(applied.builderCount == expected && applied.jobCount == expected)
            #expect(applied.report.job?.build == job.build)
            #expect(try await farm.failures(of: bob) == expected)
            #expect(try await farm.failures(of: job.build) == expected)
        }
        #expect(try await farm.records.attempts(of: job.build).map(\.strikes) == [2])
        try await farm.expectSound()
    }

    @Test("without a job only the builder is counted")
    func withoutJob() async throws {
        let farm = try await TestFarm()
        let bob = try await farm.builder("bob")
        let applied = try await farm.fail(bob)
        #expect(applied.builderCount == 1 && applied.jobCount == 0)
        #expect(applied.verdict.builder == .dirty && applied.verdict.job == .none)
        #expect(try await farm.records.vitals(of: bob).cleanStatus == .dirty)
        try await farm.expectSound()
    }

    @Test("reset: the job is back in the queue, the builder keeps its count")
    func reset() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        let applied = try await farm.fail(bob, cause: .cannotFetchFile)
        #expect(applied.verdict.job == .reset && applied.verdict.builder == .none)
        #expect(try await farm.status(job.build) == .needsBuild)
        #expect(try await farm.failures(of: bob) == 1)
        #expect(try await farm.records.attempts(of: job.build).map(\.outcome) == ["cannot fetch file"])
        try await farm.expectSound()
    }

    @Test("fail: the job is FAILEDTOBUILD and gone, and the builder's count is cleared")
    func fail() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        try await farm.fail(bob)
        let eve = try await farm.builder("eve")
        _ = try await farm.take(eve)
        let applied = try await farm.fail(eve)
        #expect(applied.builderCount == 1 && applied.jobCount == 2)
        #expect(applied.verdict.job == .fail)
        let listing = try #require(try await farm.records.build(job.build))
        #expect(listing.status == .failedToBuild && listing.dateFinished != nil)
        #expect(try await farm.records.queueLength() == 0)
        #expect(try await farm.failures(of: eve) == 0)
        try await farm.expectSound()
    }

    @Test(
        "a failed job gives the builders it visited their strikes back; the switch turns that off",
        arguments: [true, false])
    func refundBuilders(refunds: Bool) async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        // Bob had one failure of his own before.
        try await farm.fail(bob, job: JobVitals(queueEntry: QueueEntryID(99), cookie: job.cookie))
        try await farm.fail(bob)
        #expect(try await farm.failures(of: bob) == 2)
        let eve = try await farm.builder("eve")
        _ = try await farm.take(eve)
        let applied = try await farm.fail(eve, refundsStrikes: refunds)
        #expect(applied.verdict.job == .fail)
        #expect(try await farm.failures(of: bob) == (refunds ? 1 : 2))
        #expect(try await farm.records.attempts(of: job.build).map(\.strikes) == [1, 1], "history stays")
        try await farm.expectSound()
    }

    @Test("a strike that a success has wiped out is not given back a second time")
    func refundAfterSuccess() async throws {
        let farm = try await TestFarm()
        let (bob, _) = try await farm.assigned()
        try await farm.fail(bob)
        // Bob does well, then fails three times on his own.
        try await farm.records.clearFailures(of: bob)
        for _ in 0..<3 { try await farm.fail(bob) }
        let eve = try await farm.builder("eve")
        _ = try await farm.take(eve)
        #expect(try await farm.fail(eve).verdict.job == .fail)
        #expect(try await farm.failures(of: bob) == 3)
        try await farm.expectSound()
    }

    @Test(
        "a disabled builder gives waiting and running jobs their strikes back; the switch turns that off",
        arguments: [true, false])
    func refundJobs(refunds: Bool) async throws {
        let farm = try await TestFarm()
        let bob = try await farm.builder("bob")
        var builds: [BuildID] = []
        for number in 0..<3 {
            let build = try await farm.build("p\(number)", score: 100 - Int64(number))
            builds.append(build)
        }
        // Each of the first two jobs fails once on bob and is put back; the third is there when he is disabled.
        for build in builds {
            try await farm.records.setScore(1_000_000, of: build, isPinned: true)
            #expect(try await farm.take(bob)?.job.build == build)
            try await farm.fail(bob, cause: .buildRefused, refundsStrikes: refunds)
            try await farm.records.setScore(1, of: build, isPinned: true)
            _ = try await farm.records.setCleanStatus(.clean, of: bob, now: farm.at(3))
        }
        #expect(try await farm.failures(of: bob) == 3)
        try await farm.records.requestCancel(builds[1], now: farm.at(3))
        try await farm.fail(bob, refundsStrikes: refunds)
        let applied = try await farm.fail(bob, refundsStrikes: refunds)
        #expect(applied.verdict.builder == .disable && applied.builderCount == 5)
        let vitals = try await farm.records.vitals(of: bob)
        #expect(!vitals.isOK && vitals.failureCount == 5)
        #expect(try await farm.records.builderListings().first?.failNotes == "it broke")
        #expect(try await farm.failures(of: builds[0]) == (refunds ? 0 : 1))
        #expect(try await farm.failures(of: builds[1]) == 1, "a build that has ended keeps its count")
        #expect(try await farm.failures(of: builds[2]) == (refunds ? 0 : 1))
        try await farm.expectSound()
    }

    @Test("strikes from before a retry are not given back after it")
    func refundAfterRetry() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        try await farm.fail(bob)
        try await farm.records.requestCancel(job.build, now: farm.at(3))
        try await farm.records.retry(job.build, score: 1, now: farm.at(4))
        let eve = try await farm.builder("eve")
        _ = try await farm.take(eve)
        try await farm.fail(eve, mayRetry: true)
        try await farm.fail(eve, mayRetry: true)
        #expect(try await farm.failures(of: job.build) == 2)
        for _ in 0..<4 { try await farm.fail(bob) }
        #expect(try await !farm.records.vitals(of: bob).isOK)
        #expect(try await farm.failures(of: job.build) == 2)
        try await farm.expectSound()
    }

    @Test("isolation: the builder is disabled and the job failed, whatever their counts")
    func isolation() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        let applied = try await farm.fail(bob, cause: .isolation)
        #expect(applied.verdict.builder == .disable && applied.verdict.job == .fail)
        #expect(try await !farm.records.vitals(of: bob).isOK)
        #expect(try await farm.status(job.build) == .failedToBuild)
        #expect(try await farm.failures(of: bob) == 1)
        try await farm.expectSound()
    }

    @Test("a verdict against a job that is being cancelled cancels it, even one that says nothing")
    func cancelling() async throws {
        for mayRetry in [true, false] {
            let farm = try await TestFarm()
            let (bob, job) = try await farm.assigned()
            try await farm.records.requestCancel(job.build, now: farm.at(2))
            let applied = try await farm.fail(bob, cause: .cancelTimedOut, mayRetry: mayRetry)
            #expect(applied.verdict.job == .cancel)
            #expect(applied.verdict.explanation.contains("cancelled"))
            #expect(try await farm.status(job.build) == .cancelled)
            try await farm.expectSound()
        }
    }

    @Test("a job that fails while it is gathered, or for the second time while cancelling, may be forced")
    func forced() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        _ = try await farm.records.beginGathering(job.build, on: bob, now: farm.at(2))
        let applied = try await farm.fail(bob, cause: .isolation)
        #expect(applied.verdict.job == .fail)
        #expect(try await farm.status(job.build) == .failedToBuild)
        try await farm.expectSound()
    }

    @Test("a report of a job that is no longer there judges the builder alone")
    func staleJob() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        try await farm.records.resetJob(job, from: bob, outcome: "x", now: farm.at(2))
        let eve = try await farm.builder("eve")
        _ = try await farm.take(eve)
        let applied = try await farm.fail(bob, job: job)
        #expect(applied.report.job == nil && applied.jobCount == 0 && applied.verdict.job == .none)
        #expect(try await farm.failures(of: job.build) == 0)
        #expect(try await farm.records.vitals(of: eve).job?.build == job.build)
        let verdict = try #require(try await farm.records.verdicts().first)
        #expect(verdict.build == nil && verdict.jobAction == "none" && verdict.builderAction == "dirty")
        try await farm.expectSound()
    }

    @Test("every verdict is kept with both counts, cause, actions and reason, newest first")
    func verdicts() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        try await farm.fail(bob, cause: .download, mayRetry: true, at: 5)
        try await farm.fail(bob, cause: .lost, at: 6)
        let verdicts = try await farm.records.verdicts()
        #expect(verdicts.map(\.cause) == ["job lost", "download failure"])
        let last = try #require(verdicts.first)
        #expect(last.date == farm.at(6) && last.builder == "bob" && last.build == job.build)
        #expect(last.builderCount == 2 && last.jobCount == 2)
        #expect(last.builderAction == "none" && last.jobAction == "reset")
        #expect(last.message == "it broke" && last.explanation == "2 failures each: the job is put back")
        let eve = try await farm.builder("eve")
        try await farm.fail(eve)
        #expect(try await farm.records.verdicts().count == 3)
        #expect(try await farm.records.verdicts(limit: 1).map(\.builder) == ["eve"])
        #expect(try await farm.records.verdicts(builder: bob).count == 2)
        #expect(try await farm.records.verdicts(build: job.build).count == 2)
        #expect(try await farm.records.verdicts(builder: eve, build: job.build).isEmpty)
    }

    @Test("a message that no database takes does not save anybody from the judge")
    func hostileMessage() async throws {
        let farm = try await TestFarm()
        let bob = try await farm.builder("bob")
        let message = "bad\u{0}slave " + String(repeating: "x", count: 100_000)
        let report = FailureReport(
            builder: bob, job: nil, cause: .isolation, message: message, mayRetry: false)
        _ = try await farm.records.recordFailure(report, refundsStrikes: true, now: farm.at(1)) { _, _ in
            Verdict(builder: .disable, job: .none, explanation: "no\u{0}ne")
        }
        #expect(try await !farm.records.vitals(of: bob).isOK)
        let verdict = try #require(try await farm.records.verdicts().first)
        #expect(verdict.message.hasPrefix("badslave x") && verdict.message.utf8.count <= 4096)
        #expect(verdict.explanation == "none")
    }

    @Test("a failure of an unknown builder is refused")
    func unknown() async throws {
        let farm = try await TestFarm()
        let report = FailureReport(
            builder: BuilderID(9), job: nil, cause: .communication, message: "", mayRetry: true)
        #expect(
            await refusal {
                try await farm.records.recordFailure(report, refundsStrikes: true, now: farm.at(1)) { _, _ in
                    Verdict(builder: .none, job: .none, explanation: "")
                }
            } == .notFound)
    }

    @Test("counts survive a restart")
    func restart() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        try await farm.fail(bob, mayRetry: true)
        let after = try farm.reopened()
        #expect(try await after.vitals(of: bob).failureCount == 1)
        #expect(try await after.vitals(of: bob).job?.failureCount == 1)
        #expect(try await after.vitals(of: bob).job?.build == job.build)
    }
}
