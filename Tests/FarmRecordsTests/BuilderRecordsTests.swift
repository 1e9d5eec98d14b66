import FarmModel
import FarmRecords
import Testing

@Suite("Builders")
struct BuilderRecordsTests {
    private func vitals(_ name: String, url: String = "http://bob:8221") throws -> BuilderVitals {
        BuilderVitals(
            id: BuilderID(0), name: try .named(name), url: url, processors: ["i386", "amd64", "amd64"],
            isVirtualized: true, vmHost: "host", resetProtocol: .asynchronous,
            openResources: ["a\nb", "\\c", ""],
            restrictedResources: [], isManual: true, cleanStatus: .clean)
    }

    @Test("a builder is entered dirty, as it is described")
    func entered() async throws {
        let farm = try await TestFarm()
        let id = try await farm.records.enter(builder: try vitals("bob"), now: farm.at(1))
        let bob = try await farm.records.vitals(of: id)
        #expect(bob.name.rawValue == "bob" && bob.url == "http://bob:8221")
        #expect(bob.processors == ["amd64", "i386"])
        #expect(bob.isVirtualized && bob.vmHost == "host" && bob.resetProtocol == .asynchronous)
        #expect(bob.openResources == ["a\nb", "\\c", ""] && bob.restrictedResources == [])
        #expect(bob.isOK && bob.isManual)
        #expect(bob.cleanStatus == .dirty && bob.cleanStatusChanged == farm.at(1))
        #expect(bob.failureCount == 0 && bob.version == nil && bob.job == nil)
    }

