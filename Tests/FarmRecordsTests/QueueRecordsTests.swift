import FarmModel
import FarmRecords
import Testing

@Suite("The queue")
struct QueueRecordsTests {
    @Test("a reset puts the job back to its old place with everything it asked for")
    func reset() async throws {
        let farm = try await TestFarm()
        let build = try await farm.build("first", constraints: ["large"], score: 50)
        try await farm.build("second", score: 50)
        let bob = try await farm.builder("bob", open: ["large"])
        let plan = try #require(try await farm.take(bob))
        #expect(plan.job.build == build)
        try await farm.fail(bob, mayRetry: true)
        try await farm.records.storeLogTails([(plan.job.queueEntry, "cc -O2")])
        #expect(try await farm.records.resetJob(plan.job, from: bob, outcome: "job lost", now: farm.at(5)))
        let listing = try #require(try await farm.records.build(build))
        #expect(listing.status == .needsBuild)
        #expect(listing.score == 50)
        #expect(listing.failureCount == 1)
        #expect(listing.builder == nil && listing.dateStarted == nil && listing.logTail == nil)
        #expect(try await farm.records.vitals(of: bob).job == nil)
        let attempt = try #require(try await farm.records.attempts(of: build).first)
        #expect(attempt.outcome == "job lost" && attempt.dateFinished == farm.at(5) && attempt.strikes == 1)
        try await farm.expectSound()
        _ = try await farm.records.setCleanStatus(.clean, of: bob, now: farm.at(6))
        let again = try #require(try await farm.take(bob, at: 7))
        #expect(again.job.queueEntry == plan.job.queueEntry)
        #expect(again.constraints == ["large"])
        try await farm.expectSound()
    }

