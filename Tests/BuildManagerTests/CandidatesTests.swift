import BuildManager
import FarmModel
import Testing

@Suite("Who may take which job")
struct CandidatesTests {
    private static func builder(
        _ processors: [String] = ["amd64"], isVirtual: Bool = false, open: [String] = [],
        restricted: [String] = []
    ) throws -> BuilderVitals {
        var builder = try BuilderVitals.bob(.clean)
        builder.processors = processors
        builder.isVirtualized = isVirtual
        builder.openResources = open
        builder.restrictedResources = restricted
        return builder
    }

    private static func job(
        _ processor: String? = "amd64", isVirtual: Bool = false, constraints: [String] = [], score: Int64 = 0
    ) -> JobRequirements {
        JobRequirements(
            queueEntry: QueueEntryID(1), build: BuildID(1), processor: processor, isVirtualized: isVirtual,
            constraints: constraints, score: score)
    }

    @Test("the processor must be one of the builder's, or indifferent")
    func processors() throws {
        let builder = try Self.builder(["amd64", "i386"])
        #expect(Candidates.matches(Self.job("amd64"), builder))
        #expect(Candidates.matches(Self.job("i386"), builder))
        #expect(Candidates.matches(Self.job(nil), builder))
        #expect(!Candidates.matches(Self.job("arm64"), builder))
        #expect(Candidates.matches(Self.job(nil), try Self.builder([])))
    }

    @Test("virtual jobs go to virtual builders, others to others", arguments: [true, false], [true, false])
    func virtualisation(job: Bool, builder: Bool) throws {
        #expect(
            Candidates.matches(Self.job(isVirtual: job), try Self.builder(isVirtual: builder))
                == (job == builder))
    }

    @Test("open resources may be asked for, restricted ones must be")
    func resources() throws {
        let builder = try Self.builder(open: ["large"], restricted: ["gpu"])
        #expect(!Candidates.matches(Self.job(), builder))
        #expect(!Candidates.matches(Self.job(constraints: ["large"]), builder))
        #expect(Candidates.matches(Self.job(constraints: ["gpu"]), builder))
        #expect(Candidates.matches(Self.job(constraints: ["gpu", "large"]), builder))
        #expect(!Candidates.matches(Self.job(constraints: ["gpu", "fast"]), builder))
        #expect(Candidates.matches(Self.job(), try Self.builder(open: ["large"])))
        #expect(!Candidates.matches(Self.job(constraints: ["gpu"]), try Self.builder()))
    }

    @Test("on random farms the answer is that of the plain statement", arguments: [1, 2, 3] as [UInt64])
    func bruteForce(seed: UInt64) throws {
        print("candidates: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let tags = ["a", "b", "c"]
        func pick(_ items: [String]) -> [String] { items.filter { _ in random.unit() < 0.4 } }
        var matches = 0
        for _ in 0..<20_000 {
            let builder = try Self.builder(
                pick(["amd64", "arm64", "s390x"]), isVirtual: random.unit() < 0.5, open: pick(tags),
                restricted: pick(tags).filter { _ in random.unit() < 0.5 })
            let job = Self.job(
                (["amd64", "arm64", "s390x", nil] as [String?]).randomElement(using: &random) ?? nil,
                isVirtual: random.unit() < 0.5, constraints: pick(tags))
            let expected = Self.stated(job, builder)
            #expect(Candidates.matches(job, builder) == expected)
            if expected { matches += 1 }
        }
        #expect((500...15_000).contains(matches))
    }

    /// Manager spec 1.6, word for word, tag by tag.
    private static func stated(_ job: JobRequirements, _ builder: BuilderVitals) -> Bool {
        var may = job.processor == nil
        for processor in builder.processors where processor == job.processor { may = true }
        if job.isVirtualized != builder.isVirtualized { may = false }
        for tag in ["a", "b", "c"] {
            let isAsked = job.constraints.contains(tag)
            let isOpen = builder.openResources.contains(tag)
            let isRestricted = builder.restrictedResources.contains(tag)
            if isAsked && !isOpen && !isRestricted { may = false }
            if isRestricted && !isAsked { may = false }
        }
        return may
    }

    @Test("vetting a taken job")
    func vetting() {
        #expect(Candidates.vet(pocket: "release", isSourcePublished: true) == nil)
        #expect(Candidates.vet(pocket: "updates", isSourcePublished: true) == nil)
        #expect(Candidates.vet(pocket: "release", isSourcePublished: false) == .superseded)
        #expect(Candidates.vet(pocket: "security", isSourcePublished: true) == .failedToBuild)
        #expect(Candidates.vet(pocket: "security", isSourcePublished: false) == .failedToBuild)
        #expect(
            Candidates.vet(pocket: "release", isSourcePublished: true, isSeriesObsolete: true)
                == .failedToBuild)
        #expect(
            Candidates.vet(pocket: "release", isSourcePublished: false, isSeriesObsolete: true)
                == .failedToBuild)
    }

    @Test("minimum scores: none by default, for all, by processor, and the higher of both")
    func minimumScores() {
        #expect(MinimumScores().admits(Self.job(score: .min)))
        let both = MinimumScores(overall: 100, byProcessor: ["amd64": 500, "arm64": 50])
        #expect(!both.admits(Self.job("amd64", score: 499)))
        #expect(both.admits(Self.job("amd64", score: 500)))
        #expect(!both.admits(Self.job("arm64", score: 99)))
        #expect(both.admits(Self.job("arm64", score: 100)))
        #expect(both.admits(Self.job("s390x", score: 100)))
        #expect(!both.admits(Self.job(nil, score: 99)))
        #expect(MinimumScores(byProcessor: ["amd64": 1]).admits(Self.job(nil, score: -5)))
    }
}

