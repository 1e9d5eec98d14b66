import BuildManager
import FarmModel
import FarmRecords
import Testing

/// Scanner, judge and records together, on toy slaves: the consequences that manager spec 11.5, 13.4 and 17 draw.
@Suite("A farm of toy slaves")
struct ScannedFarmTests {
    private static var original: ManagerSettings {
        var settings = ManagerSettings()
        settings.attribution = .original
        return settings
    }

    @Test("a healthy farm builds everything, cleans between any two builds, and has no failure")
    func healthy() async throws {
        var toys = try await ToyFarm(builders: ["amy", "bob", "eve"])
        for number in 0..<12 { try await toys.farm.build("p\(number)") }
        #expect(try await toys.rounds(atMost: 100) { try await $0.areAllFinal() } != nil)
        #expect(try await toys.records.builds().allSatisfy { $0.status == .uploading && $0.attempts == 1 })
        #expect(toys.failedScans.isEmpty)
        for slave in toys.slaves.values {
            // After each build a clean, and nothing ever aborted.
            let work = slave.calls.filter { $0 != "status" }
            #expect(work.enumerated().allSatisfy { $1 == ($0 % 2 == 0 ? "build" : "clean") })
        }
    }

    @Test("a source that no slave can fetch disables nobody and is given up", arguments: [1, 2, 10])
    func unfetchable(builders: Int) async throws {
        var toys = try await ToyFarm(builders: (0..<builders).map { "b\($0)" })
        let bad = try await toys.farm.build("bad", score: 9000)
        toys.unfetchable = [bad]
        for number in 0..<5 { try await toys.farm.build("p\(number)") }
        #expect(try await toys.rounds(atMost: 300) { try await $0.areAllFinal() } != nil)
        #expect(try await toys.farm.status(bad) == .failedToBuild)
        #expect(try await toys.records.builds(in: .uploading).count == 5)
        for builder in toys.builders {
            #expect(try await !toys.isOff(builder))
            #expect(try await toys.farm.failures(of: builder) == 0, "strikes were given back")
        }
        let attempts = try #require(try await toys.records.build(bad)).attempts
        #expect(attempts <= (builders == 1 ? 10 : builders + 1))
    }

    @Test("in the original, one builder and an unfetchable source tie for ever")
    func unfetchableTie() async throws {
        var toys = try await ToyFarm(builders: ["bob"], settings: Self.original)
        let bad = try await toys.farm.build("bad")
        toys.unfetchable = [bad]
        for _ in 0..<100 { try await toys.round() }
        #expect(try await toys.farm.status(bad) != .failedToBuild)
        #expect(try await !toys.isOff(toys.builders[0]))
        #expect(try await toys.farm.failures(of: bad) > 20)
    }

    @Test(
        "a builder that breaks at any stage is disabled after a bounded number of its own failures, and no job suffers",
        arguments: [
            ToySlave.Habit.refusesBuilds, .faultsOnBuild, .forgetsBuilds, .builderFails, .hidesLogs,
            .corruptsFiles, .dead,
            .dreams,
        ])
    func badBuilder(habit: ToySlave.Habit) async throws {
        var toys = try await ToyFarm(builders: ["bad", "good"])
        let (bad, good) = (toys.builders[0], toys.builders[1])
        toys.slaves[bad]?.habit = habit
        for number in 0..<40 { try await toys.farm.build("p\(number)") }
        #expect(try await toys.rounds(atMost: 400) { try await $0.isOff(bad) } != nil, "\(habit)")
        #expect(try await toys.rounds(atMost: 400) { try await $0.areAllFinal() } != nil)
        #expect(try await !toys.isOff(good))
        // The rule of 2023 may still kill a job that comes back to the bad builder, but not many.
        #expect(try await toys.records.builds(in: .failedToBuild).count <= 3)
        #expect(try await toys.records.builds(in: .uploading).count >= 37)
    }

    @Test(
        "in the original, builders that break after accepting, lose jobs or refuse them politely are never disabled",
        arguments: [ToySlave.Habit.refusesBuilds, .forgetsBuilds, .builderFails])
    func badBuilderInTheOriginal(habit: ToySlave.Habit) async throws {
        var toys = try await ToyFarm(builders: ["bad"], settings: Self.original)
        toys.slaves[toys.builders[0]]?.habit = habit
        for number in 0..<10 { try await toys.farm.build("p\(number)") }
        for _ in 0..<200 { try await toys.round() }
        #expect(try await !toys.isOff(toys.builders[0]))
    }

