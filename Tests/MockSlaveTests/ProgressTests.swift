import BuilddProtocol
import FarmModel
import MockSlave
import Testing
import XMLRPC

/// Gathering, wake-ups, death, extra status, proxies and scripted faults.
@Suite("Progress and scripted faults")
struct ProgressTests {
    // Gathering.

    @Test("results are asked for as the build begins, and WAITING comes after them")
    func gathering() throws {
        var driver = try Driver()
        let script = BuildScript(progress: .time(.seconds(1)), results: .generated(bytes: 100))
        try driver.build(script)
        let gather = try #require(driver.gathers.first)
        let id = gather.id
        #expect(gather.order.buildID == "PACKAGEBUILD-1")
        #expect(gather.script == script)
        driver.pass(.seconds(100))
        #expect(try driver.status().words == "BUILDING")
        driver.handle(.gathered(GatherID(id.rawValue + 1), []))
        #expect(driver.slave.state == .building)
        driver.handle(.gathered(id, try Driver.results()))
        let status = try driver.status()
        #expect(status.words == "WAITING/OK")
        #expect(status.filemap.count == 2)
        #expect(driver.gathers.count == 1)
    }

    @Test("results that come early wait for the build")
    func early() throws {
        var driver = try Driver()
        try driver.build(BuildScript(progress: .time(.seconds(1)), results: .generated(bytes: 100)))
        driver.handle(.gathered(try #require(driver.gathers.first).id, try Driver.results()))
        #expect(driver.slave.state == .building)
        driver.pass(.seconds(1))
        #expect(try driver.status().filemap.count == 2)
    }

    @Test("results that nobody can find are a failure of the package")
    func notFound() throws {
        var driver = try Driver()
        try driver.build(BuildScript(progress: .time(.zero), results: .folder(path: "/nowhere")))
        let gather = try #require(driver.gathers.first)
        driver.handle(.gatheringFailed(gather.id, detail: "no such folder"))
        #expect(try driver.status().words == "WAITING/PACKAGEFAIL")
    }

    @Test("nothing is gathered for builds that fail or leave nothing")
    func nothing() throws {
        for script in [Driver.ending(.ok), BuildScript(progress: .time(.zero), outcome: .packageFail)] {
            var driver = try Driver()
            try driver.build(script)
            #expect(driver.slave.state == .waiting)
            #expect(driver.gathers.isEmpty)
        }
    }

    // Death.

    @Test("a poison job takes its slave down until it is reset")
    func death() throws {
        var driver = try Driver { $0.stepDuration = .seconds(1) }
        #expect(driver.slave.nextWakeUp == nil)
        try driver.build(
            BuildScript(progress: .time(.seconds(60)), outcome: .killsSlave, results: .none))
        var wakeUps = 0
        while let next = driver.slave.nextWakeUp, wakeUps < 100 {
            driver.pass(next - driver.now)
            wakeUps += 1
        }
        #expect(driver.slave.isDead)
        #expect(driver.now == Instant(seconds: 1_704_067_200 + 66))
        #expect(driver.wishes.contains { if case .die = $0 { true } else { false } })
        #expect(driver.call(.status) == nil)
        driver.handle(.restart)
        #expect(driver.call(.status) == nil)
        driver.handle(.reset)
        #expect(try driver.status().words == "IDLE")
    }

    @Test("a poison job may kill at a status call, which is not answered")
    func deathAtStatus() throws {
        var driver = try Driver()
        try driver.build(BuildScript(progress: .statusCalls(2), outcome: .killsSlave, results: .none))
        #expect(try driver.status().words == "BUILDING")
        #expect(driver.call(.status) == nil)
        #expect(driver.slave.isDead)
    }

    @Test("other slaves need no timer")
    func noTimer() throws {
        var driver = try Driver()
        try driver.build(BuildScript(progress: .time(.seconds(60)), results: .none))
        #expect(driver.slave.nextWakeUp == nil)
        driver.call(.abort)
        #expect(driver.slave.nextWakeUp == nil)
    }

    @Test("time does not run backwards")
    func monotonic() throws {
        var driver = try Driver()
        try driver.build(BuildScript(progress: .time(.seconds(10)), results: .none))
        driver.pass(.seconds(9))
        driver.now = driver.now - .seconds(5)
        driver.handle(.wake)
        driver.pass(.seconds(5))
        #expect(driver.slave.state == .building)
        driver.pass(.seconds(1))
        #expect(driver.slave.state == .waiting)
    }

    // Extra status.

    @Test("documents of the main step are reported, the later one instead of the earlier")
    func statusFiles() throws {
        var driver = try Driver()
        var script = try Driver.good()
        script.progress = .time(.seconds(10))
        script.statusFiles = [
            .init(at: .seconds(1), text: #"{"revision_id": "a", "x": 1}"#),
            .init(at: .seconds(5), text: #"{"revision_id": "b"}"#), .init(at: .seconds(99), text: "{"),
        ]
        try driver.build(script)
        func revision() -> XMLRPCValue? {
            guard case .success(let status)? = driver.call(.status) else { return nil }
            return status.structValue?["revision_id"]
        }
        #expect(revision() == nil)
        driver.pass(.seconds(1))
        #expect(revision() == "a")
        driver.pass(.seconds(4))
        #expect(revision() == "b")
        driver.pass(.seconds(4))
        #expect(revision() == "b")
        driver.pass(.seconds(1))
        #expect(revision() == nil, "the last document is no JSON")
        #expect(driver.slave.state == .waiting)
    }

    @Test("documents by status calls")
    func statusFilesByCalls() throws {
        var driver = try Driver()
        var script = BuildScript(progress: .statusCalls(5), results: .none)
        script.statusFiles = [.init(at: .seconds(2), text: #"{"revision_id": "a"}"#)]
        try driver.build(script)
        var seen: [Bool] = []
        for _ in 0..<3 {
            guard case .success(let status)? = driver.call(.status) else { continue }
            seen.append(status.structValue?["revision_id"] != nil)
        }
        #expect(seen == [false, true, true])
    }

    // Proxies.

    @Test("proxy_info repeats the arguments of the types that have them")
    func proxyInfo() throws {
        for (type, answers) in [
            ("snap", true), ("rock", true), ("craft", true), ("oci", false), ("charm", false),
        ] {
            var driver = try Driver()
            driver.script = Driver.never
            driver.call(
                Driver.buildCall(
                    type: type,
                    arguments: [
                        "series": "noble", "name": "n", "use_fetch_service": true,
                        "revocation_endpoint": "http://r/",
                    ]))
            let expected: XMLRPCResponse =
                answers ? .success(["use_fetch_service": true, "revocation_endpoint": "http://r/"]) : .error
            #expect(driver.call(.proxyInfo) == expected)
        }
        var driver = try Driver()
        driver.call(Driver.buildCall(type: "snap", arguments: ["series": "noble"]))
        #expect(driver.call(.proxyInfo) == .error, "a stuck build has read no arguments")
    }

    // Scripted faults.

    @Test("a scripted fault answers instead of the slave and changes nothing")
    func answerFault() throws {
        var driver = try Driver()
        let fault = XMLRPCResponse.fault(XMLRPCFault(code: 8001, text: "Broken worker"))
        #expect(
            driver.call(Driver.buildCall(), effects: [.answerFault(code: 8001, text: "Broken worker")])
                == fault)
        #expect(driver.slave.state == .idle)
        try driver.build(BuildScript(progress: .statusCalls(1), results: .none))
        #expect(driver.call(.status, effects: [.answerFault(code: 8001, text: "Broken worker")]) == fault)
        #expect(driver.slave.state == .building)
    }

    @Test("a slave forgets its build with a call or between calls")
    func forgetBuild() throws {
        for duringCall in [true, false] {
            var driver = try Driver()
            try driver.build(Driver.never)
            if duringCall {
                #expect(driver.call(.status, effects: [.forgetBuild]) != .error)
            } else {
                driver.handle(.apply(.forgetBuild))
            }
            #expect(try driver.status().words == "IDLE")
            #expect(driver.notes.contains(.buildForgotten(id: "PACKAGEBUILD-1")))
            #expect(driver.log()?.isEmpty == false)
        }
    }

    @Test(
        "another id is reported once with a call, and for good outside of one",
        arguments: SlaveDialect.allCases)
    func reportBuildID(_ dialect: SlaveDialect) throws {
        var driver = try Driver(dialect)
        #expect(driver.call(.status, effects: [.reportBuildID("x")]) == driver.call(.status))
        for script in [Driver.never, try Driver.good()] {
            try driver.build(script)
            guard case .success(let value)? = driver.call(.status, effects: [.reportBuildID("x")]) else {
                Issue.record("no status")
                return
            }
            #expect(try SlaveStatus(decoding: value).buildID == "x")
            #expect(try driver.status().buildID == "PACKAGEBUILD-1")
            driver.handle(.apply(.reportBuildID("y")))
            #expect(try driver.status().buildID == "y")
            driver.handle(.reset)
            for sum in [Driver.sum, Driver.dscSum] {
                driver.handle(.addToCache(CachedFile(name: sum, bytes: [], modified: driver.now)))
            }
        }
    }

    @Test("a scripted answer to build leaves the slave alone")
    func answerBuild() throws {
        var driver = try Driver()
        let effect = FaultEffect.answerBuild(status: "BuilderStatus.UNKNOWNSUM", information: "no")
        #expect(
            driver.call(Driver.buildCall(), effects: [effect])
                == .success(["BuilderStatus.UNKNOWNSUM", "no"]))
        #expect(driver.slave.state == .idle)
        #expect(driver.call(.echo([1]), effects: [effect]) == .success([1]))
    }

    static let changes: [(BuildScript.Outcome, String)] = StepTests.outcomes

    @Test("an outcome given with the build call replaces the script's", arguments: changes)
    func outcomeWithBuild(_ change: (BuildScript.Outcome, String)) throws {
        var driver = try Driver()
        driver.script = BuildScript(progress: .time(.seconds(1)), outcome: .packageFail, results: .none)
        driver.script.mainEnd = .exit(4)
        driver.call(Driver.buildCall(), effects: [.outcome(change.0)])
        driver.pass(.seconds(1))
        let status = try driver.status()
        if change.0 == .chrootFail {
            // The step that would have failed was over by then.
            #expect(status.words == "WAITING/CHROOTFAIL")
        } else {
            #expect(status.words == "WAITING/\(change.1)")
        }
    }

    @Test("an outcome given during the clean-up replaces the one the build had", arguments: changes)
    func outcomeInCleanUp(_ change: (BuildScript.Outcome, String)) throws {
        var driver = try Driver()
        var script = try Driver.good()
        script.steps[.remove] = .init(duration: .seconds(1))
        try driver.build(script)
        driver.handle(.apply(.outcome(change.0)))
        driver.pass(.seconds(1))
        let status = try driver.status()
        #expect(status.words == "WAITING/\(change.1)")
        #expect((status.dependencies == "libfoo") == (change.1 == "DEPFAIL"))
    }

    @Test("an outcome given while results are gathered ends the build", arguments: changes)
    func outcomeWhileGathering(_ change: (BuildScript.Outcome, String)) throws {
        guard change.0 != .ok else { return }
        var driver = try Driver()
        try driver.build(BuildScript(progress: .time(.zero)))
        driver.handle(.apply(.outcome(change.0)))
        let status = try driver.status()
        #expect(status.words == "WAITING/\(change.1)")
        #expect((status.dependencies == "libfoo") == (change.1 == "DEPFAIL"))
    }

    @Test("effects on a build do nothing to an idle slave")
    func idle() throws {
        var driver = try Driver()
        for effect: FaultEffect in [
            .forgetBuild, .reportBuildID("x"), .neverFinishAborting, .outcome(.ok), .refuseConnections,
            .delay(.seconds(1)), .corruptFile(atByte: 0),
        ] {
            driver.handle(.apply(effect))
            #expect(
                driver.call(.status)
                    == .success(["builder_status": "BuilderStatus.IDLE", "builder_version": "254"]))
        }
    }
}
