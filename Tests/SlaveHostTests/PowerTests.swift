import FarmModel
import MockSlave
import Scenario
import Testing

@testable import SlaveHost

@Suite(.timeLimit(.minutes(20))) struct PowerTests {
    private func isAnswering(_ port: Int) async throws -> Bool {
        guard let client = try? await RawClient.connect("127.0.0.1", port) else { return false }
        try await client.send(call("status"))
        return answerCount(try await client.receive { answerCount($0) == 1 }) == 1
    }

    @Test(
        "without power connections are refused, with power again they are accepted at the same port",
        arguments: [SlavePower.off, .killed])
    func offAndOn(state: SlavePower) async throws {
        try await HostFixture.withHost { fixture in
            let slave = try HostFixture.slave()
            let client = try await fixture.connect(to: slave)
            try await client.send(call("status"))
            try await client.receive { answerCount($0) == 1 }
            let port = try #require(await fixture.host.listings().first).port
            try await fixture.host.setPower(state, of: slave.name)
            try await client.receiveToEnd()
            #expect(try await client.end() == (state == .off ? .closed : .reset))
            #expect(try await !isAnswering(port))
            try await fixture.host.setPower(.on, of: slave.name)
            #expect(try await isAnswering(port))
            #expect(fixture.log.entries.contains { $0.event == .power(state) })
        }
    }

    @Test("a daemon that restarts ends its connections and forgets its build")
    func restart() async throws {
        try await HostFixture.withHost { fixture in
            let slave = try HostFixture.slave()
            let client = try await fixture.connect(to: slave)
            try await client.send(call("status"))
            try await client.receive { answerCount($0) == 1 }
            try await fixture.host.restart(slave.name)
            try await client.receiveToEnd()
            #expect(try await client.end() == .closed)
            let note = try await fixture.log.wait {
                if case .note(let note) = $0.event { note.kind == .restarted } else { false }
            }
            #expect(note.slave == slave.name)
        }
    }

    @Test("a slave killed by its build comes back by a reset only")
    func death() async throws {
        try await HostFixture.withHost { fixture in
            let slave = try HostFixture.slave()
            let port = try #require(await fixture.host.start([slave]).first).port
            try await fixture.host.setPower(.dead, of: slave.name)
            try await fixture.host.setPower(.on, of: slave.name)
            #expect(try await fixture.host.power(of: slave.name) == .dead)
            let outcome = try await fixture.host.runResetCommand("bob")
            #expect(outcome.exitStatus == 0)
            #expect(try await fixture.host.power(of: slave.name) == .on)
            #expect(try await isAnswering(port))
        }
    }

    @Test("a poison job takes the slave that builds it down")
    func poisonJob() async throws {
        try await HostFixture.withHost { options, _ in
            options.scripts = { _ in
                ScriptedBuild(
                    script: BuildScript(progress: .time(.zero), outcome: .killsSlave, results: .none))
            }
        } _: { fixture in
            let file = CachedFile(
                name: "171f0326fdc56a48d93c7be9bd0d57bc809ff610", bytes: [], modified: .systemTime)
            let slave = try HostFixture.slave { slave in
                _ = slave.handle(.addToCache(file), at: .systemTime) { _ in BuildScript() }
            }
            let client = try await fixture.connect(to: slave)
            try await client.send(buildCall(chroot: file.name))
            try await client.receiveToEnd()
            #expect(try await client.end() == .reset)
            #expect(try await fixture.host.power(of: slave.name) == .dead)
        }
    }
}

/// A call of `build` for a binary package without sources that the fake accepts.
func buildCall(chroot: String, id: String = "PACKAGEBUILD-1") -> String {
    func member(_ name: String, _ value: String) -> String {
        "<member><name>\(name)</name><value><string>\(value)</string></value></member>"
    }
    let texts = [id, "binarypackage", chroot].map { "<param><value><string>\($0)</string></value></param>\n" }
    let files = "<param><value><struct>" + member("a_1.dsc", chroot) + "</struct></value></param>\n"
    let arguments = [("series", "noble"), ("suite", "noble"), ("ogrecomponent", "main")].map(member).joined()
    return call(
        "build", texts.joined() + files + "<param><value><struct>\(arguments)</struct></value></param>\n")
}
