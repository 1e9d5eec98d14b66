import Foundation
import FoundationXML
import Glibc
import TestSupport
import Testing

@Suite("run")
struct RunTests {
    private let scratch: ScratchDirectory
    private let program: BaikonurProgram

    init() throws {
        scratch = try ScratchDirectory()
        program = BaikonurProgram(in: scratch.path)
    }

    /// Writes a farm of one slave with one short build.
    @discardableResult
    private func write(_ name: String, _ rest: String, build: String = "duration: 50ms") throws -> String {
        try scratch.write(
            "\(name).yaml",
            Array(
                """
                name: \(name) <&>
                seed: 11
                manager: { scan-interval: 100ms, rpc-timeout: 20s }
                slaves: [{ name: amd64-001, architecture: amd64 }]
                jobs: [{ source: pkg 1.0, architectures: amd64, build: { \(build) } }]
                \(rest)

                """.utf8))
    }

    private func run(_ arguments: String...) async throws -> BaikonurProgram.End {
        try await Lanes.farms.run { try await program.run(arguments) { _ in }.1 }
    }

    /// The report for continuous integration, which another reader has to take too.
    private func report(_ farm: String) throws -> XMLElement {
        let document = try XMLDocument(data: Data(scratch.read("\(farm)/junit.xml")))
        return try #require(document.rootElement()?.elements(forName: "testsuite").first)
    }

    private func lastEvent(_ farm: String) throws -> String {
        String(decoding: try scratch.read("\(farm)/events.jsonl"), as: UTF8.self).split(separator: "\n").last
            .map(String.init) ?? ""
    }

