import BuilddProtocol
import FarmModel
import MockSlave
import RecordingSupport
import Testing
import XMLRPC

/// The recorded exchanges with real slaves, replayed against the core.
@Suite("Recorded exchanges")
struct RecordingTests {
    static let all = (try? Recordings.all.get()) ?? []
    static let calls = all.filter { $0.rpc?.call != nil && $0.rpc?.response != nil && $0.exception == nil }
    static let files = all.filter { fileName(in: $0) != nil }
    static let listings = all.filter { isListing($0) }

    @Test("all recordings are there")
    func count() throws {
        #expect(try Recordings.all.get().count == 615)
        #expect(Self.calls.count > 380)
        #expect(Self.files.count > 20)
        #expect(Self.listings.count > 5)
    }

    @Test("nothing is excepted")
    func exceptions() throws {
        #expect(RecordedExchange.exceptions.isEmpty)
        let unreadable = Self.all.filter { $0.rpc?.method != nil && $0.rpc?.parameters == nil }
        #expect(unreadable.isEmpty)
    }

    @Test("the state before is the recorded one", arguments: all)
    func stateBefore(of exchange: RecordedExchange) throws {
        let prepared = try RecordedState.prepare(exchange)
        #expect(status(prepared) == exchange.state)
    }

    @Test("a call has the recorded answer and leaves the recorded state", arguments: calls)
    func call(of exchange: RecordedExchange) throws {
        var prepared = try RecordedState.prepare(exchange)
        let call = try #require(exchange.rpc?.call)
        let recorded = try #require(exchange.rpc?.response)
        let response = try #require(answer(&prepared, .call(CallID(1_000), call, effects: [])).response)
        #expect(response.matches(recorded: recorded), "\(response) instead of \(recorded)")
        #expect(status(prepared) == exchange.stateAfter)
    }

    @Test("a file of the cache has the recorded bytes", arguments: files)
    func file(of exchange: RecordedExchange) throws {
        var prepared = try RecordedState.prepare(exchange)
        let name = try #require(Self.fileName(in: exchange))
        guard case .http(let recorded) = exchange.responses.first else {
            Issue.record("no answer was recorded")
            return
        }
        guard case .file(let file) = try answer(&prepared, .readFile(CallID(1_000), name: name)) else {
            Issue.record("the file is not there")
            return
        }
        let bytes: [UInt8]? =
            switch file.content {
            case .bytes(let bytes): bytes
            case .stored(let sum): prepared.contents[sum]
            }
        #expect(bytes == recorded.body)
        #expect(file.size == Int64(recorded.body.count))
        #expect(status(prepared) == exchange.stateAfter)
    }

    @Test("the listing of the cache names the recorded files and sizes", arguments: listings)
    func listing(of exchange: RecordedExchange) throws {
        var prepared = try RecordedState.prepare(exchange)
        guard case .http(let recorded) = exchange.responses.first,
            case .listing(let entries) = try answer(&prepared, .listCache(CallID(1_000)))
        else {
            Issue.record("no listing")
            return
        }
        let page = String(decoding: recorded.body, as: UTF8.self)
        let expected = page.split(separator: "<a href=\"").dropFirst().map { row in
            String(row.prefix { $0 != "\"" }) + " "
                + String(row.split(separator: "<td>")[1].prefix { $0 != "<" })
        }
        let found = entries.map { entry in
            "\(entry.name) " + (entry.size < 1_024 ? "\(entry.size)B" : "\(entry.size / 1_024)K")
        }
        #expect(found == expected)
    }

    // Helpers.

    /// The name of a file that is simply asked for and given.
    static func fileName(in exchange: RecordedExchange) -> String? {
        guard case .http("GET", let target, _, let headers, _) = exchange.request,
            target.hasPrefix("/filecache/"), case .http(let response)? = exchange.responses.first,
            response.status == 200, !headers.contains(where: { $0.name == "Range" })
        else { return nil }
        let name = target.dropFirst("/filecache/".count).prefix { $0 != "?" }
        return name.isEmpty || name.contains("/") || name.contains("%") ? nil : String(name)
    }

    static func isListing(_ exchange: RecordedExchange) -> Bool {
        guard case .http(let method, "/filecache/", _, _, _) = exchange.request, method != "HEAD",
            case .http(let response)? = exchange.responses.first
        else { return false }
        return response.status == 200
    }

    /// The answer to a request; a fetch that it leads to ends as recorded.
    private func answer(_ prepared: inout PreparedSlave, _ event: SlaveEvent) throws -> SlaveAnswer {
        var reactions = prepared.slave.handle(event, at: prepared.now, script: prepared.script)
        for case .fetch(let id, let request) in reactions {
            reactions += prepared.slave.handle(
                .fetched(id, prepared.fetchOutcome(request)), at: prepared.now, script: prepared.script)
        }
        for case .answer(CallID(1_000), let answer) in reactions { return answer }
        throw RecordingError("no answer")
    }

    /// The slave's state in the recordings' words, asked of a copy.
    private func status(_ prepared: PreparedSlave) -> String {
        var slave = prepared.slave
        let reactions = slave.handle(
            .call(CallID(2_000), .status, effects: []), at: prepared.now, script: prepared.script)
        for case .answer(_, .response(let response)) in reactions { return SlaveStateText.text(of: response) }
        return "no answer"
    }
}

extension SlaveAnswer {
    /// The answer to a call; nil for anything else.
    var response: XMLRPCResponse? {
        if case .response(let response) = self { response } else { nil }
    }
}
