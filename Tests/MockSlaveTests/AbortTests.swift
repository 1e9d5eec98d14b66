import BuilddProtocol
import FarmModel
import MockSlave
import Testing
import XMLRPC

/// The call `abort` and its end (protocol spec 12 and 16).
@Suite("Aborting")
struct AbortTests {
    @Test("a killed build cleans up and ends ABORTED, its processes reaped once")
    func killed() throws {
        var driver = try Driver { $0.stepDuration = .seconds(1) }
        var script = Driver.never
        script.killing = .init(duration: .seconds(10))
        try driver.build(script)
        driver.pass(.seconds(20))
        #expect(driver.call(.abort) == .success("BuilderStatus.ABORTING"))
        driver.pass(.seconds(11))
        #expect(driver.slave.state == .aborting)
        driver.pass(.seconds(1))
        #expect(try driver.status().words == "WAITING/ABORTED")
        #expect(driver.stepsRun().suffix(3) == ["scan-for-processes", "umount-chroot", "remove-build"])
        #expect(driver.log()?.contains("Already reaped from state SBUILD...\n") == true)
        #expect(driver.notes.suffix(1) == [.buildFinished(id: "PACKAGEBUILD-1", result: .aborted)])
    }

    @Test("an abort during a step goes on as after that step", arguments: BuildScript.Step.allCases)
    func everyStep(_ step: BuildScript.Step) throws {
        var driver = try Driver()
        var script = try Driver.good()
        script.steps[step] = .init(duration: .seconds(1))
        script.killing = .init(duration: .milliseconds(500))
        try driver.build(script)
        #expect(driver.slave.state == .building)
        driver.call(.abort)
        let kills = ![.reap, .unmount, .remove].contains(step)
        driver.pass(.milliseconds(500))
        #expect(driver.slave.state == (kills ? .waiting : .aborting))
        driver.pass(.milliseconds(500))
        #expect(try driver.status().words == "WAITING/ABORTED")
        let names: [BuildScript.Step: [String]] = [
            .prepare: ["scan-for-processes", "remove-build"],
            .unpack: ["scan-for-processes", "remove-build"],
            .mount: ["scan-for-processes", "umount-chroot", "remove-build"],
        ]
        let expected = names[step] ?? ["scan-for-processes", "umount-chroot", "remove-build"]
        #expect(driver.stepsRun().suffix(expected.count) == expected[...])
        #expect(driver.stepsRun().filter { $0 == "scan-for-processes" }.count == 1)
    }

    @Test("a killing step that hangs fails the builder after 120 seconds")
    func timeLimit() throws {
        var driver = try Driver()
        var script = Driver.never
        script.killing = .init(effect: .hangs)
        try driver.build(script)
        driver.call(.abort)
        driver.pass(.milliseconds(119_999))
        #expect(driver.slave.state == .aborting)
        driver.pass(.milliseconds(1))
        #expect(try driver.status().words == "WAITING/BUILDERFAIL")
        #expect(driver.log()?.contains("ABORTING: Failed to kill all processes.\n") == true)
        #expect(driver.notes.contains(.abortTimedOut(id: "PACKAGEBUILD-1")))
    }

    @Test("a killing step that ends at the very time limit has ended")
    func lastMoment() throws {
        var driver = try Driver()
        var script = Driver.never
        script.killing = .init(duration: .seconds(120))
        try driver.build(script)
        driver.call(.abort)
        driver.pass(.seconds(120))
        #expect(try driver.status().words == "WAITING/ABORTED")
    }

    @Test("a killing step that ends without effect leaves no time limit")
    func useless() throws {
        var driver = try Driver()
        var script = try Driver.good()
        script.progress = .time(.seconds(1_000))
        script.killing = .init(effect: .useless, duration: .seconds(1))
        try driver.build(script)
        driver.call(.abort)
        driver.pass(.seconds(999))
        #expect(driver.slave.state == .aborting)
        driver.pass(.seconds(1))
        let status = try driver.status()
        #expect(status.words == "WAITING/ABORTED")
        #expect(status.filemap.isEmpty)
    }

    @Test("a build that ends by itself in time is aborted all the same")
    func endsFirst() throws {
        var driver = try Driver()
        var script = try Driver.good()
        script.progress = .time(.seconds(1))
        script.killing = .init(effect: .hangs)
        try driver.build(script)
        driver.call(.abort)
        driver.pass(.seconds(1))
        #expect(try driver.status().words == "WAITING/ABORTED")
        #expect(!driver.listing().contains(Driver.resultSum))
    }

