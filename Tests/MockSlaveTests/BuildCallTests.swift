import BuilddProtocol
import FarmModel
import MockSlave
import OrderedCollections
import Testing
import XMLRPC

/// The call `build` and what it leaves behind (protocol spec 6 and 7).
@Suite("The call build")
struct BuildCallTests {
    static let waysToBeBusy: [BuilderState] = [.building, .aborting, .waiting]
    static let falseIDs: [XMLRPCValue] = ["", .nil, 0, false, .double(0), [], [:]]
    static let oddIDs: [XMLRPCValue] = [17, true, ["a"], ["a": 1]]

    @Test("a refused build takes over id and log", arguments: waysToBeBusy)
    func refused(_ state: BuilderState) throws {
        var driver = try MethodTableTests.driver(in: state, .current)
        #expect(driver.log()?.isEmpty == false)
        #expect(driver.call(Driver.buildCall(id: "PACKAGEBUILD-2")) == .error)
        #expect(driver.slave.state == state)
        #expect(driver.slave.buildID == "PACKAGEBUILD-2")
        #expect(try driver.status().buildID == "PACKAGEBUILD-2")
        #expect(driver.log()?.isEmpty == true)
        #expect(driver.notes.contains(.buildRefused(id: "PACKAGEBUILD-2")))
    }

    @Test("a refused id that is no string is reported, and the log stays")
    func refusedNumber() throws {
        var driver = try MethodTableTests.driver(in: .building, .current)
        let log = driver.log()
        #expect(driver.call(Driver.buildCall(id: 17)) == .error)
        #expect(driver.log() == log)
        guard case .success(let status)? = driver.call(.status) else {
            Issue.record("no status")
            return
        }
        #expect(status.structValue?["build_id"] == 17)
        #expect(driver.slave.buildID == nil)
    }

    @Test("a running build goes on under its own name after a refused one")
    func goesOn() throws {
        var driver = try Driver()
        var script = try Driver.good()
        script.progress = .time(.seconds(5))
        try driver.build(script)
        driver.call(Driver.buildCall(id: "PACKAGEBUILD-2"))
        driver.pass(.seconds(5))
        #expect(try driver.status().words == "WAITING/OK")
        #expect(driver.stepsRun() == ["scan-for-processes", "umount-chroot", "remove-build"])
        #expect(driver.log()?.contains("PACKAGEBUILD-1") == true)
        #expect(driver.log()?.contains("PACKAGEBUILD-2") == false)
    }

    @Test("ids that count as false are faults before anything changes", arguments: falseIDs)
    func falseID(_ id: XMLRPCValue) throws {
        var driver = try MethodTableTests.driver(in: .building, .current)
        #expect(driver.call(Driver.buildCall(id: id)) == .error)
        #expect(driver.slave.buildID == "PACKAGEBUILD-1")
        #expect(driver.log()?.isEmpty == false)
    }

    @Test("an id that is no string leaves an idle slave idle", arguments: oddIDs)
    func oddID(_ id: XMLRPCValue) throws {
        var driver = try Driver()
        #expect(driver.call(Driver.buildCall(id: id)) == .error)
        #expect(driver.slave.state == .idle)
        #expect(try driver.status().buildID == nil)
    }

    @Test("the type is checked first, then chroot, then files, then the id")
    func order() throws {
        var driver = try Driver()
        func word(_ response: XMLRPCResponse?) -> String? {
            guard case .success(let value)? = response else { return nil }
            return value.arrayValue?.last?.stringValue?.split(separator: " ").first.map(String.init)
        }
        #expect(word(driver.call(Driver.buildCall(id: "", type: "no", chroot: "x", files: []))) == "no")
        #expect(word(driver.call(Driver.buildCall(id: "", chroot: "x", files: []))) == "CHROOTSUM")
        #expect(driver.call(Driver.buildCall(id: "", files: [])) == .error)
        #expect(word(driver.call(Driver.buildCall(id: "", files: ["a": "x"]))) == "FILESUM")
        #expect(driver.call(Driver.buildCall(id: "")) == .error)
        #expect(driver.slave.state == .idle)
    }