    @Test("a builder entered again keeps its history and what people set")
    func enteredAgain() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned("bob")
        try await farm.fail(bob, mayRetry: true)
        try await farm.records.noteVersion("254", of: bob)
        try await farm.records.setBuilder(.named("bob"), enabled: false, notes: "lunch", now: farm.at(2))
        #expect(try await farm.records.enter(builder: try vitals("bob"), now: farm.at(3)) == bob)
        let again = try await farm.records.vitals(of: bob)
        #expect(!again.isOK && !again.isManual && again.failureCount == 1 && again.version == "254")
        #expect(again.job?.build == job.build)
        #expect(again.processors == ["amd64", "i386"] && again.vmHost == "host")
        #expect(try await farm.records.allVitals().count == 1)
        try await farm.expectSound()
    }

    @Test("a clean builder stays clean when entered again, unless it is another machine now")
    func anotherMachine() async throws {
        let farm = try await TestFarm()
        let bob = try await farm.records.enter(builder: try vitals("bob"), now: farm.at(1))
        _ = try await farm.records.setCleanStatus(.clean, of: bob, now: farm.at(2))
        try await farm.records.enter(builder: try vitals("bob"), now: farm.at(3))
        let same = try await farm.records.vitals(of: bob)
        #expect(same.cleanStatus == .clean && same.cleanStatusChanged == farm.at(2))
        try await farm.records.enter(builder: try vitals("bob", url: "http://new:8221"), now: farm.at(4))
        let other = try await farm.records.vitals(of: bob)
        #expect(other.cleanStatus == .dirty && other.cleanStatusChanged == farm.at(4))
    }

    @Test("all builders come by name, each with its own processors and job")
    func all() async throws {
        let farm = try await TestFarm()
        try await farm.builder("zoe", processors: ["s390x"])
        let (bob, job) = try await farm.assigned("bob")
        try await farm.builder("amy", processors: ["arm64", "armhf"])
        let all = try await farm.records.allVitals()
        #expect(all.map(\.name.rawValue) == ["amy", "bob", "zoe"])
        #expect(all.map(\.processors) == [["arm64", "armhf"], ["amd64"], ["s390x"]])
        #expect(all.map(\.job) == [nil, job, nil])
        #expect(try await farm.records.vitals(of: bob) == all[1])
    }

    @Test("a clean status is stored with its time")
    func cleanStatus() async throws {
        let farm = try await TestFarm()
        let bob = try await farm.builder("bob", isClean: false)
        for (index, status) in [CleanStatus.cleaning, .clean, .dirty].enumerated() {
            let vitals = try await farm.records.setCleanStatus(status, of: bob, now: farm.at(Int64(index)))
            #expect(vitals.cleanStatus == status && vitals.cleanStatusChanged == farm.at(Int64(index)))
        }
    }

    @Test("a builder with a job stays dirty, whatever is said of it")
    func dirtyWithJob() async throws {
        let farm = try await TestFarm()
        let (bob, _) = try await farm.assigned()
        for status in [CleanStatus.clean, .cleaning] {
            #expect(
                try await farm.records.setCleanStatus(status, of: bob, now: farm.at(5)).cleanStatus == .dirty)
        }
        #expect(try await farm.records.vitals(of: bob).cleanStatusChanged == farm.at(1))
        #expect(try await farm.records.setCleanStatus(.dirty, of: bob, now: farm.at(6)).cleanStatus == .dirty)
        try await farm.expectSound()
    }

    @Test("enabling clears the failures and forces cleaning; the next single failure does not disable again")
    func enabling() async throws {
        let farm = try await TestFarm()
        let bob = try await farm.builder("bob")
        for _ in 0..<5 { try await farm.fail(bob) }
        #expect(try await !farm.records.vitals(of: bob).isOK)
        _ = try await farm.records.setCleanStatus(.clean, of: bob, now: farm.at(2))
        try await farm.records.setBuilder(.named("bob"), enabled: true, notes: nil, now: farm.at(3))
        let enabled = try await farm.records.vitals(of: bob)
        #expect(enabled.isOK && enabled.failureCount == 0)
        #expect(enabled.cleanStatus == .dirty && enabled.cleanStatusChanged == farm.at(3))
        #expect(try await farm.records.builderListings().first?.failNotes == nil)
        try await farm.fail(bob)
        #expect(try await farm.records.vitals(of: bob).isOK)
        try await farm.expectSound()
    }

    @Test("enabling settles the strikes of the jobs it had, too")
    func enablingSettles() async throws {
        let farm = try await TestFarm()
        let (bob, _) = try await farm.assigned()
        try await farm.fail(bob)
        try await farm.records.setBuilder(.named("bob"), enabled: true, notes: nil, now: farm.at(3))
        try await farm.expectSound()
    }

    @Test("disabling keeps the reason and everything else")
    func disabling() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        try await farm.fail(bob, mayRetry: true)
        try await farm.records.setBuilder(.named("bob"), enabled: false, notes: "smoke", now: farm.at(3))
        let vitals = try await farm.records.vitals(of: bob)
        #expect(!vitals.isOK && vitals.failureCount == 1 && vitals.job?.build == job.build)
        #expect(try await farm.records.builderListings().first?.failNotes == "smoke")
    }

    @Test("a builder of no known name is refused")
    func unknown() async throws {
        let farm = try await TestFarm()
        #expect(
            await refusal {
                try await farm.records.setBuilder(
                    .named("nobody"), enabled: true, notes: nil, now: farm.at(1))
            } == .notFound)
        #expect(
            await refusal { try await farm.records.setBuilder(.named("nobody"), manual: true) } == .notFound)
        #expect(await refusal { try await farm.records.vitals(of: BuilderID(9)) } == .notFound)
        #expect(
            await refusal { try await farm.records.setCleanStatus(.clean, of: BuilderID(9), now: farm.at(1)) }
                == .notFound)
    }

    @Test("a version is noted, and forgotten when the slave does not say it any more")
    func version() async throws {
        let farm = try await TestFarm()
        let bob = try await farm.builder("bob")
        try await farm.records.noteVersion("254\u{0}", of: bob)
        #expect(try await farm.records.vitals(of: bob).version == "254")
        try await farm.records.noteVersion(nil, of: bob)
        #expect(try await farm.records.vitals(of: bob).version == nil)
    }
}