    @Test("a second abort adds a line and restarts nothing")
    func twice() throws {
        var driver = try Driver()
        var script = Driver.never
        script.killing = .init(effect: .hangs)
        try driver.build(script)
        driver.call(.abort)
        driver.pass(.seconds(100))
        #expect(driver.call(.abort) == .success("BuilderStatus.ABORTING"))
        #expect(driver.log()?.hasSuffix("Builder already ABORTING when asked to abort") == true)
        driver.pass(.seconds(20))
        #expect(try driver.status().words == "WAITING/BUILDERFAIL")
    }

    @Test(
        "a finished build in its clean-up loses outcome and files, which clean removes",
        arguments: [true, false])
    func inCleanUp(_ isGood: Bool) throws {
        var driver = try Driver()
        var script = isGood ? try Driver.good() : Driver.ending(.packageFail)
        script.steps[.remove] = .init(duration: .seconds(1))
        try driver.build(script)
        #expect(driver.listing().contains(Driver.resultSum) == isGood)
        driver.call(.abort)
        #expect(driver.slave.state == .aborting)
        driver.pass(.seconds(1))
        #expect(try driver.status().words == "WAITING/ABORTED")
        #expect(driver.call(.clean) == .success("BuilderStatus.IDLE"))
        #expect(driver.listing() == [Driver.sum, Driver.dscSum])
    }

    @Test("an abort while results are being gathered ends the build")
    func whileGathering() throws {
        var driver = try Driver()
        try driver.build(BuildScript(progress: .time(.zero), results: .generated(bytes: 1)))
        #expect(driver.slave.state == .building)
        driver.call(.abort)
        #expect(try driver.status().words == "WAITING/ABORTED")
    }

    @Test("a slave that never finishes aborting stays ABORTING", arguments: SlaveDialect.allCases)
    func never(_ dialect: SlaveDialect) throws {
        var driver = try Driver(dialect)
        var script = try Driver.good()
        script.progress = .time(.seconds(10))
        try driver.build(script)
        driver.call(.abort, effects: [.neverFinishAborting])
        driver.pass(.seconds(86_400))
        #expect(driver.slave.state == .aborting)
        driver.handle(.reset)
        #expect(driver.slave.state == .idle)
    }

    // Release 70.

    @Test("2010: the step dies of SIGTERM, and ABORTED stays until clean")
    func old() throws {
        var driver = try Driver(.release2010)
        try driver.build(Driver.never)
        #expect(driver.call(.abort) == .success("BuilderStatus.ABORTING"))
        #expect(driver.slave.state == .aborted)
        driver.pass(.seconds(3_600))
        #expect(try driver.status().words == "ABORTED")
        #expect(driver.call(.abort) == .error)
        #expect(driver.call(.clean) == .success("BuilderStatus.IDLE"))
        #expect(driver.call(.status) == .success(["BuilderStatus.IDLE", ""]))
    }

    @Test("2010: a step that ignores SIGTERM dies ten seconds later")
    func stubborn() throws {
        var driver = try Driver(.release2010)
        var script = Driver.never
        script.killing = .init(ignoresTermination: true)
        try driver.build(script)
        driver.call(.abort)
        driver.pass(.milliseconds(9_999))
        #expect(driver.slave.state == .aborting)
        #expect(driver.call(.abort) == .error)
        #expect(driver.call(.clean) == .error)
        driver.pass(.milliseconds(1))
        #expect(driver.slave.state == .aborted)
    }

    @Test("2010: a step that ignores SIGTERM may end by itself before")
    func stubbornEnds() throws {
        var driver = try Driver(.release2010)
        var script = try Driver.good()
        script.progress = .time(.seconds(5))
        script.steps[.unmount] = .init(duration: .seconds(60))
        script.killing = .init(ignoresTermination: true)
        try driver.build(script)
        driver.call(.abort)
        driver.pass(.seconds(5))
        #expect(driver.slave.state == .aborted)
        #expect(!driver.listing().contains(Driver.resultSum))
        driver.pass(.seconds(59))
        #expect(driver.stepsRun().last == "umount-chroot", "SIGKILL is not sent to later steps")
    }

    @Test("2010: clean is accepted while late steps run, and the next build is not disturbed")
    func lateSteps() throws {
        var driver = try Driver(.release2010)
        var script = Driver.never
        script.steps[.unmount] = .init(duration: .seconds(60))
        try driver.build(script)
        driver.call(.abort)
        #expect(driver.call(.clean) == .success("BuilderStatus.IDLE"))
        try driver.build(try Driver.good())
        #expect(try driver.status().words == "WAITING/OK")
    }
}
