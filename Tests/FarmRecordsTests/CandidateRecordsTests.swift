import BuildManager
import FarmModel
import FarmRecords
import Testing

@Suite("Taking a job")
struct CandidateRecordsTests {
    @Test("the highest score first, then the lowest id")
    func order() async throws {
        let farm = try await TestFarm()
        let bob = try await farm.builder("bob")
        for score in [10, 30, 20, 30, 10] as [Int64] { try await farm.build("p\(score)", score: score) }
        var order: [Int64] = []
        while let plan = try await farm.take(bob) {
            order.append(plan.job.build.rawValue)
            try await farm.records.finish(plan.job.build, as: .failedToBuild, on: bob, now: farm.at(2))
            _ = try await farm.records.setCleanStatus(.clean, of: bob, now: farm.at(2))
        }
        #expect(order == [2, 4, 3, 1, 5])
        try await farm.expectSound()
    }

    @Test("job and builder change in one step: RUNNING, BUILDING, DIRTY, an attempt begun")
    func oneStep() async throws {
        let farm = try await TestFarm()
        let (bob, job) = try await farm.assigned()
        let vitals = try await farm.records.vitals(of: bob)
        #expect(vitals.cleanStatus == .dirty)
        #expect(vitals.cleanStatusChanged == farm.at(1))
        #expect(vitals.job == job)
        #expect(job.status == .building)
        #expect(job.startedAt == farm.at(1))
        #expect(job.processor == "amd64")
        let listing = try #require(try await farm.records.build(job.build))
        #expect(listing.status == .building)
        #expect(listing.builder == "bob")
        #expect(listing.dateStarted == farm.at(1))
        #expect(try await farm.records.attempts(of: job.build).map(\.builder) == ["bob"])
        try await farm.expectSound()
    }

