import FarmModel
import MockSlave
import Synchronization
import Testing

@testable import SlaveHost

/// Builds on a hosted slave, from the call to the download.
@Suite(.timeLimit(.minutes(20))) struct BuildTests {
    private static let chroot = "171f0326fdc56a48d93c7be9bd0d57bc809ff610"
    private static let run = BuildRun(package: "a", version: "1", architecture: "amd64")

    private func slave(faults: (any SlaveFaultSource)? = nil) throws -> HostedSlave {
        try HostFixture.slave(faults: faults) { slave in
            let file = CachedFile(name: Self.chroot, bytes: [], modified: .systemTime)
            _ = slave.handle(.addToCache(file), at: .systemTime) { _ in BuildScript() }
        }
    }

    /// Asks for the status until the slave waits.
    private func waitForEnd(_ client: RawClient) async throws -> String {
        var count = answerCount(try await client.received())
        while true {
            let before = try await client.received().count
            try await client.send(call("status"))
            count += 1
            let wanted = count
            let bytes = try await client.receive { answerCount($0) == wanted }
            let status = String(decoding: bytes.dropFirst(before), as: UTF8.self)
            if status.contains("BuilderStatus.WAITING") { return status }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test("results are gathered, announced and served")
    func results() async throws {
        try await HostFixture.withHost { options, _ in
            options.scripts = { _ in
                ScriptedBuild(
                    run: Self.run, script: BuildScript(progress: .time(.zero), results: .generated(bytes: 4)))
            }
            options.generator = { _, bytes in
                [GeneratedResult(name: "a_1_amd64.deb", bytes: Array(repeating: 65, count: bytes))]
            }
        } _: { fixture in
            let client = try await fixture.connect(to: slave())
            try await client.send(buildCall(chroot: Self.chroot))
            let status = try await waitForEnd(client)
            // The SHA-1 of AAAA.
            let sum = "e2512172abf8cc9f67fdd49eb6cacf2df71bbad3"
            #expect(status.contains("BuildStatus.OK"))
            #expect(status.contains("<name>a_1_amd64.deb</name>\n<value><string>\(sum)</string></value>"))
            try await client.send(get("/filecache/\(sum)", "Connection: close"))
            #expect(try await client.receiveToEnd().suffix(4) == Array("AAAA".utf8)[...])
            #expect(fixture.log.entries.contains { $0.event == .gathered(files: 1) })
        }
    }

    @Test("a fault of the moment in which a build begins decides its end, and knows the build")
    func buildFault() async throws {
        let seen = SeenMoments()
        let faults = FaultClosure { moment, _ in
            seen.add(moment)
            if case .build = moment.event { return [.outcome(.chrootFail)] }
            return []
        }
        try await HostFixture.withHost { options, _ in
            options.scripts = { _ in
                ScriptedBuild(run: Self.run, script: BuildScript(progress: .time(.zero), results: .none))
            }
        } _: { fixture in
            let client = try await fixture.connect(to: slave(faults: faults))
            try await client.send(buildCall(chroot: Self.chroot))
            #expect(try await waitForEnd(client).contains("BuildStatus.CHROOTFAIL"))
            let moments = seen.all
            #expect(
                moments.map(\.event).prefix(3) == [.connection, .call(method: "build"), .build(Self.run)])
            #expect(moments[1].running == nil)
            #expect(moments[3].running == Self.run)
            #expect(moments[3].number == 2)
        }
    }

    @Test("a file is known to faults by the name that its build announced")
    func resultName() async throws {
        let faults = FaultClosure { moment, _ in
            moment.event == .file(name: "wanted.deb") ? [.corruptFile(atByte: 0)] : []
        }
        try await HostFixture.withHost { options, _ in
            options.scripts = { _ in
                ScriptedBuild(
                    run: Self.run, script: BuildScript(progress: .time(.zero), results: .generated(bytes: 4)))
            }
            options.generator = { _, bytes in
                [GeneratedResult(name: "wanted.deb", bytes: Array(repeating: 65, count: bytes))]
            }
        } _: { fixture in
            let client = try await fixture.connect(to: slave(faults: faults))
            try await client.send(buildCall(chroot: Self.chroot))
            _ = try await waitForEnd(client)
            try await client.send(
                get("/filecache/e2512172abf8cc9f67fdd49eb6cacf2df71bbad3", "Connection: close"))
            let bytes = try await client.receiveToEnd()
            #expect(Array(bytes.suffix(4)) == [~65, 65, 65, 65])
        }
    }

    @Test("a graceful stop waits for the answers that are on their way")
    func gracefulStop() async throws {
        let faults = FaultClosure { moment, _ in
            moment.event == .call(method: "status") ? [.delay(.milliseconds(150))] : []
        }
        try await HostFixture.withHost { fixture in
            let client = try await fixture.connect(to: slave(faults: faults))
            let idle = try await RawClient.connect(
                "127.0.0.1", #require(await fixture.host.listings().first).port)
            try await client.send(call("status"))
            _ = try await fixture.log.wait { $0.event == .call(method: "status") }
            await fixture.host.shutdown()
            #expect(answerCount(try await client.receiveToEnd()) == 1)
            #expect(try await idle.receiveToEnd().isEmpty)
            #expect(await fixture.host.listings().isEmpty)
        }
    }

    private final class SeenMoments: Sendable {
        private let list = Mutex<[FaultMoment]>([])
        func add(_ moment: FaultMoment) { list.withLock { $0.append(moment) } }
        var all: [FaultMoment] { list.withLock { $0 } }
    }
}
