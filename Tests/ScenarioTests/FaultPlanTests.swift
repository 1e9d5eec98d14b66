import FarmModel
import Testing

@testable import Scenario

@Suite("Fault plan")
struct FaultPlanTests {
    private let start = Instant(seconds: 1000)

    private func slave(
        _ name: String, _ architectures: [String] = ["amd64"], isVirtual: Bool = false, tags: [String] = []
    ) throws -> SlaveTraits {
        SlaveTraits(
            name: try #require(BuilderName(name)), architectures: architectures, isVirtual: isVirtual,
            tags: tags)
    }

    private func rule(
        _ name: String = "rule", _ fault: any ScriptedFault.Type = NeverAnswerFault.self,
        _ selector: FaultSelector = FaultSelector(), _ schedule: FaultSchedule = FaultSchedule()
    ) -> FaultRule {
        FaultRule(
            name: name, fault: fault.init(FaultParameterValues()), selector: selector, schedule: schedule)
    }

    private func plan(_ rules: [FaultRule], _ slaves: [SlaveTraits], seed: UInt64 = 1) -> FaultPlan {
        FaultPlan(rules: rules, slaves: slaves, seed: seed, start: start)
    }

    private func globs(_ patterns: String...) throws -> GlobSet {
        GlobSet(try patterns.map { try #require(Glob($0)) })
    }

    private func status(_ slave: SlaveTraits, building: BuildRun? = nil) -> FaultMoment {
        FaultMoment(slave: slave, event: .call(method: "status"), running: building)
    }

    /// For each of a number of status calls, one second apart, whether anything fired.
    private func firings(
        _ plan: inout FaultPlan, _ slave: SlaveTraits, calls: Int, building: BuildRun? = nil
    ) -> [Int] {
        (0..<calls).filter { call in
            !plan.decide(status(slave, building: building), at: start + .seconds(call)).fired.isEmpty
        }
    }

    @Test("a slave that no rule selects is left alone")
    func unselected() throws {
        let (one, two) = (try slave("lcy-1"), try slave("bos-1"))
        var plan = plan(
            [rule("r", NeverAnswerFault.self, FaultSelector(slaves: try globs("lcy-*")))], [one, two])
        #expect(plan.decide(status(one), at: start).effects == [.neverAnswer])
        #expect(plan.decide(status(two), at: start) == FaultDecision())
        #expect(plan.share(of: two.name) == nil)
        #expect(plan.decide(status(try slave("stranger-1")), at: start) == FaultDecision())
    }

    @Test("each selector selects")
    func selectors() throws {
        let real = try slave("lcy-001", ["amd64", "i386"], tags: ["gpu"])
        let virtual = try slave("bos-amd64-007", ["amd64"], isVirtual: true)
        let run = BuildRun(package: "hello", version: "1.0", architecture: "amd64", attempt: 2)
        let cases: [(FaultSelector, real: Bool, virtual: Bool)] = [
            (FaultSelector(), true, true),
            (FaultSelector(slaves: try globs("lcy-001")), true, false),
            (FaultSelector(slaves: try globs("lcy-001", "bos-*")), true, true),
            (FaultSelector(architectures: ["i386"]), true, false),
            (FaultSelector(regions: try globs("bos-amd64")), false, true),
            (FaultSelector(tags: ["gpu"]), true, false),
            (FaultSelector(isVirtual: true), false, true),
            (FaultSelector(isVirtual: false), true, false),
            (FaultSelector(calls: ["build"]), false, false),
            (FaultSelector(calls: ["build", "status"]), true, true),
            (FaultSelector(files: try globs("*.deb")), false, false),
            (FaultSelector(jobs: JobGlobs(try globs("hello"))), true, true),
            (FaultSelector(jobs: JobGlobs(try globs("hello_*_i386"))), false, false),
            (FaultSelector(attempts: CountRange(1, 1)), false, false),
            (FaultSelector(attempts: CountRange(2, nil)), true, true),
        ]
        for (selector, expectsReal, expectsVirtual) in cases {
            var plan = plan([rule("r", NeverAnswerFault.self, selector)], [real, virtual])
            let fired = [real, virtual].map {
                !plan.decide(status($0, building: run), at: start).fired.isEmpty
            }
            #expect(fired == [expectsReal, expectsVirtual], "\(selector)")
        }
    }

    @Test("a name in full can be excluded like any other")
    func exclusion() throws {
        let slaves = try (1...3).map { try slave("a-\($0)") }
        let selector = FaultSelector(
            slaves: GlobSet(try globs("a-1", "a-2").including, except: try globs("*-2").including))
        var plan = plan([rule("r", NeverAnswerFault.self, selector)], slaves)
        #expect(slaves.map { !plan.decide(status($0), at: start).fired.isEmpty } == [true, false, false])
    }

    @Test("a fault acts only at its occasion")
    func occasions() throws {
        let slave = try slave("a-1", isVirtual: true)
        let run = BuildRun(package: "hello", version: "1.0", architecture: "amd64")
        let events: [FaultMoment.Event] = [
            .connection, .call(method: "status"), .call(method: "abort"), .file(name: "x.deb"), .build(run),
            .reset,
        ]
        let expected: [(any ScriptedFault.Type, [Int])] = [
            (RefuseConnectionsFault.self, []), (NeverAnswerFault.self, [1, 2, 3]), (RPCFault.self, [1, 2]),
            (TruncatedFileFault.self, [3]), (BuilderFailFault.self, [4]), (ResetFailsFault.self, [5]),
            (NeverFinishAbortingFault.self, [2]), (WrongBuildIDFault.self, [1]),
        ]
        for (fault, indices) in expected {
            var plan = plan([rule("r", fault)], [slave])
            let fired = events.indices.filter { index in
                let moment = FaultMoment(slave: slave, event: events[index], running: run)
                return !plan.decide(moment, at: start).fired.isEmpty
            }
            #expect(fired == indices, "\(fault.name)")
        }
    }

    @Test("a fault that needs a build does not count moments without one")
    func needsBuild() throws {
        let slave = try slave("a-1")
        let run = BuildRun(package: "hello", version: "1.0", architecture: "amd64")
        var plan = plan(
            [rule("r", ForgetBuildFault.self, FaultSelector(), FaultSchedule(nth: CountRange(1, 1)))], [slave]
        )
        #expect(plan.decide(status(slave), at: start).effects.isEmpty)
        #expect(plan.decide(status(slave, building: run), at: start).effects == [.forgetBuild])
    }

    @Test("naming files leaves calls alone, and naming both keeps both")
    func callsAndFiles() throws {
        let slave = try slave("a-1")
        let file = FaultMoment(slave: slave, event: .file(name: "x.deb"))
        func decides(_ selector: FaultSelector) throws -> [Bool] {
            var plan = plan([rule("r", DelayFault.self, selector)], [slave])
            return [status(slave), file].map { !plan.decide($0, at: start).fired.isEmpty }
        }
        #expect(try decides(FaultSelector()) == [true, true])
        #expect(try decides(FaultSelector(calls: ["status"])) == [true, false])
        #expect(try decides(FaultSelector(files: try globs("*.deb"))) == [false, true])
        #expect(try decides(FaultSelector(calls: ["status"], files: try globs("*.deb"))) == [true, true])
    }

    @Test("schedules choose moments by time and number")
    func schedules() throws {
        let slave = try slave("a-1")
        let cases: [(FaultSchedule, [Int])] = [
            (FaultSchedule(), Array(0..<10)),
            (FaultSchedule(after: .seconds(3)), Array(3..<10)),
            (FaultSchedule(lasting: .seconds(2)), [0, 1]),
            (FaultSchedule(after: .seconds(3), lasting: .seconds(2)), [3, 4]),
            (FaultSchedule(nth: CountRange(3, 3)), [2]),
            (FaultSchedule(nth: CountRange(3, 5)), [2, 3, 4]),
            (FaultSchedule(every: 3), [0, 3, 6, 9]),
            (FaultSchedule(nth: CountRange(2, nil), every: 3), [1, 4, 7]),
            (FaultSchedule(times: 2), [0, 1]),
            (FaultSchedule(every: 4, times: 2), [0, 4]),
            (FaultSchedule(after: .seconds(5), nth: CountRange(2, 2)), [6]),
            (FaultSchedule(probability: 0), []),
        ]
        for (schedule, expected) in cases {
            var plan = plan([rule("r", NeverAnswerFault.self, FaultSelector(), schedule)], [slave])
            #expect(firings(&plan, slave, calls: 10) == expected, "\(schedule)")
        }
    }

    @Test("the first two fail, then it works: one line of a scenario")
    func firstTwo() throws {
        let scenario = try Scenario(
            reading: """
                name: x
                slaves: [{ name: a-1, architecture: amd64 }]
                faults: [{ fault: fault-8002, calls: build, when: { times: 2 } }]
                """, file: "f.yaml")
        var plan = FaultPlan(scenario, start: start)
        let moment = FaultMoment(slave: scenario.slaves[0].traits, event: .call(method: "build"))
        let effects = (0..<4).map { _ in plan.decide(moment, at: start).effects }
        let fault = [FaultEffect.answerFault(code: 8002, text: "error")]
        #expect(effects == [fault, fault, [], []])
    }

    @Test("rules compose in their order")
    func composition() throws {
        let slave = try slave("a-1")
        var plan = plan([rule("slow", DelayFault.self), rule("cut", ResetInBodyFault.self)], [slave])
        let decision = plan.decide(status(slave), at: start)
        #expect(decision.effects == [.delay(.seconds(1)), .resetInBody(afterBytes: 20)])
        #expect(
            decision.fired == [
                FiredFault(rule: "slow", fault: "delay"), FiredFault(rule: "cut", fault: "reset-in-body"),
            ])
        #expect(plan.timesFired.map(\.rule) == ["slow", "cut"] && plan.timesFired.map(\.count) == [1, 1])
    }

    @Test("a share of the calls fails, near what was asked for")
    func probability() throws {
        let slave = try slave("a-1")
        var plan = plan(
            [rule("r", NeverAnswerFault.self, FaultSelector(), FaultSchedule(probability: 0.3))], [slave])
        let count = firings(&plan, slave, calls: 10_000).count
        #expect((2800...3200).contains(count), "seed 1")
    }

    @Test("the same seed gives the same firings, another seed others")
    func repeatability() throws {
        let slaves = try (1...20).map { try slave("a-\($0)") }
        let rules = [rule("r", NeverAnswerFault.self, FaultSelector(), FaultSchedule(probability: 0.5))]
        func run(seed: UInt64) -> [[Int]] {
            var plan = plan(rules, slaves, seed: seed)
            return slaves.map { firings(&plan, $0, calls: 50) }
        }
        #expect(run(seed: 5) == run(seed: 5))
        #expect(run(seed: 5) != run(seed: 6))
        #expect(Set(run(seed: 5)).count == 20)
    }

    @Test("a slave or a rule more changes nothing for the others")
    func independence() throws {
        let (one, two) = (try slave("a-1"), try slave("a-2"))
        let half = FaultSchedule(probability: 0.5)
        let base = rule("base", NeverAnswerFault.self, FaultSelector(), half)
        let other = rule("other", DelayFault.self, FaultSelector(), half)
        var small = plan([base], [one])
        let expected = firings(&small, one, calls: 100)

        var more = plan([base], [two, one])
        let interleaved = (0..<100).filter { call in
            _ = more.decide(status(two), at: start + .seconds(call))
            return !more.decide(status(one), at: start + .seconds(call)).fired.isEmpty
        }
        #expect(interleaved == expected)

        var both = plan([other, base], [one])
        let ofBase = (0..<100).filter { call in
            both.decide(status(one), at: start + .seconds(call)).fired.contains { $0.rule == "base" }
        }
        #expect(ofBase == expected)
    }

    @Test("a slave's share decides as the whole plan does")
    func shares() throws {
        let slaves = try (1...3).map { try slave("a-\($0)") }
        let rules = [
            rule("r", NeverAnswerFault.self, FaultSelector(), FaultSchedule(probability: 0.5, times: 20))
        ]
        var whole = plan(rules, slaves)
        for slave in slaves {
            var share = try #require(whole.share(of: slave.name))
            let alone = (0..<60).filter { call in
                !share.decide(status(slave), at: start + .seconds(call)).fired.isEmpty
            }
            #expect(firings(&whole, slave, calls: 60) == alone)
        }
    }

    @Test("a slave refuses connections while a rule is awake, and says when that may change")
    func listening() throws {
        let slave = try slave("a-1")
        let schedule = FaultSchedule(after: .seconds(5), lasting: .seconds(10))
        var plan = plan(
            [
                rule("r", RefuseConnectionsFault.self, FaultSelector(), schedule),
                rule(
                    "late", RefuseConnectionsFault.self, FaultSelector(), FaultSchedule(after: .seconds(60))),
            ], [slave])
        func state(_ seconds: Int) -> (Bool, Int64?) {
            let decision = plan.listening(slave.name, at: start + .seconds(seconds))
            return (
                decision.isRefused, decision.changesAt.map { ($0 - start).wholeNanoseconds / 1_000_000_000 }
            )
        }
        #expect(state(0) == (false, 5))
        #expect(plan.timesFired.map(\.count) == [0, 0])
        #expect(state(5) == (true, 15))
        #expect(state(14) == (true, 15))
        #expect(state(15) == (false, 60))
        #expect(state(60) == (true, nil))
        #expect(plan.timesFired.map(\.count) == [1, 1])
        #expect(plan.listening(try #require(BuilderName("other-1")), at: start) == ListeningDecision())
    }

    @Test("ten thousand slaves with a rule each are dealt out by name")
    func large() throws {
        let slaves = try (0..<10_000).map { try slave("a-\($0)") }
        let rules = try slaves.map { slave in
            rule(
                "r\(slave.name)", NeverAnswerFault.self, FaultSelector(slaves: try globs(slave.name.rawValue))
            )
        }
        var plan = plan(rules, slaves)
        let last = try #require(slaves.last)
        #expect(plan.decide(status(last), at: start).fired.map(\.rule) == ["ra-9999"])
    }
}

@Suite("Script book")
struct ScriptBookTests {
    private let scenario = Scenario(
        name: "x",
        jobs: [
            JobSpec(
                source: "hello", version: "2:1.0", architecture: "amd64",
                attempts: [BuildScript(outcome: .builderFail), BuildScript(progress: .never)])
        ], unknownBuild: BuildScript(outcome: .packageFail))

