import FarmModel
import MockSlave
import Scenario
import Testing

@testable import SlaveHost

/// Every fault on the wire as a client sees it.
@Suite(.timeLimit(.minutes(20))) struct WireFaultTests {
    /// A slave with one file of 1,000 bytes, and faults on calls or files.
    private func slave(
        onCall: [FaultEffect] = [], onFile: [FaultEffect] = [], onConnection: [FaultEffect] = []
    ) throws -> HostedSlave {
        let faults = FaultClosure { moment, _ in
            switch moment.event {
            case .connection: onConnection
            case .call: onCall
            case .file: onFile
            default: []
            }
        }
        return try HostFixture.slave(faults: faults) { slave in
            let file = CachedFile(name: "file", bytes: Self.contents, modified: .systemTime)
            _ = slave.handle(.addToCache(file), at: .systemTime) { _ in BuildScript() }
        }
    }

    static let contents = (0..<1000).map { UInt8($0 % 251) }

    @Test("a connection is accepted and nothing is ever answered", arguments: [true, false])
    func neverAnswer(isOnConnection: Bool) async throws {
        try await HostFixture.withHost { fixture in
            let effects: [FaultEffect] = [.neverAnswer]
            let client = try await fixture.connect(
                to: isOnConnection ? slave(onConnection: effects) : slave(onCall: effects))
            try await client.send(call("status"))
            _ = try await fixture.log.wait { $0.event == .call(method: "status") }
            #expect(try await fixture.host.connectionCount(of: #require(BuilderName("bob"))) == 1)
            #expect(try await client.received().isEmpty)
            #expect(try await client.end() == .open)
        }
    }

    @Test("an answer is held back")
    func delay() async throws {
        try await HostFixture.withHost { fixture in
            let client = try await fixture.connect(
                to: slave(onCall: [.delay(.milliseconds(60)), .delay(.milliseconds(60))]))
            let start = ContinuousClock.now
            try await client.send(call("status"))
            try await client.receive { answerCount($0) == 1 }
            #expect(ContinuousClock.now - start >= .milliseconds(120))
        }
    }

    @Test("a connection is reset before the first byte")
    func resetBeforeAnswer() async throws {
        try await HostFixture.withHost { fixture in
            let client = try await fixture.connect(to: slave(onCall: [.resetBeforeAnswer]))
            try await client.send(call("status"))
            #expect(try await client.receiveToEnd().isEmpty)
            #expect(try await client.end() == .reset)
        }
    }

    @Test("a connection is reset in the middle of a body", arguments: [0, 10])
    func resetInBody(count: Int) async throws {
        try await HostFixture.withHost { fixture in
            let client = try await fixture.connect(to: slave(onCall: [.resetInBody(afterBytes: count)]))
            try await client.send(call("status"))
            try await client.receiveToEnd()
            #expect(try await client.end() == .reset)
            let parts = try await client.text().split(
                separator: "\r\n\r\n", omittingEmptySubsequences: false)
            #expect(parts.count == 2)
            #expect(parts.last?.utf8.count == count)
        }
    }

    @Test("a download is reset in the middle")
    func resetInFile() async throws {
        try await HostFixture.withHost { fixture in
            let client = try await fixture.connect(to: slave(onFile: [.resetInBody(afterBytes: 400)]))
            try await client.send(get("/filecache/file"))
            let bytes = try await client.receiveToEnd()
            #expect(try await client.end() == .reset)
            #expect(bytes.suffix(400) == Self.contents.prefix(400))
        }
    }

    @Test("the XML of an answer is replaced and the length fits")
    func replaceBody() async throws {
        try await HostFixture.withHost { fixture in
            let client = try await fixture.connect(
                to: slave(onCall: [.replaceBody(Array("<methodRes".utf8))]))
            try await client.send(call("status"))
            try await client.receive { answerCount($0) == 1 }
            let text = try await client.text()
            #expect(text.hasSuffix("Content-Length: 10\r\n\r\n<methodRes"))
            #expect(text.contains("Content-Type: text/xml; charset=utf-8\r\n"))
            #expect(try await client.end() == .open)
        }
    }

    @Test("a file ends early by a plain close")
    func truncateFile() async throws {
        try await HostFixture.withHost { fixture in
            let client = try await fixture.connect(to: slave(onFile: [.truncateFile(afterBytes: 300)]))
            try await client.send(get("/filecache/file"))
            let bytes = try await client.receiveToEnd()
            #expect(try await client.end() == .closed)
            #expect(String(decoding: bytes, as: UTF8.self).contains("Content-Length: 1000\r\n"))
            #expect(bytes.suffix(300) == Self.contents.prefix(300))
        }
    }

    @Test("one byte of a file comes inverted", arguments: [(0, 0), (999, 999), (1001, 1)])
    func corruptFile(offset: Int, place: Int) async throws {
        try await HostFixture.withHost { fixture in
            let client = try await fixture.connect(to: slave(onFile: [.corruptFile(atByte: offset)]))
            try await client.send(get("/filecache/file"))
            let bytes = try await client.receive { answerCount($0) == 1 }
            var expected = Self.contents
            expected[place] = ~expected[place]
            #expect(Array(bytes.suffix(1000)) == expected)
            #expect(try await client.end() == .open)
        }
    }

    @Test("a corrupt byte outside of the range asked for is not seen")
    func corruptOutsideRange() async throws {
        try await HostFixture.withHost { fixture in
            let client = try await fixture.connect(to: slave(onFile: [.corruptFile(atByte: 500)]))
            try await client.send(get("/filecache/file", "Range: bytes=0-99"))
            let bytes = try await client.receive { answerCount($0) == 1 }
            #expect(bytes.suffix(100) == Self.contents.prefix(100))
        }
    }

    @Test("faults on calls leave files alone, and the other way round")
    func kinds() async throws {
        try await HostFixture.withHost { fixture in
            let faulty = try slave(onCall: [.truncateFile(afterBytes: 1)], onFile: [.replaceBody([])])
            let client = try await fixture.connect(to: faulty)
            try await client.send(call("status"))
            try await client.receive { answerCount($0) == 1 }
            try await client.send(get("/filecache/file"))
            let bytes = try await client.receive { answerCount($0) == 2 }
            #expect(bytes.suffix(1000) == Self.contents[...])
        }
    }

    @Test("of two cuts the earlier one wins")
    func twoCuts() async throws {
        try await HostFixture.withHost { fixture in
            let client = try await fixture.connect(
                to: slave(onFile: [.truncateFile(afterBytes: 300), .resetInBody(afterBytes: 200)]))
            try await client.send(get("/filecache/file"))
            #expect(try await client.receiveToEnd().suffix(200) == Self.contents.prefix(200))
            #expect(try await client.end() == .reset)
        }
    }

    @Test("a fault that acts on the slave changes its answer")
    func stateFault() async throws {
        try await HostFixture.withHost { fixture in
            let client = try await fixture.connect(
                to: slave(onCall: [.answerFault(code: 8002, text: "scripted")]))
            try await client.send(call("status"))
            try await client.receive { answerCount($0) == 1 }
            #expect(try await client.text().contains("scripted"))
        }
    }

    @Test("connections are refused while the fault lasts, and accepted afterwards")
    func refuseConnections() async throws {
        let clock = SettableClock()
        try await HostFixture.withHost { options, _ in
            options.clock = clock.now
        } _: { fixture in
            let hosted = try HostFixture.slave(faults: RefusingFor(end: Instant(seconds: 10)))
            let listing = try #require(await fixture.host.start([hosted]).first)
            await #expect(throws: (any Error).self) { try await RawClient.connect("127.0.0.1", listing.port) }
            clock.set(Instant(seconds: 10))
            try await fixture.host.timePassed()
            try await fixture.host.setPower(.on, of: hosted.name)
            let port = try #require(await fixture.host.listings().first).port
            let client = try await RawClient.connect("127.0.0.1", port)
            try await client.send(call("status"))
            try await client.receive { answerCount($0) == 1 }
            #expect(try await client.text().hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    private struct RefusingFor: SlaveFaultSource {
        var end: Instant

        mutating func decide(_ moment: FaultMoment, at now: Instant) -> FaultDecision { FaultDecision() }

        mutating func listening(at now: Instant) -> ListeningDecision {
            var decision = ListeningDecision()
            if now < end {
                decision.refusedBy = [FiredFault(rule: "test", fault: "refuse-connections")]
                decision.changesAt = end
            }
            return decision
        }
    }
}
