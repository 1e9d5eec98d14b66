import ContentStore
import FarmModel
import MockSlave
import RecordingSupport
import SlaveHTTP
import TestSupport
import Testing
import XMLRPC

@testable import SlaveHost

/// Every recorded exchange with a real slave, over a real socket against a hosted one in the recorded state: the
/// bytes must be the same, and so must what becomes of the connection and of the slave.
@Suite("Replay over a socket", .timeLimit(.minutes(20)))
struct ReplayTests {
    /// Exchanges that no fake can give, with the reason.
    static let exceptions: [String: String] = [
        "dialect-2010/fault-no-method-name":
            "the page is a Python traceback, which was left out of the recording",
        "dialect-2010/http-rpc-head": "the length is that of a page with a Python traceback",
    ]

    /// What is different every time, by the name it has in the recordings; it is masked on both sides.
    enum Volatile: String, CaseIterable {
        /// Also with the clock standing still: it tells when the log was written last.
        case lastModified = "response header Last-Modified"
        case boundary = "multipart boundary"

        func masked(_ text: String) -> String {
            switch self {
            case .lastModified: replacing(in: text, from: "Last-Modified: ", to: "\r")
            case .boundary:
                text.split(separator: "boundary=\"").dropFirst().first.map { rest in
                    let boundary = rest.prefix { $0 != "\"" }
                    return text.split(separator: boundary, omittingEmptySubsequences: false).joined(
                        separator: "*")
                } ?? text
            }
        }

        private func replacing(in text: String, from start: String, to end: Character) -> String {
            let parts = text.split(separator: start, maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { return text }
            return parts[0] + start + "*" + parts[1].drop { $0 != end }
        }
    }

    static let all = (try? Recordings.all.get()) ?? []
    static let groups = Set(all.map(groupName)).sorted()

    static func groupName(_ exchange: RecordedExchange) -> String {
        (exchange.variant.map { $0 + "/" } ?? "") + exchange.group
    }

    @Test("recorded exchanges come back byte for byte", arguments: groups)
    func replay(group: String) async throws {
        let source = try await SourceServer.start()
        for exchange in Self.all
        where Self.groupName(exchange) == group && Self.exceptions[exchange.id] == nil {
            try await replay(exchange, source: source)
        }
        await source.stop()
    }

    @Test("all exchanges are replayed but those on a short list")
    func count() {
        #expect(Self.all.count == 615)
        #expect(Self.exceptions.count <= 2)
    }

    @Test("every exception is a recording that does not come back")
    func exceptionsAreNeeded() async throws {
        let source = try await SourceServer.start()
        for id in Self.exceptions.keys.sorted() {
            let exchange = try #require(Self.all.first { $0.id == id }, "\(id) is no recording")
            let head = Array("\r\n\r\n".utf8)
            let played = try await play(exchange, source: source) { $0.firstRange(of: head) != nil }
            #expect(played.bytes != Self.expected(exchange), "\(id) comes back; take it from the list")
        }
        await source.stop()
    }

    private func replay(_ exchange: RecordedExchange, source: SourceServer) async throws {
        let played = try await play(exchange, source: source)
        let expected = Self.expected(exchange)
        let masked = Self.mask(exchange)
        #expect(
            masked(String(decoding: played.bytes, as: UTF8.self))
                == masked(String(decoding: expected, as: UTF8.self)), "\(exchange.id)")
        let isSame = played.bytes == expected || !Self.volatiles(exchange).isEmpty
        #expect(isSame, "\(exchange.id)")
        #expect(played.end == (exchange.staysOpen ? .open : .closed), "\(exchange.id)")
        #expect(played.stateAfter == exchange.stateAfter, "\(exchange.id)")
    }

    // MARK: Playing

    private struct Played {
        var bytes: [UInt8]
        var end: RawClient.End
        var stateAfter: String
    }