    private func script(
        _ version: String, attempt: Int, architecture: String = "amd64", effects: [FaultEffect] = []
    ) -> BuildScript {
        let run = BuildRun(package: "hello", version: version, architecture: architecture, attempt: attempt)
        return ScriptBook(scenario).script(for: run, effects: effects)
    }

    @Test("each attempt has its script, and the last stands for all later ones")
    func attempts() {
        #expect(script("1.0", attempt: 1).outcome == .builderFail)
        #expect(script("1.0", attempt: 2).progress == .never)
        #expect(script("1.0", attempt: 9).progress == .never)
        #expect(script("1.0", attempt: 0).outcome == .builderFail)
    }

    @Test("a build is found with and without its epoch")
    func epochs() {
        #expect(script("2:1.0", attempt: 1) == script("1.0", attempt: 1))
        let run = BuildRun(package: "hello", version: "1.0", architecture: "amd64")
        #expect(ScriptBook(scenario).job(for: run)?.version == "2:1.0")
    }

    @Test("a build that is no job has the script for unknown builds")
    func unknown() {
        #expect(script("1.1", attempt: 1).outcome == .packageFail)
        #expect(script("1.0", attempt: 1, architecture: "i386").outcome == .packageFail)
    }

    @Test("the last outcome that the faults demand is the build's")
    func effects() {
        let effects: [FaultEffect] = [.outcome(.chrootFail), .delay(.seconds(1)), .outcome(.killsSlave)]
        #expect(script("1.0", attempt: 2, effects: effects).outcome == .killsSlave)
        #expect(script("1.0", attempt: 2, effects: effects).progress == .never)
    }
}