    @Test("types that cannot be looked up are faults, others are quoted", arguments: SlaveDialect.allCases)
    func oddTypes(_ dialect: SlaveDialect) throws {
        var driver = try Driver(dialect)
        func call(_ type: XMLRPCValue) -> XMLRPCResponse? {
            driver.call(XMLRPCCall(.build, ["x", type, "y", [:], [:]]))
        }
        for type: XMLRPCValue in [["x"], [:], .base64([1]), .dateTime("x")] { #expect(call(type) == .error) }
        for (type, text): (XMLRPCValue, String) in [
            (5, "5"), (.nil, "None"), (true, "True"), (.double(1.5), "1.5"),
        ] {
            #expect(
                call(type)
                    == .success([
                        "BuilderStatus.UNKNOWNBUILDER",
                        .string("\(text) not in \(MethodTableTests.types(dialect))"),
                    ]))
        }
    }

    struct Requirement: CustomStringConvertible, Sendable {
        var dialect = SlaveDialect.current
        var type: String
        var required: OrderedDictionary<String, XMLRPCValue>
        var description: String { "\(type) in \(dialect.rawValue)" }
    }

    static let requirements: [Requirement] = {
        let series: OrderedDictionary<String, XMLRPCValue> = ["series": "noble"]
        func with(_ more: OrderedDictionary<String, XMLRPCValue>) -> OrderedDictionary<String, XMLRPCValue> {
            series.merging(more) { _, new in new }
        }
        let package: OrderedDictionary<String, XMLRPCValue> = ["suite": "noble", "ogrecomponent": "main"]
        let recipe: OrderedDictionary<String, XMLRPCValue> = [
            "recipe_text": "#", "suite": "noble", "ogrecomponent": "main", "author_name": "Jo",
            "author_email": "jo@example.com", "archive_purpose": "PPA",
        ]
        return [
            Requirement(type: "binarypackage", required: with(package)),
            Requirement(
                dialect: .release206, type: "binarypackage",
                required: with(package).merging(["distribution": "ubuntu"]) { _, new in new }),
            Requirement(dialect: .release2010, type: "debian", required: ["ogrecomponent": "main"]),
            Requirement(type: "sourcepackagerecipe", required: with(recipe)),
            Requirement(type: "translation-templates", required: with(["branch_url": "lp:x"])),
            Requirement(type: "livefs", required: with(["project": "ubuntu", "pocket": "release"])),
            Requirement(type: "ci", required: with(["jobs": [[["build", 0]]]])),
        ]
            + ["snap", "oci", "charm", "rock", "craft"].map {
                Requirement(type: $0, required: with(["name": "x"]))
            }
    }()

    @Test("each type needs its arguments and no others", arguments: requirements)
    func required(_ requirement: Requirement) throws {
        var driver = try Driver(requirement.dialect)
        let good = driver.call(
            Driver.buildCall(id: "x", type: requirement.type, arguments: requirement.required))
        #expect(good == .success(["BuilderStatus.BUILDING", "x"]))
        #expect(driver.slave.state == .building)
        for name in requirement.required.keys {
            var arguments = requirement.required
            arguments[name] = nil
            var driver = try Driver(requirement.dialect)
            let bad = driver.call(Driver.buildCall(id: "x", type: requirement.type, arguments: arguments))
            #expect(bad == .error, "without \(name)")
            #expect(driver.slave.state == .building, "without \(name)")
            #expect(driver.notes.contains(.buildStuck(id: "x")))
            driver.pass(.seconds(86_400))
            #expect(driver.slave.state == .building, "stuck for good")
        }
    }

    @Test("a branch replaces the branch URL, unless it is nil")
    func branch() throws {
        for (branch, works): (XMLRPCValue, Bool) in [("lp:y", true), (.nil, false)] {
            var driver = try Driver()
            driver.call(
                Driver.buildCall(
                    type: "translation-templates", arguments: ["series": "noble", "branch": branch]))
            #expect(driver.notes.contains(.buildStuck(id: "PACKAGEBUILD-1")) != works)
        }
    }

    @Test("a stuck slave refuses clean, answers abort and is then ABORTING for good")
    func stuck() throws {
        var driver = try Driver()
        #expect(driver.call(Driver.buildCall(files: [:])) == .error)
        #expect(try driver.status().logTail == [])
        #expect(driver.call(.clean) == .error)
        #expect(driver.call(.abort) == .success("BuilderStatus.ABORTING"))
        driver.pass(.seconds(86_400))
        #expect(driver.slave.state == .aborting)
        driver.handle(.restart)
        #expect(driver.slave.state == .idle)
    }

