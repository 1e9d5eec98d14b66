import BuilddProtocol
import FarmModel
import OrderedCollections
import Testing
import XMLRPC

@testable import MockSlave

/// The build log and its tail (protocol spec 10).
@Suite("Build log and log tail")
struct LogTests {
    @Test("steps are announced with time and command, quoted for a shell")
    func commands() throws {
        var driver = try Driver { $0.stepDuration = .seconds(1) }
        var script = Driver.never
        script.steps[.prepare] = .init(output: [])
        try driver.build(
            script, id: "it's here",
            changing: ["build_url": "https://x/1", "archives": ["deb http://a/ x", "", "plain"]])
        driver.pass(.seconds(10))
        #expect(
            driver.log()?.hasPrefix(
                """
                https://x/1
                [Mon Jan  1 00:00:00 2024]
                RUN: /usr/share/launchpad-buildd/bin/builder-prep 
                [Mon Jan  1 00:00:01 2024]
                RUN: /usr/share/launchpad-buildd/bin/in-target unpack-chroot --backend=chroot --series=noble \
                --arch=amd64 'it'"'"'s here' --image-type chroot \
                /home/buildd/filecache-default/\(Driver.sum)
                Creating target for build it's here
                [Mon Jan  1 00:00:02 2024]

                """) == true)
        #expect(driver.log()?.contains(" 'deb http://a/ x' '' plain\n") == true)
    }

    @Test("commands of 2010 are lists without time lines")
    func oldCommands() throws {
        var driver = try Driver(.release2010)
        try driver.build(Driver.never, id: "it's \"x\"", changing: ["archives": ["é\\"]])
        let programs = "/usr/share/launchpad-buildd/slavebin"
        #expect(
            driver.log()?.hasPrefix(
                """
                RUN: /bin/echo ['echo', 'Forking build subprocess...']
                Forking build subprocess...
                RUN: \(programs)/unpack-chroot ['unpack-chroot', 'it\\'s "x"', \
                '/home/buildd/filecache-default/\(Driver.sum)']

                """) == true)
        #expect(driver.log()?.contains(#"'\xc3\xa9\\']"#) == true)
    }

    @Test("the first step names kernel and tools")
    func firstStep() throws {
        var driver = try Driver { $0.architectureTag = "arm64" }
        try driver.build(Driver.never)
        #expect(driver.log()?.contains("Kernel version: Linux bob 6.8.0 aarch64\n") == true)
        #expect(driver.log()?.contains(" launchpad-buildd_254 python3-lpbuildd_254 ") == true)
    }

    @Test(
        "time lines are local time with a padded day",
        arguments: [
            (Int64(0), Duration.zero, "[Thu Jan  1 00:00:00 1970]"),
            (951_782_400, .zero, "[Tue Feb 29 00:00:00 2000]"),
            (1_704_067_200, .seconds(-3_600), "[Sun Dec 31 23:00:00 2023]"),
            (1_735_689_599, .seconds(1), "[Wed Jan  1 00:00:00 2025]"),
            (4_107_542_400, .zero, "[Mon Mar  1 00:00:00 2100]"),
            (-1, .zero, "[Wed Dec 31 23:59:59 1969]"),
        ])
    func time(_ seconds: Int64, _ offset: Duration, _ line: String) {
        #expect(LogTime.line(at: Instant(seconds: seconds), offset: offset) == line)
    }

    // Progress.

    @Test("the main step writes as time goes by, and the rest at its end")
    func progress() throws {
        var driver = try Driver()
        var script = BuildScript(
            progress: .time(.seconds(10)),
            log: [
                .init(text: "one\n"), .init(at: .seconds(4), text: "two\n"),
                .init(at: .seconds(60), text: "end\n"),
            ], results: .none)
        script.steps[.reap] = .init(duration: .seconds(1))
        try driver.build(script)
        func last() -> String { String((driver.log() ?? "").split(separator: "\n").last ?? "") }
        #expect(last() == "one")
        driver.pass(.milliseconds(3_999))
        #expect(last() == "one")
        driver.pass(.milliseconds(1))
        #expect(last() == "two")
        driver.pass(.seconds(6))
        #expect(driver.log()?.contains("two\nend\n[") == true)
    }

    @Test("with progress by status calls both end and log count the calls")
    func statusCalls() throws {
        var driver = try Driver()
        let script = BuildScript(
            progress: .statusCalls(3),
            log: [.init(at: .seconds(1), text: "one\n"), .init(at: .seconds(2), text: "two\n")],
            results: .none)
        try driver.build(script)
        driver.pass(.seconds(1_000))
        #expect(try driver.status().words == "BUILDING")
        #expect(driver.log()?.hasSuffix("one\n") == true)
        #expect(try driver.status().words == "BUILDING")
        #expect(driver.log()?.hasSuffix("two\n") == true)
        #expect(try driver.status().words == "WAITING/OK")
        #expect(driver.notes.contains(.buildFinished(id: "PACKAGEBUILD-1", result: .ok)))
    }

    @Test("status calls before the main step count too")
    func earlyStatusCalls() throws {
        var driver = try Driver { $0.stepDuration = .seconds(1) }
        try driver.build(BuildScript(progress: .statusCalls(1), results: .none))
        #expect(try driver.status().words == "BUILDING")
        driver.pass(.seconds(9))
        #expect(driver.slave.state == .waiting)
    }

    @Test("the log outlives a restart and ends with clean")
    func lifetime() throws {
        var driver = try Driver()
        try driver.build(Driver.never)
        driver.handle(.restart)
        #expect(driver.log()?.isEmpty == false)
        try driver.build(try Driver.good(), id: "PACKAGEBUILD-2")
        #expect(driver.log()?.contains("PACKAGEBUILD-1") == false)
        driver.call(.clean)
        #expect(driver.log() == nil)
    }

    @Test("a log grows no further than its limit")
    func limit() throws {
        var driver = try Driver { $0.logLimit = 100 }
        try driver.build(try Driver.good())
        #expect(driver.log()?.utf8.count == 100)
    }

    // The tail.

    private func tail(of main: [UInt8], changing: OrderedDictionary<String, XMLRPCValue> = [:]) throws
        -> [UInt8]
    {
        var driver = try Driver()
        let script = BuildScript(progress: .never, log: [.init(at: .zero, bytes: main)], results: .none)
        try driver.build(script, changing: changing)
        return try driver.status().logTail ?? []
    }

    @Test("the tail is the last 2,048 bytes, unchanged")
    func tail() throws {
        let bytes = (0..<3_000).map { UInt8(truncatingIfNeeded: $0) }
        #expect(try tail(of: bytes) == Array(bytes.suffix(2_048)))
        let short = try tail(of: [1, 2, 3])
        #expect(short.count < 2_048 && short.suffix(3) == [1, 2, 3])
    }

    static let strippingBuilds: [OrderedDictionary<String, XMLRPCValue>] = [
        ["archive_private": true], ["archive_private": 1], ["archive_private": "yes"],
    ]

    @Test(
        "a private tail loses its first line, its credentials and its last newline",
        arguments: strippingBuilds)
    func privateTail(_ arguments: OrderedDictionary<String, XMLRPCValue>) throws {
        let main = Array((String(repeating: "x", count: 2_100) + "\nhttp://u:p@h/\nend\n").utf8)
        #expect(try tail(of: main, changing: arguments) == Array("http://h/\nend".utf8))
    }

    @Test("a private log of one line has an empty tail")
    func oneLine() throws {
        #expect(
            try tail(
                of: Array(String(repeating: "x", count: 3_000).utf8), changing: ["archive_private": true]
            ).isEmpty)
    }

    @Test("a log that vanished has an empty tail, and what is written later is lost")
    func vanished() throws {
        var driver = try Driver()
        var script = try Driver.good()
        script.progress = .time(.seconds(1))
        try driver.build(script)
        driver.handle(.removeFromCache(name: "buildlog"))
        #expect(try driver.status().logTail == [])
        driver.pass(.seconds(1))
        #expect(try driver.status().words == "WAITING/OK")
        #expect(driver.log() == nil)
    }

    // Credentials.

    @Test(
        "credentials are stripped",
        arguments: [
            ("http://a:b@host/p", "http://host/p"), ("http://:b@host", "http://host"),
            ("x ftp://u:p@h/ https://v:w@h2/", "x ftp://h/ https://h2/"), ("http://a@host", "http://a@host"),
            ("http://a:b:c@host", "http://a:b:c@host"), ("http://u:p/q@host", "http://u:p/q@host"),
            ("http://u:p@", "http://u:p@"), ("http://u:@h", "http://u:@h"), ("://", "://"),
            ("x,proxyauth=n:t-1 y", "x y"), ("proxyauth=n:t y", "proxyauth=n:t y"),
            (",proxyauth=n y", ",proxyauth=n y"), (",proxyauth=:t", ",proxyauth=:t"),
            (",proxyauth=a:b,proxyauth=c:d", ""), ("u:p@h", "u:p@h"),
        ])
    func strip(_ text: String, _ stripped: String) {
        #expect(CredentialStripper.strip(Array(text.utf8)) == Array(stripped.utf8))
        let lines = "\(text)\n\n\(text)\n"
        #expect(CredentialStripper.strip(Array(lines.utf8)) == Array("\(stripped)\n\n\(stripped)\n".utf8))
    }

    @Test("lines end with any of three line ends")
    func lines() {
        let lines = CredentialStripper.lines(of: ArraySlice("a\nb\r\nc\rd\n\ne".utf8))
        #expect(lines.map { String(decoding: $0, as: UTF8.self) } == ["a", "b", "c", "d", "", "e"])
        #expect(CredentialStripper.lines(of: ArraySlice("a\n".utf8)).count == 1)
        #expect(CredentialStripper.lines(of: []).isEmpty)
    }

    @Test("a private log is stripped in the last step, and the original goes on beside it")
    func stripped() throws {
        var driver = try Driver()
        var script = try Driver.good()
        script.log = [.init(text: "http://u:secret@h/\n")]
        script.steps[.remove] = .init(duration: .seconds(1))
        script.progress = .time(.seconds(1))
        try driver.build(script, changing: ["archive_private": true])
        #expect(driver.log()?.contains("u:secret@") == true)
        #expect(driver.log("buildlog.unsanitized") == nil)
        driver.pass(.seconds(2))
        #expect(driver.log()?.contains("http://h/\n") == true)
        #expect(driver.log()?.contains("secret") == false)
        #expect(
            driver.log()?.hasSuffix(
                "remove-build --backend=chroot --series=noble --arch=amd64 PACKAGEBUILD-1\n") == true)
        #expect(driver.log("buildlog.unsanitized")?.hasSuffix("Removing build PACKAGEBUILD-1\n") == true)
        driver.call(.clean)
        #expect(driver.log() == nil)
        #expect(driver.log("buildlog.unsanitized")?.contains("u:secret@") == true)
        driver.pass(.seconds(5 * 86_400))
        #expect(driver.log("buildlog.unsanitized") == nil)
    }

    @Test(
        "types with secrets are stripped whatever the archive",
        arguments: ["snap", "oci", "charm", "ci", "rock", "craft", "livefs", "binarypackage"])
    func strippedTypes(_ type: String) throws {
        var driver = try Driver()
        driver.script = BuildScript(
            progress: .time(.zero), log: [.init(text: "http://u:secret@h/\n")], results: .none)
        driver.call(
            Driver.buildCall(
                type: type,
                arguments: [
                    "series": "noble", "suite": "noble", "ogrecomponent": "main", "name": "n",
                    "jobs": [[["b", 0]]], "project": "p", "pocket": "release", "fast_cleanup": true,
                ]))
        #expect(try driver.status().words == "WAITING/OK")
        let isOpen = type == "livefs" || type == "binarypackage"
        #expect(driver.log()?.contains("u:secret@") == isOpen)
        #expect((driver.log("buildlog.unsanitized") == nil) == isOpen)
    }
}