@Suite("Scores of binary builds")
struct BuildScoreTests {
    private static func score(_ change: (inout BuildScore) -> Void) -> Int64 {
        var score = BuildScore()
        change(&score)
        return score.value
    }

    @Test("the usual build: main, release, medium")
    func usual() {
        #expect(BuildScore().value == 1000 + 1500 + 10)
    }

    @Test(
        "urgency",
        arguments: [("low", 5), ("medium", 10), ("high", 15), ("emergency", 20), ("none", 0)]
            as [(String, Int64)])
    func urgency(urgency: String, points: Int64) {
        #expect(Self.score { $0.urgency = urgency } == 2500 + points)
    }

    @Test(
        "pocket",
        arguments: [
            ("backports", 0), ("release", 1500), ("proposed", 3000), ("updates", 3000), ("security", 4500),
        ] as [(String, Int64)])
    func pocket(pocket: String, points: Int64) {
        #expect(Self.score { $0.pocket = pocket } == 1010 + points)
    }

    @Test(
        "component",
        arguments: [
            ("multiverse", 0), ("universe", 250), ("restricted", 750), ("main", 1000), ("partner", 1250),
            ("x", 0),
        ] as [(String, Int64)])
    func component(component: String, points: Int64) {
        #expect(Self.score { $0.component = component } == 1510 + points)
    }

    @Test("archives: private ones first, rebuilds last, bonuses of both signs, package sets on top")
    func archives() {
        #expect(Self.score { $0.isPrivate = true } == 12_510)
        #expect(Self.score { $0.isCopyArchive = true } == -90)
        #expect(Self.score { $0.archiveBonus = -500 } == 2010)
        #expect(Self.score { $0.packageSetBonus = 75 } == 2585)
        #expect(
            Self.score {
                $0.isPrivate = true
                $0.isCopyArchive = true
                $0.archiveBonus = 7
            } == 2510 + 10_000 - 2600 + 7)
    }

    @Test("translations count their archive only")
    func translations() {
        let score = Self.score {
            $0.section = "translations"
            $0.isPrivate = true
            $0.archiveBonus = 3
            $0.urgency = "emergency"
            $0.pocket = "security"
            $0.packageSetBonus = 1000
        }
        #expect(score == 10_003)
        #expect(Self.score { $0.section = "translations" } == 0)
    }
}