    @Test("a stuck slave of 2010 refuses abort and stays BUILDING")
    func oldStuck() throws {
        var driver = try Driver(.release2010)
        #expect(driver.call(Driver.buildCall(arguments: [:])) == .error)
        #expect(driver.call(.abort) == .error)
        #expect(driver.slave.state == .building)
    }

    @Test(
        "what was done before the failure shows in the log",
        arguments: [("a/b", "https://x/1\n"), ("left-over", "https://x/1\n")])
    func loggedURL(_ id: String, _ log: String) throws {
        var driver = try Driver()
        try driver.build(Driver.never, id: "left-over")
        driver.handle(.restart)
        let arguments = Driver.arguments.merging(["build_url": "https://x/1"]) { _, new in new }
        #expect(driver.call(Driver.buildCall(id: .string(id), arguments: arguments)) == .error)
        #expect(driver.slave.state == .building)
        #expect(driver.log() == log)
    }

    @Test("what was made before the failure is in the way of the same id later")
    func madeDirectory() throws {
        func blocks(_ bad: XMLRPCCall) throws -> Bool {
            var driver = try Driver()
            #expect(driver.call(bad) == .error)
            driver.handle(.restart)
            return driver.call(Driver.buildCall()) == .error
        }
        var arguments = Driver.arguments
        arguments["series"] = nil
        #expect(try blocks(Driver.buildCall(arguments: arguments)))
        let sum = XMLRPCValue.string(Driver.dscSum)
        #expect(try blocks(Driver.buildCall(files: ["a/b.dsc": sum])))
        #expect(try !blocks(Driver.buildCall(files: ["a.tar.gz": sum])))
        arguments = Driver.arguments
        arguments["suite"] = nil
        #expect(try !blocks(Driver.buildCall(arguments: arguments)))
    }

    @Test("arguments that are nil leave a slave stuck, and ci without jobs breaks status")
    func nilArguments() throws {
        func stuck(_ type: String, _ arguments: XMLRPCValue) throws -> XMLRPCResponse? {
            var driver = try Driver()
            let response = driver.call(
                XMLRPCCall(.build, ["x", .string(type), .string(Driver.sum), [:], arguments]))
            #expect(response == .error)
            #expect(driver.slave.state == .building)
            return driver.call(.status)
        }
        #expect(try stuck("binarypackage", .nil) != .error)
        #expect(try stuck("ci", .nil) == .error)
        #expect(try stuck("ci", ["series": "noble"]) == .error)
        #expect(try stuck("ci", ["series": "noble", "jobs": []]) == .error)
        #expect(try stuck("ci", ["jobs": [[["build", 0]]]]) != .error)
        #expect(try stuck("ci", ["series": "noble", "jobs": [["build"]]]) != .error)
    }

    @Test("the order tells what is built")
    func buildOrder() throws {
        var driver = try Driver()
        var seen: BuildOrder?
        var call = Driver.buildCall(
            files: [
                "hello_1.0-1.dsc": .string(Driver.dscSum), "hello_1.0.orig.tar.gz": .string(Driver.dscSum),
            ])
        call.parameters[4] = .structure(
            Driver.arguments.merging(["arch_tag": "riscv64"]) { _, new in new })
        _ = driver.slave.handle(.call(CallID(1), call, effects: []), at: driver.now) { order in
            seen = order
            return Driver.never
        }
        let order = try #require(seen)
        #expect(order.slave == BuilderName("bob"))
        #expect(order.buildID == "PACKAGEBUILD-1" && order.type == "binarypackage")
        #expect(order.chroot == Driver.sum)
        #expect(order.files.map(\.name) == ["hello_1.0-1.dsc", "hello_1.0.orig.tar.gz"])
        #expect(order.sourceName == "hello" && order.sourceVersion == "1.0-1")
        #expect(order.changesName == "hello_1.0-1_riscv64.changes")
        #expect(order.series == "noble" && order.suite == "noble" && order.component == "main")
        #expect(order.architectureTag == "riscv64")
    }
}