    @Test("a job that is no longer there, or on another builder by now, is not reset")
    func staleReset() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        let eve = try await farm.builder("eve")
        #expect(try await !farm.records.resetJob(job, from: eve, outcome: "x", now: farm.at(2)))
        #expect(try await farm.status(job.build) == .building)
        #expect(try await farm.records.resetJob(job, from: bob, outcome: "x", now: farm.at(2)))
        #expect(try await !farm.records.resetJob(job, from: bob, outcome: "x", now: farm.at(2)))
        #expect(try await farm.take(eve)?.job.build == job.build)
        #expect(try await !farm.records.resetJob(job, from: bob, outcome: "x", now: farm.at(3)))
        #expect(try await farm.records.vitals(of: eve).job?.build == job.build)
        try await farm.expectSound()
    }

    @Test("a job may be reset while its files are gathered")
    func resetWhileGathering() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        _ = try await farm.records.beginGathering(job.build, on: bob, now: farm.at(2))
        #expect(try await farm.records.resetJob(job, from: bob, outcome: "x", now: farm.at(3)))
        #expect(try await farm.status(job.build) == .needsBuild)
        try await farm.expectSound()
    }

    @Test("the id of a queue entry is never given out twice")
    func uniqueIDs() async throws {
        let farm = try await TestFarm()
        var seen: Set<QueueEntryID> = []
        let bob = try await farm.builder("bob")
        for number in 0..<5 {
            try await farm.build("p\(number)")
            let job = try #require(try await farm.take(bob)).job
            #expect(seen.insert(job.queueEntry).inserted)
            try await farm.records.finish(job.build, as: .chrootWait, on: bob, now: farm.at(2))
            _ = try await farm.records.setCleanStatus(.clean, of: bob, now: farm.at(2))
        }
    }

    @Test("cancelling a waiting build is immediate and needs no builder")
    func cancelWaiting() async throws {
        let farm = try await TestFarm()
        let build = try await farm.build()
        #expect(try await farm.records.requestCancel(build, now: farm.at(1)))
        let listing = try #require(try await farm.records.build(build))
        #expect(listing.status == .cancelled && listing.score == nil && listing.dateFinished == farm.at(1))
        #expect(try await farm.records.queueLength() == 0)
        #expect(try await !farm.records.requestCancel(build, now: farm.at(2)))
        try await farm.expectSound()
    }

    @Test("cancelling a running build asks its builder; once it is gone the build is CANCELLED")
    func cancelRunning() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        #expect(try await farm.records.requestCancel(job.build, now: farm.at(2)))
        #expect(try await !farm.records.requestCancel(job.build, now: farm.at(2)))
        let asked = try #require(try await farm.records.vitals(of: bob).job)
        #expect(asked.isCancelling && asked.status == .cancelling)
        try await farm.expectSound()
        try await farm.records.markCancelled(job.build, now: farm.at(3))
        #expect(try await farm.status(job.build) == .cancelled)
        #expect(try await farm.records.vitals(of: bob).job == nil)
        #expect(try await farm.records.attempts(of: job.build).map(\.outcome) == ["CANCELLED"])
        try await farm.expectSound()
    }

    @Test("a reset of a job that is being cancelled cancels it")
    func resetCancelling() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        try await farm.records.requestCancel(job.build, now: farm.at(2))
        #expect(try await farm.records.resetJob(job, from: bob, outcome: "x", now: farm.at(3)))
        #expect(try await farm.status(job.build) == .cancelled)
        try await farm.expectSound()
    }

    @Test("builds in any other status cannot be cancelled")
    func cancelOthers() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        _ = try await farm.records.beginGathering(job.build, on: bob, now: farm.at(2))
        #expect(try await !farm.records.requestCancel(job.build, now: farm.at(3)))
        try await farm.records.handOver(job.build, leaf: "leaf", on: bob, now: farm.at(3))
        #expect(try await !farm.records.requestCancel(job.build, now: farm.at(4)))
        #expect(try await !farm.records.requestCancel(BuildID(99), now: farm.at(4)))
        #expect(try await farm.status(job.build) == .uploading)
        try await farm.expectSound()
    }

    @Test("only a build that is being cancelled can be marked cancelled")
    func markOthers() async throws {
        let farm = try await TestFarm()
        let (_, job) = try await farm.assigned()
        #expect(await refusal { try await farm.records.markCancelled(job.build, now: farm.at(2)) } == .stale)
        #expect(
            await refusal { try await farm.records.markCancelled(BuildID(99), now: farm.at(2)) } == .notFound)
        #expect(try await farm.status(job.build) == .building)
        try await farm.expectSound()
    }

    @Test("a retry gives a clean slate and keeps what the job asks for")
    func retry() async throws {
        let farm = try await TestFarm()
        let build = try await farm.build(constraints: ["large"], score: 50)
        let bob = try await farm.builder("bob", open: ["large"])
        _ = try await farm.take(bob, at: 1)
        try await farm.fail(bob, mayRetry: true)
        try await farm.records.storeLog(try .of(7), of: build)
        try await farm.records.finish(
            build, as: .manualDepWait, dependencies: "libx", on: bob, now: farm.at(9))
        try await farm.records.retry(build, score: 60, now: farm.at(10))
        let listing = try #require(try await farm.records.build(build))
        #expect(listing.status == .needsBuild && listing.score == 60 && listing.failureCount == 0)
        #expect(listing.builder == nil && listing.dateStarted == nil && listing.dateFinished == nil)
        #expect(listing.log == nil && listing.uploadLog == nil && listing.dependencies == nil)
        #expect(listing.attempts == 1, "history stays")
        try await farm.expectSound()
        let plain = try await farm.builder("plain")
        #expect(try await farm.take(plain) == nil, "the constraint is still there")
        _ = try await farm.records.setCleanStatus(.clean, of: bob, now: farm.at(10))
        let plan = try #require(try await farm.take(bob, at: 11))
        #expect(plan.constraints == ["large"] && plan.job.processor == "amd64")
        #expect(try await farm.records.build(build)?.dateStarted == farm.at(11))
        try await farm.expectSound()
    }

    @Test("the first dispatch is dated once, whatever is retried")
    func firstDispatch() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        try await farm.records.finish(job.build, as: .failedToBuild, on: bob, now: farm.at(9))
        try await farm.records.retry(job.build, score: 1, now: farm.at(10))
        _ = try await farm.records.setCleanStatus(.clean, of: bob, now: farm.at(10))
        _ = try await farm.take(bob, at: 50)
        let first = try await farm.records.store.read { tx in
            try tx.query("SELECT date_first_dispatched AS first FROM builds", [])[0].int("first")
        }
        #expect(Instant(nanoseconds: first) == farm.at(1))
    }

    @Test("six statuses may be retried, no other", arguments: BuildStatus.allCases)
    func retryable(status: BuildStatus) async throws {
        let farm = try await TestFarm()
        let build = try await farm.build()
        // Any status is reached here by hand, with or without its queue entry.
        try await farm.records.store.write { tx in
            try tx.execute(
                "UPDATE builds SET status = $1 WHERE id = $2",
                [.integer(Int64(status.rawValue)), .integer(build.rawValue)])
            if !status.hasQueueEntry { try tx.execute("DELETE FROM build_queue", []) }
        }
        let code = await refusal { try await farm.records.retry(build, score: 1, now: farm.at(1)) }
        #expect(code == (status.mayBeRetried ? nil : .illegalTransition))
        #expect(try await farm.status(build) == (status.mayBeRetried ? .needsBuild : status))
        #expect(
            await refusal { try await farm.records.retry(BuildID(99), score: 1, now: farm.at(1)) }
                == .notFound)
    }

    @Test("to a closed suite nothing is retried")
    func retryClosed() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        try await farm.records.finish(job.build, as: .failedToBuild, on: bob, now: farm.at(2))
        try await farm.records.setSuite(
            archive: farm.archive, series: "noble", pocket: "release", isClosed: true)
        #expect(
            await refusal { try await farm.records.retry(job.build, score: 1, now: farm.at(3)) }
                == .illegalTransition)
        try await farm.expectSound()
    }

    @Test("a retry asks anew whether the build must be virtual, unless a person chose")
    func retryVirtual() async throws {
        let farm = try await TestFarm()
        let byRule = try await farm.build("rule", isVirtual: nil)
        let chosen = try await farm.build("chosen", isVirtual: true)
        func isVirtual(_ build: BuildID) async throws -> Bool {
            try await farm.records.store.read { tx in
                try tx.query("SELECT is_virtual FROM builds WHERE id = $1", [.integer(build.rawValue)])[0]
                    .bool("is_virtual")
            }
        }
        #expect(try await isVirtual(byRule), "no builder of the other kind yet")
        for build in [byRule, chosen] { try await farm.records.requestCancel(build, now: farm.at(1)) }
        try await farm.builder("bob")
        for build in [byRule, chosen] { try await farm.records.retry(build, score: 1, now: farm.at(2)) }
        #expect(try await !isVirtual(byRule))
        #expect(try await isVirtual(chosen))
        try await farm.expectSound()
    }

    @Test("a build is virtual when its archive demands it or its processor has no other builders")
    func virtualRule() async throws {
        let farm = try await TestFarm()
        let strict = try await farm.records.enter(
            archive: ArchiveEntry(name: "strict", requiresVirtualized: true))
        try await farm.builder("plain", processors: ["amd64"])
        try await farm.builder("vm", processors: ["arm64"], isVirtual: true)
        try await farm.build("a", processor: "amd64", isVirtual: nil)
        try await farm.build("b", processor: "arm64", isVirtual: nil)
        try await farm.build("c", archive: strict, processor: "amd64", isVirtual: nil)
        try await farm.build("d", archive: strict, processor: "amd64", isVirtual: false)
        try await farm.build("e", processor: nil, isVirtual: nil)
        let flags = try await farm.records.store.read { tx in
            try tx.query("SELECT is_virtual FROM build_queue ORDER BY id", []).map {
                try $0.bool("is_virtual")
            }
        }
        #expect(flags == [false, true, true, false, false])
    }

    @Test("a held job waits without being taken, and cannot be cancelled or held again")
    func hold() async throws {
        let farm = try await TestFarm()
        let build = try await farm.build()
        let bob = try await farm.builder("bob")
        try await farm.records.setHeld(true, build: build)
        #expect(try await farm.take(bob) == nil)
        #expect(await refusal { try await farm.records.setHeld(true, build: build) } == .illegalTransition)
        #expect(try await !farm.records.requestCancel(build, now: farm.at(1)))
        try await farm.expectSound()
        try await farm.records.setHeld(false, build: build)
        #expect(await refusal { try await farm.records.setHeld(false, build: build) } == .illegalTransition)
        #expect(try await farm.take(bob) != nil)
        #expect(await refusal { try await farm.records.setHeld(true, build: build) } == .illegalTransition)
        try await farm.expectSound()
    }

    @Test("a score may be changed while the build waits; a pinned one only by hand")
    func scores() async throws {
        let farm = try await TestFarm()
        let build = try await farm.build(score: 10)
        func score() async throws -> Int64? { try await farm.records.build(build)?.score }
        #expect(try await farm.records.setScore(20, of: build, isPinned: false))
        #expect(try await score() == 20)
        #expect(try await farm.records.setScore(99, of: build, isPinned: true))
        #expect(try await !farm.records.setScore(5, of: build, isPinned: false))
        #expect(try await score() == 99)
        #expect(try await farm.records.setScore(98, of: build, isPinned: true))
        #expect(try await score() == 98)
        let bob = try await farm.builder("bob")
        _ = try await farm.take(bob)
        #expect(
            await refusal { try await farm.records.setScore(1, of: build, isPinned: true) }
                == .illegalTransition)
        #expect(try await score() == 98)
    }

    @Test("log tails: the newest stays, entries that are gone or wait are skipped")
    func logTails() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        let waiting = try await farm.build("waiting")
        try await farm.records.storeLogTails([
            (job.queueEntry, "one"), (QueueEntryID(2), "x"), (QueueEntryID(99), "y"),
            (job.queueEntry, "two\u{0}\n"),
        ])
        #expect(try await farm.records.build(job.build)?.logTail == "two\n")
        #expect(try await farm.records.build(waiting)?.logTail == nil)
        try await farm.records.finish(job.build, as: .failedToBuild, on: bob, now: farm.at(2))
        try await farm.records.storeLogTails([(job.queueEntry, "late")])
        #expect(try await farm.records.build(job.build)?.logTail == nil)
        try await farm.records.storeLogTails([])
        try await farm.expectSound()
    }
}