    @Test("the plan says everything a dispatch needs")
    func plan() async throws {
        let farm = try await TestFarm()
        let ppa = try await farm.records.enter(
            archive: ArchiveEntry(
                name: "ppa", purpose: "PPA", isPrivate: true, requiresVirtualized: true,
                buildToken: "topsecret",
                archiveURLs: ["http://a/", "http://b/"], trustedKeys: ["a2V5\nmore", ""],
                buildsDebugSymbols: true))
        let source = try await farm.source("hello", archive: ppa, component: "universe")
        try await farm.records.enter(
            build: BuildEntry(
                source: source, series: "noble", pocket: "updates", architecture: "amd64", isArchIndep: true,
                processor: "amd64", constraints: ["large", "fast"], score: 77), now: farm.start)
        let bob = try await farm.builder("bob", open: ["large", "fast"], isVirtual: true)
        let plan = try #require(try await farm.take(bob))
        #expect(plan.job.cookie.description == "PACKAGEBUILD-1")
        #expect(plan.sourceName == "hello" && plan.sourceVersion == "1.0")
        #expect(plan.image == DispatchPlan.File(name: "chroot-noble-amd64.tar.gz", sum: try .of(1)))
        #expect(plan.files == [DispatchPlan.File(name: "hello_1.0.dsc", sum: try .of(2), isRestricted: true)])
        #expect(
            plan.suite == "noble-updates" && plan.architecture == "amd64" && plan.distribution == "ubuntu")
        #expect(plan.isArchIndep && plan.isPrivate && plan.isVirtualized && plan.buildDebugSymbols)
        #expect(plan.archivePurpose == "PPA" && plan.component == "universe")
        #expect(plan.archiveURLs == ["http://a/", "http://b/"])
        #expect(plan.trustedKeys == ["a2V5\nmore", ""])
        #expect(plan.fileToken == "topsecret")
        #expect(plan.constraints == ["large", "fast"])
        #expect(plan.score == 77)
        #expect(plan.objection == nil)
    }

    @Test("a public archive's plan carries no token, even if there is one")
    func noToken() async throws {
        let farm = try await TestFarm()
        let ppa = try await farm.records.enter(
            archive: ArchiveEntry(name: "ppa", purpose: "PPA", buildToken: "topsecret"))
        try await farm.build(archive: ppa, isVirtual: true)
        let bob = try await farm.builder("bob", isVirtual: true)
        let plan = try #require(try await farm.take(bob))
        #expect(plan.fileToken == nil)
        #expect(plan.files.allSatisfy { !$0.isRestricted })
    }

    @Test(
        "a PPA that needs no virtual builder passes for the primary archive, with the component found there")
    func presentation() async throws {
        let farm = try await TestFarm()
        let ppa = try await farm.records.enter(
            archive: ArchiveEntry(name: "ppa", purpose: "PPA", requiresVirtualized: false))
        try await farm.source("known", component: "restricted")
        for (name, component) in [("known", "restricted"), ("unknown", "universe")] {
            try await farm.build(name, archive: ppa)
            let bob = try await farm.builder("b-\(name)")
            let plan = try #require(try await farm.take(bob))
            #expect(plan.archivePurpose == "PRIMARY")
            #expect(plan.component == component)
        }
    }

    @Test("without a base image there is a plan without one")
    func noImage() async throws {
        let farm = try await TestFarm()
        let source = try await farm.source("hello")
        try await farm.records.enter(
            build: BuildEntry(
                source: source, series: "noble", architecture: "s390x", processor: "s390x",
                isVirtualized: false, score: 1),
            now: farm.start)
        let bob = try await farm.builder("bob", processors: ["s390x"])
        #expect(try #require(try await farm.take(bob)).image == nil)
    }

    @Test("a closed suite makes an objection, an opened one none")
    func closedSuite() async throws {
        let farm = try await TestFarm()
        try await farm.build(pocket: "updates")
        try await farm.records.setSuite(
            archive: farm.archive, series: "noble", pocket: "updates", isClosed: true)
        try await farm.records.setSuite(
            archive: farm.archive, series: "noble", pocket: "updates", isClosed: true)
        let bob = try await farm.builder("bob")
        let plan = try #require(try await farm.take(bob))
        #expect(plan.objection == "noble (updates) takes no more packages")
        try await farm.records.resetJob(plan.job, outcome: "closed", now: farm.at(2))
        try await farm.records.setSuite(
            archive: farm.archive, series: "noble", pocket: "updates", isClosed: false)
        _ = try await farm.records.setCleanStatus(.clean, of: bob, now: farm.at(2))
        #expect(try #require(try await farm.take(bob)).objection == nil)
    }

    @Test("a builder that is not free, clean, enabled and automatic gets nothing, whatever the caller's view")
    func staleView() async throws {
        let farm = try await TestFarm()
        try await farm.build()
        let bob = try await farm.builder("bob")
        let view = try await farm.records.vitals(of: bob)
        func take() async throws -> DispatchPlan? {
            try await farm.records.takeCandidate(
                for: view, now: farm.at(1), matches: { _ in true }, vet: { _ in nil })
        }
        try await farm.records.setBuilder(.named("bob"), manual: true)
        #expect(try await take() == nil)
        try await farm.records.setBuilder(.named("bob"), manual: false)
        try await farm.records.setBuilder(.named("bob"), enabled: false, notes: "lunch", now: farm.at(1))
        #expect(try await take() == nil)
        try await farm.records.setBuilder(.named("bob"), enabled: true, notes: nil, now: farm.at(1))
        #expect(try await take() == nil, "dirty after enabling")
        _ = try await farm.records.setCleanStatus(.cleaning, of: bob, now: farm.at(1))
        #expect(try await take() == nil)
        _ = try await farm.records.setCleanStatus(.clean, of: bob, now: farm.at(1))
        #expect(try await take() != nil)
        #expect(try await take() == nil, "busy")
        try await farm.expectSound()
    }

    @Test("matching is asked of the caller; a job that fits far down in the queue is found")
    func deepQueue() async throws {
        let farm = try await TestFarm()
        for number in 0..<250 { try await farm.build("p\(number)", constraints: ["gpu"], score: 5000) }
        let last = try await farm.build("plain", score: 1)
        let bob = try await farm.builder("bob")
        #expect(try await farm.take(bob)?.job.build == last)
    }

    @Test("a builder without processors takes jobs that need none")
    func noProcessors() async throws {
        let farm = try await TestFarm()
        try await farm.build("first", processor: "amd64", score: 9000)
        let any = try await farm.build("any", processor: nil)
        let bob = try await farm.builder("bob", processors: [])
        #expect(try await farm.take(bob)?.job.build == any)
    }

    @Test("jobs that vetting ends leave the queue, and the next one is taken; ten are tried")
    func vetting() async throws {
        let farm = try await TestFarm()
        for number in 0..<11 { try await farm.build("secret\(number)", pocket: "security", score: 5000) }
        let good = try await farm.build("good", score: 1)
        let bob = try await farm.builder("bob")
        #expect(try await farm.take(bob) == nil)
        #expect(try await farm.records.builds(in: .failedToBuild).count == 10)
        #expect(try await farm.records.vitals(of: bob).cleanStatus == .clean)
        #expect(try await farm.take(bob)?.job.build == good)
        #expect(try await farm.records.builds(in: .failedToBuild).count == 11)
        #expect(try await farm.records.builds(in: .failedToBuild).allSatisfy { $0.dateFinished != nil })
        try await farm.expectSound()
    }

    @Test("how many are tried is the caller's choice")
    func vettingLimit() async throws {
        let farm = try await TestFarm()
        for number in 0..<5 { try await farm.build("secret\(number)", pocket: "security") }
        let view = try await farm.records.vitals(of: try await farm.builder("bob"))
        _ = try await farm.records.takeCandidate(
            for: view, atMost: 3, now: farm.at(1), matches: { _ in true }, vet: { _ in .failedToBuild })
        #expect(try await farm.records.builds(in: .failedToBuild).count == 3)
    }

    @Test("an unpublished source is superseded, an obsolete series fails unless its archive permits it")
    func facts() async throws {
        let farm = try await TestFarm()
        let lenient = try await farm.records.enter(
            archive: ArchiveEntry(name: "old", requiresVirtualized: false, permitsObsoleteSeries: true))
        let gone = try await farm.build("gone", score: 3)
        try await farm.records.setPublished(false, source: 1)
        let bob = try await farm.builder("bob")
        #expect(try await farm.take(bob) == nil)
        #expect(try await farm.status(gone) == .superseded)
        try await farm.records.setSeries("noble", isObsolete: true)
        let strict = try await farm.build("strict", score: 3)
        let kept = try await farm.build("kept", archive: lenient, score: 2)
        #expect(try await farm.take(bob)?.job.build == kept)
        #expect(try await farm.status(strict) == .failedToBuild)
        try await farm.expectSound()
    }

    @Test("vetting cannot end a job in a status that belongs into the queue")
    func impossibleVetting() async throws {
        let farm = try await TestFarm()
        let build = try await farm.build()
        let view = try await farm.records.vitals(of: try await farm.builder("bob"))
        #expect(
            await refusal {
                try await farm.records.takeCandidate(
                    for: view, now: farm.at(1), matches: { _ in true }, vet: { _ in .building })
            } == .illegalTransition)
        #expect(try await farm.status(build) == .needsBuild)
        try await farm.expectSound()
    }

    @Test("under forty tasks at once no job goes to two builders and no builder gets two jobs")
    func concurrency() async throws {
        let farm = try await TestFarm()
        var builders: [BuilderID] = []
        for number in 0..<20 { builders.append(try await farm.builder("b\(number)")) }
        for number in 0..<30 { try await farm.build("p\(number)") }
        let second = try farm.reopened()
        let taken = try await withThrowingTaskGroup(of: DispatchPlan?.self) { group in
            // Each builder twice, once by each of two managers, with the view from before.
            for builder in builders {
                let view = try await farm.records.vitals(of: builder)
                for records in [farm.records, second] {
                    group.addTask {
                        try await records.takeCandidate(
                            for: view, now: farm.at(1), matches: { _ in true }, vet: { _ in nil })
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let plans = taken.compactMap { $0 }
        #expect(plans.count == 20)
        #expect(Set(plans.map(\.job.build)).count == 20)
        #expect(try await farm.records.allVitals().allSatisfy { $0.job != nil })
        try await farm.expectSound()
    }

    @Test("waiting groups name each kind of job that waits, once")
    func waitingGroups() async throws {
        let farm = try await TestFarm()
        #expect(try await farm.records.waitingGroups().isEmpty)
        try await farm.build("a")
        try await farm.build("b")
        try await farm.build("c", processor: nil, isVirtual: true)
        let held = try await farm.build("d", processor: "arm64")
        try await farm.records.setHeld(true, build: held)
        #expect(
            try await farm.records.waitingGroups() == [
                .init(processor: "amd64", isVirtualized: false), .init(processor: nil, isVirtualized: true),
            ])
        let bob = try await farm.builder("bob")
        _ = try await farm.take(bob)
        #expect(
            try await farm.records.waitingGroups().contains(.init(processor: "amd64", isVirtualized: false)))
    }
}
