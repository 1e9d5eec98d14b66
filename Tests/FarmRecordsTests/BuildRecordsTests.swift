import FarmModel
import FarmRecords
import Testing

@Suite("The end of a build")
struct BuildRecordsTests {
    @Test("a good build: GATHERING, then UPLOADING with its leaf, out of the queue, the builder free")
    func goodBuild() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        try await farm.records.storeLog(try .of(7), of: job.build)
        #expect(
            try await farm.records.beginGathering(job.build, on: bob, now: farm.at(2))
                == .gather(archive: farm.archive, distribution: "ubuntu"))
        #expect(try await farm.status(job.build) == .gathering)
        #expect(try await farm.records.vitals(of: bob).job?.status == .gathering)
        try await farm.expectSound()
        try await farm.records.handOver(job.build, leaf: "leaf", on: bob, now: farm.at(3))
        let listing = try #require(try await farm.records.build(job.build))
        #expect(listing.status == .uploading && listing.dateFinished == farm.at(3))
        #expect(try listing.log == .of(7))
        #expect(listing.builder == "bob")
        #expect(try await farm.records.uploadingLeaves().map(\.leaf) == ["leaf"])
        let vitals = try await farm.records.vitals(of: bob)
        #expect(vitals.job == nil && vitals.cleanStatus == .dirty)
        #expect(try await farm.records.attempts(of: job.build).map(\.outcome) == ["UPLOADING"])
        try await farm.expectSound()
    }

    @Test("gathering may begin again after a failed collection")
    func gatheringAgain() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        for _ in 0..<3 { _ = try await farm.records.beginGathering(job.build, on: bob, now: farm.at(2)) }
        #expect(try await farm.status(job.build) == .gathering)
        try await farm.expectSound()
    }

    @Test(
        "a source that is no longer published ends its build SUPERSEDED, at whatever attempt",
        arguments: [0, 1, 2])
    func superseded(attempts: Int) async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        for _ in 0..<attempts {
            _ = try await farm.records.beginGathering(job.build, on: bob, now: farm.at(2))
        }
        try await farm.records.storeLog(try .of(7), of: job.build)
        try await farm.records.setPublished(false, source: 1)
        #expect(try await farm.records.beginGathering(job.build, on: bob, now: farm.at(3)) == .superseded)
        let listing = try #require(try await farm.records.build(job.build))
        #expect(listing.status == .superseded && listing.dateFinished == farm.at(3))
        #expect(try listing.log == .of(7), "the log is kept")
        #expect(try await farm.records.vitals(of: bob).job == nil)
        try await farm.expectSound()
    }

    @Test("for a closed suite nothing is gathered, and nothing changes")
    func closedSuite() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        try await farm.records.setSuite(
            archive: farm.archive, series: "noble", pocket: "release", isClosed: true)
        #expect(
            await refusal { try await farm.records.beginGathering(job.build, on: bob, now: farm.at(2)) }
                == .illegalTransition)
        #expect(try await farm.status(job.build) == .building)
        try await farm.expectSound()
    }

    @Test(
        "builds that leave nothing to upload end as they are told",
        arguments: [BuildStatus.failedToBuild, .manualDepWait, .chrootWait, .superseded, .cancelled])
    func finish(status: BuildStatus) async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        try await farm.records.finish(
            job.build, as: status, dependencies: "libx (>= 2)", on: bob, now: farm.at(9))
        let listing = try #require(try await farm.records.build(job.build))
        #expect(listing.status == status && listing.dateFinished == farm.at(9))
        #expect(listing.dependencies == (status == .manualDepWait ? "libx (>= 2)" : nil))
        #expect(try await farm.records.attempts(of: job.build).map(\.outcome) == [status.name])
        try await farm.expectSound()
    }

    @Test(
        "no build ends in a status that belongs into the queue",
        arguments: BuildStatus.allCases.filter(\.hasQueueEntry))
    func impossibleEnds(status: BuildStatus) async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        #expect(
            await refusal { try await farm.records.finish(job.build, as: status, on: bob, now: farm.at(2)) }
                == .illegalTransition)
        #expect(try await farm.status(job.build) == .building)
        try await farm.expectSound()
    }

    @Test("dependencies are stored without what no database takes, and not without end")
    func hostileDependencies() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        let text = "lib\u{0}x " + String(repeating: "y", count: 100_000)
        try await farm.records.finish(
            job.build, as: .manualDepWait, dependencies: text, on: bob, now: farm.at(2))
        let stored = try #require(try await farm.records.build(job.build)?.dependencies)
        #expect(stored.hasPrefix("libx yyy") && stored.utf8.count <= 8192)
    }

    @Test("from GATHERING only the ways of the table are open, and a refusal changes nothing")
    func fromGathering() async throws {
        for status in [BuildStatus.manualDepWait, .chrootWait, .cancelled, .fullyBuilt] {
            let farm = try await TestFarm()
            let (bob, job) = try await farm.assigned()
            _ = try await farm.records.beginGathering(job.build, on: bob, now: farm.at(2))
            #expect(
                await refusal {
                    try await farm.records.finish(job.build, as: status, on: bob, now: farm.at(3))
                }
                    == .illegalTransition)
            #expect(try await farm.status(job.build) == .gathering)
            #expect(try await farm.records.vitals(of: bob).job?.build == job.build)
            try await farm.expectSound()
        }
    }

    @Test("a build that is being cancelled takes no result")
    func whileCancelling() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        try await farm.records.requestCancel(job.build, now: farm.at(2))
        for status in [BuildStatus.failedToBuild, .manualDepWait, .chrootWait] {
            #expect(
                await refusal {
                    try await farm.records.finish(job.build, as: status, on: bob, now: farm.at(3))
                }
                    == .illegalTransition)
        }
        #expect(
            await refusal { try await farm.records.beginGathering(job.build, on: bob, now: farm.at(3)) }
                == .illegalTransition)
        #expect(
            await refusal { try await farm.records.handOver(job.build, leaf: "l", on: bob, now: farm.at(3)) }
                == .illegalTransition)
        #expect(try await farm.status(job.build) == .cancelling)
        try await farm.expectSound()
    }

    @Test("what comes from a builder that does not have the job any more is refused as stale")
    func stale() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        let eve = try await farm.builder("eve")
        try await farm.records.resetJob(job, from: bob, outcome: "x", now: farm.at(2))
        for hasEve in [false, true] {
            if hasEve { _ = try await farm.take(eve) }
            #expect(
                await refusal { try await farm.records.beginGathering(job.build, on: bob, now: farm.at(3)) }
                    == .stale)
            #expect(
                await refusal {
                    try await farm.records.handOver(job.build, leaf: "l", on: bob, now: farm.at(3))
                }
                    == .stale)
            #expect(
                await refusal {
                    try await farm.records.finish(job.build, as: .failedToBuild, on: bob, now: farm.at(3))
                } == .stale)
            #expect(try await farm.status(job.build) == (hasEve ? .building : .needsBuild))
            try await farm.expectSound()
        }
    }

    @Test("a build that is not there is refused")
    func missing() async throws {
        let farm = try await TestFarm()
        let bob = try await farm.builder("bob")
        #expect(await refusal { try await farm.records.storeLog(try .of(7), of: BuildID(9)) } == .notFound)
        #expect(
            await refusal { try await farm.records.beginGathering(BuildID(9), on: bob, now: farm.at(3)) }
                == .stale)
    }

    @Test("a good build clears its builder's failures; the job's own faults touch no count")
    func clearing() async throws {
        for (status, cleared) in [
            (BuildStatus.uploading, true), (.superseded, true), (.failedToBuild, false),
            (.manualDepWait, false),
            (.chrootWait, false), (.cancelled, false),
        ] {
            let farm = try await TestFarm()
            let (bob, job) = try await farm.assigned()
            try await farm.fail(bob, mayRetry: true)
            try await farm.fail(bob, mayRetry: true)
            if status == .uploading {
                try await farm.records.handOver(job.build, leaf: "leaf", on: bob, now: farm.at(3))
            } else {
                try await farm.records.finish(job.build, as: status, on: bob, now: farm.at(3))
            }
            #expect(try await farm.failures(of: bob) == (cleared ? 0 : 2))
            #expect(try await farm.failures(of: job.build) == 2)
            try await farm.expectSound()
        }
    }

    @Test("as in the original, a good build may leave the builder's failures alone")
    func notClearing() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        try await farm.fail(bob, mayRetry: true)
        _ = try await farm.records.beginGathering(job.build, on: bob, clearsFailures: false, now: farm.at(3))
        try await farm.records.handOver(
            job.build, leaf: "leaf", on: bob, clearsFailures: false, now: farm.at(3))
        #expect(try await farm.failures(of: bob) == 1)
    }

    @Test("what is committed is there for another process at once")
    func visible() async throws {
        let farm = try await TestFarm()
        let build = try await farm.uploading()
        let other = try farm.reopened()
        #expect(try await other.build(build)?.status == .uploading)
        #expect(try await other.uploadingLeaves().map(\.build) == [build])
    }
}
