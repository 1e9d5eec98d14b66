import FarmModel
import FarmRecords
import Testing

@Suite("Listings and entries")
struct FarmListingsTests {
    @Test("builders by name, with what they do and why they are off")
    func builders() async throws {
        let farm = try await TestFarm()
        try await farm.assigned("bob")
        try await farm.builder("amy")
        try await farm.records.setBuilder(.named("amy"), enabled: false, notes: "smoke", now: farm.at(2))
        let listings = try await farm.records.builderListings()
        #expect(listings.map(\.vitals.name.rawValue) == ["amy", "bob"])
        #expect(listings.map(\.jobTitle) == [nil, "hello_1.0_amd64"])
        #expect(listings.map(\.failNotes) == ["smoke", nil])
    }

    @Test("builds by id, all or those in one status")
    func builds() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        let second = try await farm.build("second")
        #expect(try await farm.records.builds().map(\.build) == [job.build, second])
        #expect(try await farm.records.builds(in: .building).map(\.build) == [job.build])
        #expect(try await farm.records.builds(in: .needsBuild).map(\.build) == [second])
        #expect(try await farm.records.builds(in: .fullyBuilt).isEmpty)
        #expect(try await farm.records.build(BuildID(9)) == nil)
        let listing = try #require(try await farm.records.build(job.build))
        #expect(listing.title == "hello_1.0_amd64" && listing.cookie == job.cookie)
        #expect(listing.dateCreated == farm.start && listing.attempts == 1 && listing.binaries == 0)
        #expect(listing.score == 1000)
        #expect(try await farm.records.queueLength() == 2)
        try await farm.records.finish(job.build, as: .chrootWait, on: bob, now: farm.at(2))
        #expect(try await farm.records.queueLength() == 1)
    }

    @Test("attempts of a build, oldest first")
    func attempts() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned("bob")
        try await farm.records.resetJob(job, from: bob, outcome: "job lost", now: farm.at(4))
        let eve = try await farm.builder("eve")
        _ = try await farm.take(eve, at: 6)
        let attempts = try await farm.records.attempts(of: job.build)
        #expect(attempts.map(\.builder) == ["bob", "eve"])
        #expect(attempts.map(\.dateStarted) == [farm.at(1), farm.at(6)])
        #expect(attempts.map(\.dateFinished) == [farm.at(4), nil])
        #expect(attempts.map(\.outcome) == ["job lost", nil])
    }

    @Test("an archive entered again is brought up to date, but not made public or private")
    func archives() async throws {
        let farm = try await TestFarm()
        let id = try await farm.records.enter(
            archive: ArchiveEntry(name: "ppa", isPrivate: true, buildToken: "old", archiveURLs: ["http://a"]))
        let again = try await farm.records.enter(
            archive: ArchiveEntry(
                name: "ppa", distribution: "debian", purpose: "COPY", isPrivate: false, buildToken: "new",
                archiveURLs: ["http://b"], buildsDebugSymbols: true))
        #expect(again == id)
        try await farm.build(archive: id, isVirtual: false)
        let bob = try await farm.builder("bob")
        let plan = try #require(try await farm.take(bob))
        #expect(plan.isPrivate && plan.fileToken == "new" && plan.archiveURLs == ["http://b"])
        #expect(plan.distribution == "ubuntu" && plan.archivePurpose == "PRIMARY" && plan.buildDebugSymbols)
    }

    @Test("a source entered again is published again, and must have the same files")
    func sources() async throws {
        let farm = try await TestFarm()
        let id = try await farm.source("hello")
        try await farm.records.setPublished(false, source: id)
        #expect(try await farm.source("hello") == id)
        let build = try await farm.build("hello")
        let bob = try await farm.builder("bob")
        #expect(try await farm.take(bob)?.job.build == build)
        let changed = SourceEntry(
            archive: farm.archive, name: "hello", version: "1.0",
            files: [.init(name: "hello_1.0.dsc", sum: try .of(77), size: 10)])
        #expect(await refusal { try await farm.records.enter(source: changed) } == .conflict)
        #expect(try await farm.records.libraryAccess(to: try .of(77)) == .unknown)
    }

    @Test("a base image entered again replaces the one before")
    func images() async throws {
        let farm = try await TestFarm()
        try await farm.records.enter(
            image: .init(name: "new.tar.gz", sum: try .of(88)), series: "noble", architecture: "amd64")
        try await farm.build()
        let bob = try await farm.builder("bob")
        #expect(try await farm.take(bob)?.image?.name == "new.tar.gz")
        #expect(try await farm.records.libraryAccess(to: try .of(88)) == .open)
    }

    @Test("a build of no known source is refused")
    func unknownSource() async throws {
        let farm = try await TestFarm()
        #expect(
            await refusal {
                try await farm.records.enter(
                    build: BuildEntry(source: 99, series: "noble", architecture: "amd64", score: 1),
                    now: farm.start)
            } == .notFound)
    }
}