    @Test("a dead idle builder is disabled by its 25th failing scan, having been dirtied four times")
    func deadIdle() async throws {
        var toys = try await ToyFarm(builders: ["bob"])
        let bob = toys.builders[0]
        toys.slaves[bob]?.habit = .dead
        #expect(try await toys.rounds(atMost: 100) { try await $0.isOff(bob) } == 25)
        #expect(toys.failedScans[bob] == 25)
        let verdicts = try await toys.records.verdicts(builder: bob)
        #expect(verdicts.map(\.builderAction) == ["disable", "dirty", "dirty", "dirty", "dirty"])
        let calls = toys.slaves[bob]?.calls.count
        for _ in 0..<20 { try await toys.round() }
        #expect(toys.slaves[bob]?.calls.count == calls, "a disabled builder is not contacted")
    }

    @Test("a running job whose slave dies is put back at the 15th failing scan")
    func deadWhileBuilding() async throws {
        var toys = try await ToyFarm(builders: ["bob"])
        let bob = toys.builders[0]
        let build = try await toys.farm.build()
        _ = try await toys.rounds(atMost: 10) { try await $0.farm.status(build) == .building }
        toys.slaves[bob]?.habit = .dead
        #expect(try await toys.rounds(atMost: 100) { try await $0.farm.status(build) == .needsBuild } == 15)
        #expect(try await toys.farm.failures(of: build) == 3)
    }

    @Test("up to four failing scans in a row cost nothing", arguments: 1...4)
    func glitch(scans: Int) async throws {
        var toys = try await ToyFarm(builders: ["bob"])
        let bob = toys.builders[0]
        let build = try await toys.farm.build()
        _ = try await toys.rounds(atMost: 10) { try await $0.farm.status(build) == .building }
        toys.slaves[bob]?.habit = .dead
        for _ in 0..<scans { try await toys.round() }
        toys.slaves[bob]?.habit = .healthy
        _ = try await toys.rounds(atMost: 20) { try await $0.areAllFinal() }
        #expect(try await toys.farm.status(build) == .uploading)
        #expect(try await toys.records.verdicts().isEmpty)
    }