    /// - Parameter isEnough: when the answer is there; nil: when it is as long as the recorded one.
    private func play(
        _ exchange: RecordedExchange, source: SourceServer,
        until isEnough: (@Sendable ([UInt8]) -> Bool)? = nil
    ) async throws -> Played {
        let prepared = try RecordedState.prepare(exchange)
        return try await HostFixture.withHost { options, scratch in
            options.configuration.threads = 1
            options.clock = { prepared.now }
            options.scripts = { ScriptedBuild(script: prepared.script($0)) }
            options.configuration.fetching.fileRoot = scratch + "/disk"
        } _: { fixture in
            try fixture.scratch.write("disk/home/buildd/sample.txt", RecordedFixtures.localFile)
            for bytes in prepared.contents.values { try fixture.store.insert(bytes: bytes) }
            var hosted = HostedSlave(prepared.slave, address: .ephemeral)
            hosted.server = try #require(TwistedRelease(rawValue: exchange.daemon.twisted))
            let listing = try #require(await fixture.host.start([hosted]).first)
            let client = try await RawClient.connect(listing.host, listing.port)
            let expected = Self.expected(exchange).count
            for piece in Self.pieces(of: exchange, source: source) {
                try await client.send(piece.bytes)
                let before = piece.answerBytes
                try await client.receive { $0.count >= before }
            }
            if exchange.id == "http/body-shorter-half-close" { try await client.finish() }
            if exchange.staysOpen {
                try await client.receive(until: isEnough ?? { $0.count >= expected })
                // What else the slave would say it has said after this.
                for _ in 0..<3 { _ = try await fixture.host.connectionCount(of: hosted.name) }
            } else {
                try await client.receiveToEnd()
            }
            return Played(
                bytes: try await client.received(), end: try await client.end(),
                stateAfter: try await state(of: listing))
        }
    }

    /// What the slave says it does, in the words of the recordings.
    private func state(of listing: SlaveListing) async throws -> String {
        let client = try await RawClient.connect(listing.host, listing.port)
        try await client.send(call("status"))
        let bytes = try await client.receive { answerCount($0) == 1 }
        let body = try #require(String(decoding: bytes, as: UTF8.self).split(separator: "\r\n\r\n").last)
        return SlaveStateText.text(of: try XMLRPCDecoder.decodeResponse(Array(body.utf8)))
    }

    private struct Piece {
        var bytes: [UInt8]
        /// How much must have come back before the next piece is sent.
        var answerBytes = 0
    }

    /// The recordings do not say how their bytes were sent; a few only make sense in pieces.
    private static func pieces(of exchange: RecordedExchange, source: SourceServer) -> [Piece] {
        let bytes = replacing(
            Array("127.0.0.1:58000".utf8), Array("127.0.0.1:\(source.port)".utf8), in: exchange.request.bytes)
        let answer = exchange.responses.first.map { bytesOf($0).count } ?? 0
        switch exchange.id {
        case "http/keep-alive-two":
            return [
                Piece(bytes: Array(bytes[..<(bytes.count / 2)]), answerBytes: answer),
                Piece(bytes: Array(bytes[(bytes.count / 2)...])),
            ]
        case "http/expect-continue":
            let head = bytes.count - 152
            return [
                Piece(bytes: Array(bytes[..<head]), answerBytes: answer), Piece(bytes: Array(bytes[head...])),
            ]
        case "http/slow-request":
            return stride(from: 0, to: bytes.count, by: 20).map {
                Piece(bytes: Array(bytes[$0..<min($0 + 20, bytes.count)]))
            }
        default: return [Piece(bytes: bytes)]
        }
    }

    /// The files of the recordings came from a fixed port; ours comes from one chosen by the system, of as many
    /// digits, so that no length changes.
    private static func replacing(_ old: [UInt8], _ new: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        guard old.count == new.count, bytes.count >= old.count else { return bytes }
        var bytes = bytes
        for index in 0...(bytes.count - old.count) where bytes[index..<index + old.count].elementsEqual(old) {
            bytes.replaceSubrange(index..<index + old.count, with: new)
        }
        return bytes
    }

    // MARK: Expecting

    private static func expected(_ exchange: RecordedExchange) -> [UInt8] {
        Array(exchange.responses.map(bytesOf).joined())
    }

    private static func bytesOf(_ response: RecordedExchange.Response) -> [UInt8] {
        switch response {
        case .none(_, let bytes): return bytes
        case .http(let answer):
            let lines =
                ["\(answer.version) \(answer.status) \(answer.reason)"]
                + answer.headers.map { "\($0.name): \($0.value)" }
            return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + answer.body
        }
    }

    private static func volatiles(_ exchange: RecordedExchange) -> [Volatile] {
        Volatile.allCases.filter { volatile in
            exchange.normalised.contains(volatile.rawValue)
                || volatile == .boundary && exchange.id.hasPrefix("filecache/range-multi")
        }
    }

    private static func mask(_ exchange: RecordedExchange) -> (String) -> String {
        { text in volatiles(exchange).reduce(text) { $1.masked($0) } }
    }
}