    @Test("a run whose expectations hold ends with 0, and leaves its farm in out/")
    func passes() async throws {
        try write("good", "expect: [{ jobs: pkg, status: FULLYBUILT }]")
        let end = try await run("run", "good.yaml")
        #expect(end.status == 0)
        #expect(end.error.isEmpty)
        #expect(
            end.lines.suffix(4) == [
                "PASS  jobs pkg: FULLYBUILT; seen: so for 1 of 1", "PASS  good <&>: 1 of 1 expectations hold",
                "farm: \(scratch.path)/out/good (events.jsonl, junit.xml, manager.log); seed 11", "",
            ])
        // No cursor is moved where there is no terminal.
        #expect(!end.output.contains("\u{1B}"))
        #expect(end.lines.dropLast(4).allSatisfy { $0.contains(/^ *\d+ s  1 jobs: 1 [A-Z]+$/) })
        let suite = try report("out/good")
        #expect(suite.attribute(forName: "name")?.stringValue == "good <&>")
        #expect(suite.attribute(forName: "failures")?.stringValue == "0")
        #expect(suite.elements(forName: "testcase").count == 1)
        #expect(
            try lastEvent("out/good").hasSuffix(#""kind":"run-ended","ending":"all-final","verdict":"PASS"}"#)
        )
    }

    @Test("a run in which something does not hold ends with 1, and says what was seen")
    func fails() async throws {
        try write("bad", "expect: [{ jobs: pkg, status: FULLYBUILT }]", build: "outcome: packagefail")
        let end = try await run("run", "bad.yaml", "--farm", "here")
        #expect(end.status == 1)
        #expect(
            end.lines.contains(
                "FAIL  jobs pkg: FULLYBUILT; seen: not so for 1 of 1: pkg_1.0_amd64: FAILEDTOBUILD"))
        let suite = try report("here")
        #expect(suite.attribute(forName: "failures")?.stringValue == "1")
        let failure = suite.elements(forName: "testcase").first?.elements(forName: "failure").first
        #expect(
            failure?.attribute(forName: "message")?.stringValue
                == "jobs pkg: FULLYBUILT; seen: not so for 1 of 1: pkg_1.0_amd64: FAILEDTOBUILD")
    }

    @Test("a run that proves nothing ends with 2")
    func inconclusive() async throws {
        try write(
            "open", "faults: [{ fault: delay, name: never, calls: abort }]\nexpect: [{ faults: never }]")
        let end = try await run("run", "open.yaml")
        #expect(end.status == 2)
        #expect(end.lines.contains("INCONCLUSIVE  open <&>: 0 of 1 expectations hold"))
        #expect(try report("out/open").attribute(forName: "skipped")?.stringValue == "1")
    }

    @Test("limit and seed of the command line go before those of the scenario")
    func overridden() async throws {
        try write("endless", "expect: [{ run: { ends: limit } }]", build: "duration: never")
        let end = try await run("run", "endless.yaml", "--limit", "1s", "--seed", "18446744073709551615")
        #expect(end.status == 0)
        #expect(end.lines.contains { $0.hasSuffix("; seed 18446744073709551615") })
        #expect(try lastEvent("out/endless").contains(#""ending":"limit""#))
    }

    @Test("a directory that is no farm's is refused and left as it is")
    func foreignDirectory() async throws {
        try write("good", "expect: [{ jobs: pkg, status: FULLYBUILT }]")
        try scratch.write("home/letter", [1])
        let end = try await run("run", "good.yaml", "--farm", "home")
        #expect(end.status == 3)
        #expect(end.output.isEmpty)
        #expect(
            end.error == "Error: \(scratch.path)/home is not empty and was not made by baikonur; "
                + "name another directory with --farm\n")
        #expect(scratch.names(in: "home") == ["letter"])
    }

    @Test("a slave's address that is taken keeps the farm from running")
    func addressTaken() async throws {
        let port = try OccupiedPort()
        try scratch.write(
            "taken.yaml",
            Array(
                """
                name: taken
                slaves: [{ name: amd64-001, architecture: amd64, address: "127.0.0.1:\(port.number)" }]
                jobs: [{ source: pkg 1.0, architectures: amd64 }]
                expect: [{ jobs: pkg, status: FULLYBUILT }]

                """.utf8))
        let end = try await run("run", "taken.yaml")
        #expect(end.status == 3)
        #expect(end.output.isEmpty)
        #expect(end.error.hasPrefix("Error: "))
        #expect(end.error.contains("127.0.0.1:\(port.number)"))
        #expect(end.error.split(separator: "\n").count == 1)
    }

    @Test(
        "a run that is stopped still says how things stand, and leaves no process behind",
        arguments: [SIGINT, SIGTERM])
    func stopped(signal: Int32) async throws {
        try write("endless", "expect: [{ jobs: pkg, status: BUILDING }]", build: "duration: never")
        let (children, end) = try await Lanes.farms.run {
            try await program.run(["run", "endless.yaml"]) { running in
                try await eventually("the job is built") { running.output().contains("1 BUILDING") }
                let children: [Int32] = try await eventually("an upload processor runs") {
                    let children = running.children().filter { $0.arguments.contains("process-uploads") }
                    return children.isEmpty ? nil : children.map(\.process)
                }
                let busy = try await program.run("run", "endless.yaml")
                #expect(busy.status == 3)
                #expect(busy.error.contains("a farm runs in \(scratch.path)/out/endless already"))
                running.send(signal)
                return children
            }
        }
        #expect(end.status == 130)
        #expect(end.error.isEmpty)
        #expect(
            end.output.contains(
                "interrupted: running scans are finished first; interrupt again to leave at once\n"))
        #expect(end.lines.contains("PASS  endless <&>: 1 of 1 expectations hold"))
        #expect(try report("out/endless").attribute(forName: "tests")?.stringValue == "1")
        #expect(try lastEvent("out/endless").contains(#""ending":"interrupted""#))
        for child in children { #expect(!ProcessTable.isAlive(child)) }
    }

    @Test("whoever interrupts twice does not wait for the verdict")
    func stoppedTwice() async throws {
        try scratch.write(
            "hung.yaml",
            Array(
                """
                name: hung
                manager: { scan-interval: 100ms, rpc-timeout: 300s }
                slaves: [{ name: hung-001, architecture: amd64, faults: [never-answer] }]
                jobs: [{ source: pkg 1.0, architectures: amd64 }]
                expect: [{ faults: hung-001/never-answer }]

                """.utf8))
        let (child, end) = try await Lanes.farms.run {
            try await program.run(["run", "hung.yaml"]) { running in
                try await eventually("the slave hangs") {
                    (try? lastEvent("out/hung").contains("fault-injected")) ?? false
                }
                let child: Int32 = try await eventually("an upload processor runs") {
                    running.children().first?.process
                }
                running.send(SIGINT)
                try await eventually("the run stops") { running.output().contains("interrupted") }
                running.send(SIGINT)
                return child
            }
        }
        #expect(end.status == 130)
        #expect(!end.output.contains("expectations hold"))
        try await eventually("the upload processor has noticed") { !ProcessTable.isAlive(child) }
    }

    @Test("after a run that was killed, its upload processor goes, and the directory can be used again")
    func killed() async throws {
        try write("endless", "expect: [{ jobs: pkg, status: BUILDING }]", build: "duration: never")
        let (child, end) = try await Lanes.farms.run {
            try await program.run(["run", "endless.yaml", "--farm", "farm"]) { running in
                let child: Int32 = try await eventually("an upload processor runs") {
                    running.children().first?.process
                }
                running.send(SIGKILL)
                return child
            }
        }
        #expect(end.status == 128 + Int(SIGKILL))
        try await eventually("the upload processor has noticed") { !ProcessTable.isAlive(child) }
        try write("good", "expect: [{ jobs: pkg, status: FULLYBUILT }]")
        #expect(try await run("run", "good.yaml", "--farm", "farm").status == 0)
    }

    @Test("a reader that goes away does not disturb the run")
    func closedPipe() async throws {
        try write("good", "expect: [{ jobs: pkg, status: FULLYBUILT }]")
        let script = "set -o pipefail; '\(BaikonurProgram.path)' run good.yaml | head -n 1"
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/bash")
        shell.arguments = ["-c", script]
        shell.currentDirectoryURL = URL(filePath: scratch.path)
        let output = Pipe()
        shell.standardOutput = output
        try shell.run()
        try await eventually("the run has ended") { !shell.isRunning }
        #expect(shell.terminationStatus == 0)
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(text.split(separator: "\n").count == 1)
        #expect(try lastEvent("out/good").contains(#""verdict":"PASS""#))
    }
}

/// A port on which this process listens.
final class OccupiedPort {
    let number: UInt16
    private let socket: Int32

    init() throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(socket, pointer, size) == 0 && listen(socket, 1) == 0
                    && getsockname(socket, pointer, &size) == 0
            }
        }
        guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
        self.socket = socket
        number = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(socket) }
}
