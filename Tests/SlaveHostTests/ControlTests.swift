import FarmModel
import Glibc
import MockSlave
import Testing

@testable import SlaveHost

@Suite(.timeLimit(.minutes(20))) struct ControlTests {
    /// A host with one virtual slave and a control endpoint.
    private func withControl(
        _ effects: [FaultEffect] = [], _ body: (HostFixture, String) async throws -> Void
    ) async throws {
        try await HostFixture.withHost { fixture in
            var slave = try HostFixture.slave(
                faults: FaultClosure { moment, _ in moment.event == .reset ? effects : [] })
            slave.vmHost = "machine-7"
            try await fixture.host.start([slave])
            let file = fixture.scratch.path("control")
            let server = ControlServer(fixture.host, controlFile: file)
            try await server.start()
            try await body(fixture, file)
            await server.stop()
        }
    }

    private func wasReset(_ fixture: HostFixture) -> Bool {
        fixture.log.entries.contains {
            if case .note(let note) = $0.event { note.kind == .reset } else { false }
        }
    }

    @Test("a slave is reset by its name or that of its machine", arguments: ["bob", "machine-7"])
    func reset(name: String) async throws {
        try await withControl { fixture, file in
            let result = try await ResetClient.reset(name, controlFile: file)
            #expect(result.exitStatus == 0)
            #expect(result.text == "bob has been reset\n")
            #expect(wasReset(fixture))
        }
    }

    @Test("a scripted reset fails with its exit status and resets nothing")
    func resetFails() async throws {
        try await withControl([.resetFails(exitStatus: 42)]) { fixture, file in
            let result = try await ResetClient.reset("bob", controlFile: file)
            #expect(result.exitStatus == 42)
            #expect(result.text == "bob could not be reset: scripted failure\n")
            #expect(!wasReset(fixture))
        }
    }

    @Test("a reset that lies says it succeeded and resets nothing")
    func resetLies() async throws {
        try await withControl([.resetLies]) { fixture, file in
            let result = try await ResetClient.reset("bob", controlFile: file)
            #expect(result.exitStatus == 0)
            #expect(!wasReset(fixture))
        }
    }

    @Test("a reset that hangs is never answered")
    func resetHangs() async throws {
        try await withControl([.resetHangs]) { fixture, file in
            await #expect(throws: (any Error).self) {
                try await ResetClient.reset("bob", controlFile: file, timeout: .milliseconds(200))
            }
            #expect(fixture.log.entries.contains { $0.event == .resetCommand(exitStatus: nil) })
        }
    }

    @Test("an unknown name is told, and ends with a status that is not zero")
    func unknownName() async throws {
        try await withControl { _, file in
            let result = try await ResetClient.reset("alice", controlFile: file)
            #expect(result.exitStatus == 1)
            #expect(result.text.contains("alice"))
            await #expect(throws: SlaveHostError.self) {
                try await ResetClient.reset("a/b", controlFile: file)
            }
        }
    }

    @Test("the control file is readable for its owner only, and its token is needed")
    func token() async throws {
        try await withControl { fixture, file in
            var status = stat()
            #expect(stat(file, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600)
            let control = try ControlFile(path: file)
            #expect(control.token.count == 64)
            let port = try #require(control.url.split(separator: ":").last.flatMap { Int($0) })
            for header in ["X: y", "Authorization: Bearer \(String(repeating: "0", count: 64))"] {
                let client = try await RawClient.connect("127.0.0.1", port)
                try await client.send("POST /slaves/bob/reset HTTP/1.1\r\n\(header)\r\n\r\n")
                try await client.receiveToEnd()
                #expect(try await client.text().hasPrefix("HTTP/1.1 401 Unauthorized\r\n"))
            }
            #expect(!wasReset(fixture))
            let client = try await RawClient.connect("127.0.0.1", port)
            try await client.send(get("/slaves", "Authorization: Bearer \(control.token)"))
            try await client.receiveToEnd()
            #expect(try await client.text().contains("\r\n\r\nbob 127.0.0.1 "))
            #expect(try await client.text().hasSuffix(" on\n"))
        }
    }

    @Test("a file that is no control file is named in the error")
    func badControlFile() async throws {
        await #expect {
            try await ResetClient.reset("bob", controlFile: "/nowhere/control")
        } throws: { "\($0)".contains("/nowhere/control") }
    }
}
