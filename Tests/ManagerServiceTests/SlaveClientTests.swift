import AsyncHTTPClient
import BuildManager
import BuilddProtocol
import Glibc
import Testing
import XMLRPC

@testable import ManagerService

@Suite("Calls to slaves")
struct SlaveClientTests {
    /// Runs `body` with a client like the manager's.
    static func withClient(
        _ change: (inout ManagerSettings) -> Void = { _ in }, _ body: (SlaveClients) async throws -> Void
    ) async throws {
        var settings = ManagerSettings()
        change(&settings)
        let clients = SlaveClients(settings: settings)
        do {
            try await body(clients)
        } catch {
            await clients.shutDown()
            throw error
        }
        await clients.shutDown()
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var kind: CallFailure.Kind
        var steps: [RawSlave.Step]

        init(_ description: String, _ kind: CallFailure.Kind, _ steps: RawSlave.Step...) {
            testDescription = description
            self.kind = kind
            self.steps = steps
        }
    }

    static let cases = [
        Case("closed without a word", .reset),
        Case("reset without a word", .reset, .reset),
        Case("closed in the head", .reset, .send(Array("HTTP/1.1 200 OK\r\nContent-".utf8))),
        Case("closed in the body", .reset, .send(RawSlave.http(length: 1000, "<?xml"))),
        Case("reset in the body", .reset, .send(RawSlave.http(length: 1000, "<?xml")), .reset),
        Case("silent", .timedOut, .hang),
        Case("silent in the head", .timedOut, .send(Array("HTTP/1.1 200 OK\r\n".utf8)), .hang),
        Case("silent in the body", .timedOut, .send(RawSlave.http(length: 1000, "<?xml")), .hang),
        Case("no HTTP", .malformed, .send(Array("SSH-2.0-OpenSSH_9.2p1\r\n\r\n".utf8))),
        Case("no XML", .malformed, .send(RawSlave.http("<html>hello"))),
        Case("an empty answer", .malformed, .send(RawSlave.http(""))),
        Case("a character that XML has not", .malformed, .send(RawSlave.http("<methodResponse>&#0;"))),
        Case("HTTP 500", .httpStatus, .send(RawSlave.http("500 Internal Server Error", [], "broken"))),
        Case(
            "a redirect", .httpStatus,
            .send(RawSlave.http("302 Found", ["Location: http://127.0.0.1:1/rpc"]))),
        Case("a large answer announced", .tooLarge, .send(RawSlave.http(length: 1 << 40, "<")), .hang),
        Case(
            "an answer without end", .tooLarge, .send(Array("HTTP/1.1 200 OK\r\n\r\n".utf8)),
            .sendForEver(Array(repeating: 32, count: 4096))),
        Case(
            "a head without end", .malformed, .send(Array("HTTP/1.1 200 OK\r\n".utf8)),
            .sendForEver(Array("X-Header: \(String(repeating: "x", count: 4000))\r\n".utf8))),
        Case(
            "a fault", .fault,
            .send(
                RawSlave.http(
                    "<methodResponse><fault><value>"
                        + RawSlave.structure([
                            ("faultCode", "<int>8002</int>"), ("faultString", "<string>no</string>"),
                        ])
                        + "</value></fault></methodResponse>"))),
    ]

    @Test(
        "every way in which an answer can fail has its kind, and no connection stays behind", arguments: cases
    )
    func failures(_ given: Case) async throws {
        let slave = try await RawSlave.start { _, _ in given.steps }
        try await Self.withClient { settings in
            settings.maximumAnswerSize = 1 << 20
        } _: { clients in
            // Only where silence is what is asked for does the limit ever matter.
            let limit: Duration = given.kind == .timedOut ? .milliseconds(100) : .seconds(100)
            let reply = await clients.slaves.call(.status, slave: slave.url, limit: limit)
            guard case .failure(let failure) = reply else {
                Issue.record("the call gave \(reply)")
                return
            }
            #expect(failure.kind == given.kind, "\(failure)")
            #expect(!failure.message.isEmpty)
            while slave.openConnections > 0 { try await Task.sleep(for: .milliseconds(2)) }
        }
        await slave.stop()
    }

    @Test("a slave that is not there refuses")
    func refused() async throws {
        // A port that is taken, and where nobody listens.
        let taken = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(taken) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                try #require(bind(taken, pointer, length) == 0)
                try #require(getsockname(taken, pointer, &length) == 0)
            }
        }
        let url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        try await Self.withClient { clients in
            guard
                case .failure(let failure) = await clients.slaves.call(
                    .status, slave: url, limit: .seconds(100))
            else {
                Issue.record("somebody listens at \(url)")
                return
            }
            #expect(failure.kind == .refused, "\(failure)")
        }
    }

    @Test(
        "a call is one request on a connection of its own, unless connections are kept",
        arguments: [false, true])
    func connections(keeps: Bool) async throws {
        let slave = try await RawSlave.start { _, _ in RawSlave.status("IDLE") }
        try await Self.withClient { settings in
            settings.keepsConnections = keeps
        } _: { clients in
            let value = try await clients.slaves.call(.status, slave: slave.url, limit: .seconds(100)).get()
            #expect(try SlaveStatus(decoding: value).stateText == "BuilderStatus.IDLE")
        }
        #expect(slave.targets == ["/rpc"])
        #expect(slave.heads[0].lowercased().contains("connection: close") == !keeps)
        await slave.stop()
    }

    @Test("a time-out leaves it open whether a call was carried out, a refusal does not")
    func mayHaveHappened() {
        let kinds: [CallFailure.Kind] = [
            .refused, .timedOut, .reset, .unreachable, .httpStatus, .malformed, .tooLarge, .fault, .other,
        ]
        #expect(
            kinds.filter { CallFailure($0, "").mayHaveHappened } == [.timedOut, .reset, .malformed, .other])
    }
}
