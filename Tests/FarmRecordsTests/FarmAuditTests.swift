import FarmModel
import FarmRecords
import Store
import Testing

@Suite("The audit of the records")
struct FarmAuditTests {
    /// Ways to break a farm in which builder 1 has build 1, build 2 waits, build 3 is FULLYBUILT and build 4 is
    /// UPLOADING (attempts 3, none, 2 and 1); and what the audit says among other things.
    static let breaks: [(statement: String, finding: String)] = [
        (
            "UPDATE builds SET builder = NULL WHERE id = 1",
            "invariant 1: queue entry 1 is on another builder than its build says"
        ),
        (
            "UPDATE build_queue SET status = 1 WHERE id = 2",
            "invariant 1: queue entry 2 has a builder although it waits, or none although it runs"
        ),
        (
            "UPDATE builders SET clean_status = 0 WHERE id = 1",
            "invariant 4: builder 1 has a job and is not DIRTY"
        ),
        (
            "UPDATE builders SET clean_status = 2 WHERE id = 1",
            "invariant 4: builder 1 has a job and is not DIRTY"
        ),
        (
            "UPDATE attempts SET date_finished = 5 WHERE build = 1",
            "invariant 1: queue entry 1 is assigned without an open attempt there"
        ),
        (
            "UPDATE attempts SET date_finished = NULL WHERE build = 3",
            "invariant 1: attempt 2 is open although its build is on no builder"
        ),
        ("DELETE FROM build_queue WHERE id = 2", "invariant 33: build 2 should be in the queue and is not"),
        (
            "UPDATE builds SET status = 2, date_finished = 5 WHERE id = 2",
            "invariant 33: build 2 is in the queue and should not be"
        ),
        (
            "UPDATE builds SET status = 6 WHERE id = 2",
            "invariant 33: build 2 has another status than its queue entry"
        ),
        (
            "UPDATE build_queue SET logtail = 'x' WHERE id = 2",
            "invariant 35: build 2 waits and still has a begin, a builder or a log tail"
        ),
        (
            "UPDATE build_queue SET constraints = 'x' WHERE id = 2",
            "invariant 35: build 2 asks for something else than its queue entry"
        ),
        (
            "UPDATE attempts SET strikes = 3, builder_strikes = 3 WHERE build = 1",
            "invariant 25: builder 1 has given out more standing strikes than it counts"
        ),
        (
            "UPDATE builds SET failure_count = 3 WHERE id = 1",
            "invariant 25: build 1 counts other failures than its attempts"
        ),
        (
            "UPDATE attempts SET builder_strikes = -1 WHERE build = 3",
            "attempt 2 has more standing strikes than it ever got"
        ),
        (
            "UPDATE builds SET date_finished = NULL WHERE id = 3",
            "invariant 33: build 3 has ended without a date, or has a date without having ended"
        ),
        (
            "UPDATE builds SET upload_leaf = NULL WHERE id = 4",
            "invariant 46: build 4 is UPLOADING without a leaf"
        ),
        (
            "DELETE FROM binaries",
            "invariant 48: build 3 is FULLYBUILT without a binary, or has one without being so"
        ),
        (
            "UPDATE builds SET dependencies = 'x' WHERE id = 1",
            "build 1 names dependencies without waiting for them"
        ),
    ]

    @Test("a sound farm has no findings, and each way to break it has its own", arguments: breaks.indices)
    func findings(index: Int) async throws {
        let (statement, finding) = Self.breaks[index]
        let farm = try await TestFarm()
        let bob = try await farm.builder("bob")
        let eve = try await farm.builder("eve")
        var builds: [BuildID] = []
        for name in ["runs", "waits", "built", "uploads"] { builds.append(try await farm.build(name)) }
        for (position, build) in builds.enumerated().reversed() where position != 1 {
            try await farm.records.setScore(10_000 + Int64(position), of: build, isPinned: true)
        }
        for build in [builds[3], builds[2]] {
            #expect(try await farm.take(eve)?.job.build == build)
            try await farm.records.handOver(build, leaf: "leaf", on: eve, now: farm.at(2))
            _ = try await farm.records.setCleanStatus(.clean, of: eve, now: farm.at(2))
        }
        try await farm.records.acceptUpload(builds[2], binaries: [.sample()], uploadLog: nil, now: farm.at(3))
        #expect(try await farm.take(bob)?.job.build == builds[0])
        try await farm.expectSound()
        try await farm.records.store.write { tx in
            _ = try tx.execute(statement, [])
        }
        let found = try await farm.records.audit().map(\.description)
        #expect(found.contains(finding), "\(found)")
    }

    @Test("one builder cannot have two queue entries, nor one build two open attempts: the database refuses")
    func constraints() async throws {
        let farm = try await TestFarm()
        try await farm.assigned("bob")
        try await farm.build("second")
        for statement in [
            "UPDATE build_queue SET builder = 1 WHERE id = 2",
            "INSERT INTO attempts (build, builder, date_started) VALUES (1, 1, 5)",
            "INSERT INTO build_queue (build, status, score, is_virtual) VALUES (1, 0, 1, 0)",
        ] {
            await #expect(throws: StoreError.self) {
                try await farm.records.store.write { tx in _ = try tx.execute(statement, []) }
            }
        }
        try await farm.expectSound()
    }
}
