import BuilddProtocol
import FarmModel
import MockSlave
import OrderedCollections
import Testing
import XMLRPC

/// The steps of a build and its outcomes (protocol spec 8).
@Suite("Steps and outcomes")
struct StepTests {
    static let setUp = [
        "builder-prep", "unpack-chroot", "mount-chroot", "override-sources-list", "add-trusted-keys",
        "update-debian-chroot",
    ]
    static let cleanUp = ["scan-for-processes", "umount-chroot", "remove-build"]

    @Test("a good build runs all steps in order and offers its files")
    func good() throws {
        var driver = try Driver()
        try driver.build(try Driver.good())
        let status = try driver.status()
        #expect(status.words == "WAITING/OK")
        #expect(status.filemap.map(\.name) == ["hello.changes", "hello.deb"])
        #expect(status.dependencies == "")
        #expect(driver.stepsRun() == Self.setUp + ["sbuild-package"] + Self.cleanUp)
        #expect(driver.notes.contains(.buildFinished(id: "PACKAGEBUILD-1", result: .ok)))
        #expect(
            driver.listing() == [
                Driver.sum, Driver.resultSum, Driver.otherResultSum, Driver.dscSum, "buildlog",
            ])
    }

    struct Failure: CustomStringConvertible, Sendable {
        var step: BuildScript.Step
        var result: String
        /// The steps that ran.
        var steps: [String]
        var description: String { step.rawValue }
    }

    static let failures: [Failure] = [
        Failure(step: .prepare, result: "BUILDERFAIL", steps: Array(setUp[..<1]) + ["remove-build"]),
        Failure(step: .unpack, result: "CHROOTFAIL", steps: Array(setUp[..<2]) + ["remove-build"]),
        Failure(step: .mount, result: "CHROOTFAIL", steps: Array(setUp[..<3]) + Array(cleanUp[1...])),
        Failure(step: .sourcesList, result: "CHROOTFAIL", steps: Array(setUp[..<4]) + cleanUp),
        Failure(step: .trustedKeys, result: "CHROOTFAIL", steps: Array(setUp[..<5]) + cleanUp),
        Failure(step: .update, result: "CHROOTFAIL", steps: setUp + cleanUp),
        Failure(step: .reap, result: "OK", steps: setUp + ["sbuild-package"] + cleanUp),
        Failure(step: .unmount, result: "BUILDERFAIL", steps: setUp + ["sbuild-package"] + cleanUp),
        Failure(step: .remove, result: "BUILDERFAIL", steps: setUp + ["sbuild-package"] + cleanUp),
    ]

    @Test("a failing step has its outcome and its followers", arguments: failures)
    func failing(_ failure: Failure) throws {
        var driver = try Driver()
        var script = try Driver.good()
        script.steps[failure.step] = .init(end: .exit(1))
        try driver.build(script)
        let status = try driver.status()
        #expect(status.words == "WAITING/\(failure.result)")
        #expect(driver.stepsRun() == failure.steps)
        #expect(status.filemap.isEmpty == (failure.result != "OK"))
    }

    @Test("the same failures skip the last two steps with fast clean-up", arguments: failures)
    func fastCleanUp(_ failure: Failure) throws {
        guard ![.unmount, .remove].contains(failure.step) else { return }
        var driver = try Driver()
        var script = try Driver.good()
        script.steps[failure.step] = .init(end: .exit(1))
        try driver.build(script, changing: ["fast_cleanup": true])
        #expect(try driver.status().words == "WAITING/\(failure.result)")
        #expect(driver.stepsRun() == failure.steps.filter { $0 != "umount-chroot" && $0 != "remove-build" })
    }

    struct Exit: CustomStringConvertible, Sendable {
        var dialect = SlaveDialect.current
        var type: String
        var status: Int
        var outcome = BuildScript.Outcome.ok
        var result: String
        var description: String { "\(dialect.rawValue): \(type) exits \(status), \(outcome)" }
    }

    static let missing = BuildScript.Outcome.depFail(dependencies: "libfoo")

    static let exits: [Exit] = {
        var exits: [Exit] = [
            Exit(type: "binarypackage", status: 0, result: "OK"),
            Exit(type: "binarypackage", status: 1, result: "PACKAGEFAIL"),
            Exit(type: "binarypackage", status: 2, result: "PACKAGEFAIL"),
            Exit(type: "binarypackage", status: 3, result: "PACKAGEFAIL"),
            Exit(type: "binarypackage", status: 3, outcome: missing, result: "DEPFAIL"),
            Exit(type: "binarypackage", status: 3, outcome: .givenBack, result: "GIVENBACK"),
            Exit(type: "binarypackage", status: 4, result: "BUILDERFAIL"),
            Exit(type: "binarypackage", status: 127, result: "BUILDERFAIL"),
            Exit(type: "sourcepackagerecipe", status: 200, result: "PACKAGEFAIL"),
            Exit(type: "sourcepackagerecipe", status: 202, result: "PACKAGEFAIL"),
            Exit(type: "sourcepackagerecipe", status: 202, outcome: missing, result: "DEPFAIL"),
            Exit(type: "sourcepackagerecipe", status: 203, result: "PACKAGEFAIL"),
            Exit(type: "sourcepackagerecipe", status: 1, result: "BUILDERFAIL"),
            Exit(type: "translation-templates", status: 200, result: "CHROOTFAIL"),
            Exit(type: "translation-templates", status: 201, result: "PACKAGEFAIL"),
            Exit(type: "translation-templates", status: 1, result: "BUILDERFAIL"),
            Exit(type: "rock", status: 1, result: "PACKAGEFAIL"),
            Exit(type: "craft", status: 77, result: "PACKAGEFAIL"),
            Exit(dialect: .release2010, type: "debian", status: 1, result: "PACKAGEFAIL"),
            Exit(dialect: .release2010, type: "debian", status: 1, outcome: missing, result: "DEPFAIL"),
            Exit(dialect: .release2010, type: "debian", status: 1, outcome: .givenBack, result: "GIVENBACK"),
            Exit(dialect: .release2010, type: "debian", status: 2, result: "GIVENBACK"),
            Exit(dialect: .release2010, type: "debian", status: 3, outcome: missing, result: "PACKAGEFAIL"),
            Exit(dialect: .release2010, type: "debian", status: 3, outcome: .givenBack, result: "GIVENBACK"),
            Exit(dialect: .release2010, type: "debian", status: 4, result: "BUILDERFAIL"),
        ]
        for type in ["livefs", "snap", "oci", "charm", "ci"] {
            exits += [
                Exit(type: type, status: 0, result: "OK"),
                Exit(type: type, status: 200, result: "PACKAGEFAIL"),
                Exit(type: type, status: 201, result: "PACKAGEFAIL"),
                Exit(type: type, status: 1, result: "BUILDERFAIL"),
            ]
        }
        return exits
    }()

    @Test("the main step's exit status decides by type and dialect", arguments: exits)
    func exit(_ exit: Exit) throws {
        var driver = try Driver(exit.dialect)
        driver.script = BuildScript(progress: .time(.zero), outcome: exit.outcome, results: .none)
        driver.script.mainEnd = .exit(exit.status)
        let arguments: OrderedDictionary<String, XMLRPCValue> = [
            "series": "noble", "suite": "noble", "ogrecomponent": "main", "recipe_text": "#",
            "author_name": "Jo", "author_email": "jo@x", "archive_purpose": "PPA", "branch": "lp:x",
            "project": "p", "pocket": "release", "name": "n", "jobs": [[["build", 0]]],
        ]
        driver.call(Driver.buildCall(type: exit.type, arguments: arguments))
        let status = try driver.status()
        #expect(status.words == "WAITING/\(exit.result)")
        #expect(status.dependencies == (exit.result == "DEPFAIL" ? "libfoo" : offersFiles(status) ? "" : nil))
    }

    private func offersFiles(_ status: SlaveStatus) -> Bool {
        ["OK", "PACKAGEFAIL"].contains { status.words.hasSuffix("/\($0)") }
    }

    static let outcomes: [(BuildScript.Outcome, String)] = [
        (.ok, "OK"), (.packageFail, "PACKAGEFAIL"), (missing, "DEPFAIL"), (.givenBack, "GIVENBACK"),
        (.chrootFail, "CHROOTFAIL"), (.builderFail, "BUILDERFAIL"), (.aborted, "ABORTED"),
    ]

    @Test("a script's outcome is what the slave reports", arguments: outcomes, SlaveDialect.allCases)
    func scripted(_ pair: (BuildScript.Outcome, String), _ dialect: SlaveDialect) throws {
        var driver = try Driver(dialect)
        try driver.build(Driver.ending(pair.0))
        #expect(try driver.status().words == "WAITING/\(pair.1)")
        #expect(driver.call(.clean) == .success("BuilderStatus.IDLE"))
    }

    @Test("a step killed by a signal leaves the slave BUILDING, and after an abort ABORTING, for good")
    func killed() throws {
        var driver = try Driver()
        var script = try Driver.good()
        script.mainEnd = .killed
        try driver.build(script)
        driver.pass(.seconds(86_400))
        #expect(driver.slave.state == .building)
        driver.call(.abort)
        driver.pass(.seconds(86_400))
        #expect(driver.slave.state == .aborting)
    }

    @Test("results that cannot be gathered are a failure of the package, with what there is")
    func gathering() throws {
        var driver = try Driver()
        var script = try Driver.good()
        script.gathering = .failsAfter(files: 1)
        try driver.build(script)
        let status = try driver.status()
        #expect(status.words == "WAITING/PACKAGEFAIL")
        #expect(status.filemap.map(\.name) == ["hello.changes"])
        #expect(driver.stepsRun().suffix(3) == Self.cleanUp[...])
    }

    @Test("results that cannot be gathered leave a slave of 2010 BUILDING for good")
    func oldGathering() throws {
        var driver = try Driver(.release2010)
        var script = try Driver.good()
        script.gathering = .failsAfter(files: 0)
        try driver.build(script)
        driver.pass(.seconds(86_400))
        #expect(driver.slave.state == .building)
    }

    @Test("steps without arguments are left out")
    func leftOut() throws {
        var driver = try Driver()
        driver.script = try Driver.good()
        var arguments = Driver.arguments
        arguments["archives"] = nil
        arguments["trusted_keys"] = []
        driver.call(Driver.buildCall(arguments: arguments))
        #expect(
            driver.stepsRun() == [
                "builder-prep", "unpack-chroot", "mount-chroot", "update-debian-chroot", "sbuild-package",
            ] + Self.cleanUp)
    }

    @Test("WAITING begins only after the clean-up, also of a failed build")
    func slowCleanUp() throws {
        var driver = try Driver()
        var script = Driver.ending(.packageFail)
        script.steps[.unmount] = .init(duration: .seconds(30))
        script.steps[.remove] = .init(duration: .seconds(10))
        try driver.build(script)
        driver.pass(.seconds(39))
        #expect(try driver.status().words == "BUILDING")
        driver.pass(.seconds(1))
        #expect(try driver.status().words == "WAITING/PACKAGEFAIL")
    }

    @Test("a whole build of steps that take their usual time takes 0.15 seconds")
    func usualTime() throws {
        var driver = try Driver { $0.stepDuration = .milliseconds(15) }
        var script = try Driver.good()
        script.progress = .time(.milliseconds(15))
        try driver.build(script)
        driver.pass(.milliseconds(149))
        #expect(driver.slave.state == .building)
        driver.pass(.milliseconds(1))
        #expect(driver.slave.state == .waiting)
    }

    // Continuous integration.

    private func ciBuild(_ script: BuildScript) throws -> Driver {
        var driver = try Driver()
        driver.script = script
        driver.call(
            Driver.buildCall(
                type: "ci",
                arguments: [
                    "series": "noble",
                    "jobs": [[["build", 0]], [["test", 0], ["lint", 1]], [["last", 0]]],
                ]))
        return driver
    }

    @Test("the jobs of a ci build run stage by stage")
    func ci() throws {
        var driver = try ciBuild(try Driver.good())
        #expect(try driver.status().words == "WAITING/OK")
        #expect(driver.stepsRun().filter { $0.hasPrefix("run-ci") }.count == 5)
        guard case .success(let status)? = driver.call(.status) else {
            Issue.record("no status")
            return
        }
        let jobs = status.structValue?["jobs"]?.structValue
        #expect(jobs.map { Array($0.keys) } == ["build:0", "test:0", "lint:1", "last:0"])
        #expect(jobs?["test:0"] == ["result": "SUCCEEDED"])
    }

    @Test("a failed job lets its stage end and no further one begin", arguments: [200, 201])
    func ciFailure(_ exit: Int) throws {
        var script = try Driver.good()
        script.jobs["test:0"] = .init(end: .exit(exit))
        var driver = try ciBuild(script)
        #expect(try driver.status().words == "WAITING/PACKAGEFAIL")
        #expect(driver.log()?.contains(" lint 1\n") == true)
        #expect(driver.log()?.contains(" last 0\n") == false)
    }

    @Test("a job that ends otherwise ends the build at once")
    func ciBroken() throws {
        var script = try Driver.good()
        script.jobs["test:0"] = .init(end: .exit(1))
        var driver = try ciBuild(script)
        #expect(try driver.status().words == "WAITING/BUILDERFAIL")
        #expect(driver.log()?.contains(" lint 1\n") == false)
    }

    @Test("a broken job outweighs a failed one")
    func ciFailedAndBroken() throws {
        var script = try Driver.good()
        script.jobs = ["test:0": .init(end: .exit(200)), "lint:1": .init(end: .exit(1))]
        var driver = try ciBuild(script)
        #expect(try driver.status().words == "WAITING/BUILDERFAIL")
    }

    @Test("a ci build reports its jobs from the first status on, each with its files")
    func ciFiles() throws {
        let digest = try #require(SHA1Digest(Driver.resultSum))
        var script = BuildScript(progress: .time(.seconds(10)))
        script.storedResults = ["build:0.log", "build:0/a.whl", "test:0/b.whl", "buildx"].map {
            ResultFile(name: $0, sum: digest, size: 1)
        }
        var driver = try ciBuild(script)
        guard case .success(let first)? = driver.call(.status) else {
            Issue.record("no status")
            return
        }
        #expect(first.structValue?["jobs"] == [:])
        driver.pass(.seconds(10))
        guard case .success(let second)? = driver.call(.status) else {
            Issue.record("no status")
            return
        }
        let sum = XMLRPCValue.string(Driver.resultSum)
        #expect(
            second.structValue?["jobs"] == [
                "build:0": ["log": sum, "output": ["a.whl": sum], "result": "SUCCEEDED"]
            ])
        driver.pass(.seconds(30))
        #expect(try driver.status().filemap.map(\.name) == ["build:0.log", "build:0/a.whl", "test:0/b.whl"])
    }
}