    @Test(
        "a cancelled build ends CANCELLED within bounded time, whatever its slave does",
        arguments: [
            ToySlave.Habit.healthy, .cannotAbort, .ignoresAborts, .neverFinishesAborting, .dead,
            .forgetsBuilds, .dreams,
            .hidesLogs,
        ])
    func cancel(habit: ToySlave.Habit) async throws {
        var toys = try await ToyFarm(builders: ["bob"])
        let bob = toys.builders[0]
        let build = try await toys.farm.build()
        _ = try await toys.rounds(atMost: 10) { try await $0.farm.status(build) == .building }
        toys.slaves[bob]?.habit = habit
        toys.slaves[bob]?.state = .building(
            BuildCookie(jobType: .packageBuild, build: build), scansLeft: 1000)
        try await toys.records.requestCancel(build, now: toys.now)
        let rounds = try await toys.rounds(atMost: 40) { try await $0.farm.status(build) == .cancelled }
        // 180 s are 12 scans; five more make it a failure.
        #expect(try #require(rounds) <= 18, "\(habit)")
        if habit == .healthy || habit == .forgetsBuilds || habit == .hidesLogs {
            #expect(try await toys.records.verdicts().isEmpty)
            #expect(
                try await toys.rounds(atMost: 10) {
                    try await $0.records.vitals(of: bob).cleanStatus == .clean
                } != nil)
        } else {
            // The builder is usable again or visibly failed.
            #expect(
                try await toys.rounds(atMost: 100) {
                    let isOff = try await $0.isOff(bob)
                    let isClean = try await $0.records.vitals(of: bob).cleanStatus == .clean
                    return isOff || isClean
                } != nil)
        }
        #expect(try await toys.farm.status(build) == .cancelled)
    }

    @Test("a build whose builder is disabled while it is being cancelled is CANCELLED at the next scan")
    func cancelDisabled() async throws {
        var toys = try await ToyFarm(builders: ["bob"])
        let build = try await toys.farm.build()
        _ = try await toys.rounds(atMost: 10) { try await $0.farm.status(build) == .building }
        try await toys.records.requestCancel(build, now: toys.now)
        try await toys.records.setBuilder(.named("bob"), enabled: false, notes: nil, now: toys.now)
        try await toys.round()
        #expect(try await toys.farm.status(build) == .cancelled)
        #expect(toys.failedScans.isEmpty)
    }

    @Test(
        "a builder that is disabled in the middle loses its job within one scan, and the job is built elsewhere"
    )
    func disabledMeanwhile() async throws {
        var toys = try await ToyFarm(builders: ["amy"])
        let build = try await toys.farm.build()
        _ = try await toys.rounds(atMost: 10) { try await $0.farm.status(build) == .building }
        try await toys.records.setBuilder(.named("amy"), enabled: false, notes: nil, now: toys.now)
        try await toys.round()
        #expect(try await toys.farm.status(build) == .needsBuild)
        try await toys.records.setBuilder(.named("amy"), enabled: true, notes: nil, now: toys.now)
        _ = try await toys.rounds(atMost: 30) { try await $0.areAllFinal() }
        #expect(try await toys.farm.status(build) == .uploading)
        let work = try #require(toys.slaves[toys.builders[0]]).calls.filter { $0 != "status" }
        #expect(
            work == ["build", "abort", "clean", "build"], "the first build was aborted before the second")
    }

    @Test("a manual builder gets no job, and its running job is followed to the end")
    func manual() async throws {
        var toys = try await ToyFarm(builders: ["bob"])
        let first = try await toys.farm.build("first", score: 9000)
        let second = try await toys.farm.build("second")
        _ = try await toys.rounds(atMost: 10) { try await $0.farm.status(first) == .building }
        try await toys.records.setBuilder(.named("bob"), manual: true)
        for _ in 0..<20 { try await toys.round() }
        #expect(try await toys.farm.status(first) == .uploading)
        #expect(try await toys.farm.status(second) == .needsBuild)
        #expect(try await toys.records.vitals(of: toys.builders[0]).cleanStatus == .clean)
    }

    @Test(
        "killed anywhere, any number of times, a healthy farm loses nothing and punishes nobody",
        arguments: [1, 2, 3, 4] as [UInt64])
    func killed(seed: UInt64) async throws {
        print("toy farm: seed \(seed)")
        var toys = try await ToyFarm(builders: ["amy", "bob", "eve"])
        for number in 0..<10 { try await toys.farm.build("p\(number)") }
        let chance = RandomChance(seed: seed, probability: 0.03)
        toys.isKilled = { chance.happens() }
        #expect(try await toys.rounds(atMost: 600) { try await $0.areAllFinal() } != nil)
        #expect(chance.count > 10)
        #expect(
            try await toys.records.builds().allSatisfy { $0.status == .uploading && $0.failureCount == 0 })
        #expect(try await toys.records.verdicts().isEmpty)
        for builder in toys.builders { #expect(try await !toys.isOff(builder)) }
    }

    @Test(
        "once all slaves are well again, every job ends and every builder returns",
        arguments: [11, 12, 13, 14, 15, 16] as [UInt64])
    func chaos(seed: UInt64) async throws {
        print("toy farm: seed \(seed)")
        var random = SeededGenerator(seed: seed).split("chaos")
        var toys = try await ToyFarm(
            builders: ["amy", "bob", "eve", "zoe"], settings: seed % 2 == 0 ? .init() : Self.original)
        let habits: [ToySlave.Habit] = [
            .healthy, .healthy, .healthy, .healthy, .dead, .refusesBuilds, .forgetsBuilds, .builderFails,
            .faultsOnBuild,
            .cannotAbort, .hidesLogs, .corruptsFiles, .dreams,
        ]
        var builds: [BuildID] = []
        for number in 0..<20 { builds.append(try await toys.farm.build("p\(number)")) }
        let chance = RandomChance(seed: seed, probability: 0.005)
        toys.isKilled = { chance.happens() }
        for _ in 0..<150 {
            for builder in toys.builders where random.unit() < 0.1 {
                toys.slaves[builder]?.habit = habits.randomElement(using: &random) ?? .healthy
            }
            if random.unit() < 0.1, let build = builds.randomElement(using: &random) {
                try await toys.records.requestCancel(build, now: toys.now)
            }
            try await toys.round()
        }
        // Everything is repaired.
        toys.isKilled = { false }
        for builder in toys.builders {
            toys.slaves[builder]?.habit = .healthy
            try await toys.records.setBuilder(
                toys.records.vitals(of: builder).name, enabled: true, notes: nil, now: toys.now)
        }
        #expect(try await toys.rounds(atMost: 400) { try await $0.areAllFinal() } != nil)
        for _ in 0..<10 { try await toys.round() }
        for vitals in try await toys.records.allVitals() {
            #expect(vitals.isOK && vitals.cleanStatus == .clean && vitals.job == nil)
        }
        #expect(
            try await toys.records.builds().allSatisfy {
                $0.status != .superseded && !$0.status.hasQueueEntry
            })
    }
}

/// Something that happens now and then, the same for the same seed.
private final class RandomChance {
    private var random: SeededGenerator
    private let probability: Double
    private(set) var count = 0

    init(seed: UInt64, probability: Double) {
        random = SeededGenerator(seed: seed).split("chance")
        self.probability = probability
    }

    func happens() -> Bool {
        guard random.unit() < probability else { return false }
        count += 1
        return true
    }
}
