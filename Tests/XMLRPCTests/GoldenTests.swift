import FarmModel
import RecordingSupport
import Testing
import XMLRPC

/// The recorded exchanges with real slaves, as far as XML-RPC goes.
@Suite struct GoldenTests {
    private static let complaint = "Can't deserialize input: "

    /// Recordings whose decoded form does not have what the bytes have, with the reason.
    private static let exceptions = [
        "echo/char-reference":
            "the slave writes a carriage return as it is, which the recording read as a newline"
    ]

    /// Echoes that do not come out of the request, with the reason.
    private static let unlikeEchoes = [
        "dialect-2010/echo-struct": "members come in the order of a hash table"
    ]

    private static func reading(of exchange: RecordedExchange) -> XMLRPCReading {
        exchange.daemon.dialect == .release2010 ? .slave2010 : .slave
    }

    /// Exchanges of one plain request and one answer to it.
    private static func exchanges() throws -> [(
        exchange: RecordedExchange, request: [UInt8], answer: RecordedExchange.HTTPResponse
    )] {
        try Recordings.all.get().compactMap { exchange in
            guard case .http(_, _, _, _, let body) = exchange.request, exchange.responses.count == 1,
                case .http(let answer) = exchange.responses[0]
            else { return nil }
            return (exchange, body, answer)
        }
    }

    @Test("recorded requests decode to the recorded calls")
    func requests() throws {
        var count = 0
        for (exchange, body, _) in try Self.exchanges() {
            guard let call = exchange.rpc?.call else {
                continue
            }
            count += 1
            let decoder = XMLRPCDecoder(reading: Self.reading(of: exchange))
            let decoded = try decoder.decodeCall(body)
            #expect(decoded.method == call.method, "\(exchange)")
            let matches = XMLRPCResponse.success(.array(decoded.parameters))
                .matches(recorded: .success(.array(call.parameters)))
            #expect(matches, "\(exchange): \(decoded.parameters)")
        }
        #expect(count > 400)
    }

    @Test("recorded results and faults encode to the recorded bytes")
    func answers() throws {
        var count = 0
        for (exchange, _, answer) in try Self.exchanges() {
            guard let response = exchange.rpc?.response, answer.status == 200,
                Self.exceptions[exchange.id] == nil
            else { continue }
            count += 1
            let peer = Self.reading(of: exchange).peer
            #expect(try XMLRPCEncoder(peer: peer).encode(response) == answer.body, "\(exchange)")
        }
        #expect(count > 400)
    }

    @Test("recorded answers are read strictly, and written again come out the same")
    func answersRead() throws {
        var count = 0
        for (exchange, _, answer) in try Self.exchanges() {
            guard let response = exchange.rpc?.response, answer.status == 200
            else { continue }
            count += 1
            let decoded = try XMLRPCDecoder(reading: .strict).decodeResponse(answer.body)
            #expect(decoded.matches(recorded: response), "\(exchange)")
            if Self.exceptions[exchange.id] == nil {
                #expect(try XMLRPCEncoder().encode(decoded) == answer.body, "\(exchange)")
            }
        }
        #expect(count > 400)
    }

    @Test("requests that the real slave could not read are refused in its words")
    func complaints() throws {
        var count = 0
        for (exchange, body, _) in try Self.exchanges() {
            guard case .fault(let fault)? = exchange.rpc?.response, fault.text.hasPrefix(Self.complaint)
            else { continue }
            count += 1
            let decoder = XMLRPCDecoder(reading: Self.reading(of: exchange))
            let error = #expect(throws: XMLRPCDecodingError.self, "\(exchange)") {
                try decoder.decodeCall(body)
            }
            #expect(error?.peerDetail == String(fault.text.dropFirst(Self.complaint.count)), "\(exchange)")
            #expect(error?.peerFailsInternally == false, "\(exchange)")
        }
        #expect(count >= 25)
    }

    @Test("results that the real slave could not write are refused in its words")
    func unwritable() throws {
        var count = 0
        for (exchange, _, _) in try Self.exchanges() {
            guard case .fault(let fault)? = exchange.rpc?.response, let call = exchange.rpc?.call,
                call.method == "echo", fault.text.hasPrefix("Can't serialize output: "),
                Self.exceptions[exchange.id] == nil
            else { continue }
            count += 1
            let encoder = XMLRPCEncoder(peer: Self.reading(of: exchange).peer)
            let error = #expect(throws: XMLRPCEncodingError.self, "\(exchange)") {
                try encoder.encode(.success(.array(call.parameters)))
            }
            #expect(error.map { "Can't serialize output: \($0.peerDetail)" } == fault.text, "\(exchange)")
        }
        #expect(count >= 3)
    }

    @Test("documents at which the real slave fails with HTTP 500 are refused with the errors that mean so")
    func internalErrors() throws {
        var codes: [String: XMLRPCDecodingError.Code] = [:]
        for (exchange, body, answer) in try Self.exchanges()
        where answer.status == 500 {
            guard case .http("POST", _, _, _, _) = exchange.request, exchange.group != "http" else {
                continue
            }
            let decoder = XMLRPCDecoder(reading: Self.reading(of: exchange))
            let error = #expect(throws: XMLRPCDecodingError.self, "\(exchange)") {
                try decoder.decodeCall(body)
            }
            #expect(error?.peerFailsInternally == true, "\(exchange)")
            codes[exchange.id] = error?.code
        }
        #expect(codes["faults/no-method-name"] == .noMethodName)
        #expect(codes["faults/method-response-posted"] == .responseInsteadOfCall)
    }

    @Test("what was echoed is written as the recorded bytes")
    func echoes() throws {
        var count = 0
        for (exchange, body, answer) in try Self.exchanges() {
            guard exchange.rpc?.method == "echo", case .success? = exchange.rpc?.response,
                answer.status == 200
            else { continue }
            count += 1
            let call = try XMLRPCDecoder(reading: Self.reading(of: exchange)).decodeCall(body)
            let isSame = try XMLRPCEncoder().encode(.success(.array(call.parameters))) == answer.body
            #expect(isSame == (Self.unlikeEchoes[exchange.id] == nil), "\(exchange)")
        }
        #expect(count > 40)
    }

    @Test("every exception is needed")
    func exceptions() throws {
        let ids = Set(try Self.exchanges().map(\.exchange.id))
        #expect(Self.unlikeEchoes.keys.allSatisfy(ids.contains))
        for id in Self.exceptions.keys.sorted() {
            let found = try #require(try Self.exchanges().first { $0.exchange.id == id }, "\(id)")
            let response = try #require(found.exchange.rpc?.response, "\(id)")
            #expect((try? XMLRPCEncoder().encode(response)) != found.answer.body, "\(id)")
        }
    }
}
