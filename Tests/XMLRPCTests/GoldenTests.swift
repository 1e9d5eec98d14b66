import FarmModel
import RecordingSupport
import Testing
import XMLRPC

/// The recorded exchanges with real slaves, as far as XML-RPC goes.
@Suite struct GoldenTests {
    private static let complaint = "Can't deserialize input: "

    private static func reading(of exchange: RecordedExchange) -> XMLRPCReading {
        exchange.daemon.dialect == .release2010 ? .slave2010 : .slave
    }

    /// Exchanges of one plain request to the XML-RPC resource and one answer to it.
    private static func posts() throws -> [(
        exchange: RecordedExchange, request: [UInt8], answer: RecordedExchange.HTTPResponse
    )] {
        try Recordings.all.get().compactMap { exchange in
            guard case .http("POST", _, _, _, let body) = exchange.request, exchange.responses.count == 1,
                case .http(let answer) = exchange.responses[0]
            else { return nil }
            return (exchange, body, answer)
        }
    }

    @Test("recorded requests decode to the recorded calls")
    func requests() throws {
        var count = 0
        for (exchange, body, _) in try Self.posts() {
            guard let call = exchange.rpc?.call, GoldenExceptions.requests[exchange.id] == nil else {
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
        #expect(count > 450)
    }

    @Test("recorded results and faults encode to the recorded bytes")
    func answers() throws {
        var count = 0
        for (exchange, _, answer) in try Self.posts() {
            guard let response = exchange.rpc?.response, answer.status == 200,
                GoldenExceptions.answers[exchange.id] == nil
            else { continue }
            count += 1
            let peer = Self.reading(of: exchange).peer
            #expect(try XMLRPCEncoder(peer: peer).encode(response) == answer.body, "\(exchange)")
        }
        #expect(count > 450)
    }

    @Test("recorded answers are read strictly, and written again come out the same")
    func answersRead() throws {
        var count = 0
        for (exchange, _, answer) in try Self.posts() {
            guard let response = exchange.rpc?.response, answer.status == 200,
                GoldenExceptions.answersRead[exchange.id] == nil
            else { continue }
            count += 1
            let decoded = try XMLRPCDecoder(reading: .strict).decodeResponse(answer.body)
            #expect(decoded.matches(recorded: response), "\(exchange)")
            if GoldenExceptions.answers[exchange.id] == nil {
                #expect(try XMLRPCEncoder().encode(decoded) == answer.body, "\(exchange)")
            }
        }
        #expect(count > 450)
    }

    @Test("requests that the real slave could not read are refused in its words")
    func complaints() throws {
        var count = 0
        for (exchange, body, _) in try Self.posts() {
            guard case .fault(let fault)? = exchange.rpc?.response, fault.text.hasPrefix(Self.complaint),
                GoldenExceptions.complaints[exchange.id] == nil
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
        for (exchange, _, _) in try Self.posts() {
            guard case .fault(let fault)? = exchange.rpc?.response, let call = exchange.rpc?.call,
                call.method == "echo", fault.text.hasPrefix("Can't serialize output: "),
                GoldenExceptions.answers[exchange.id] == nil
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
        for (exchange, body, answer) in try Self.posts()
        where answer.status == 500 && exchange.group != "http" {
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

    @Test("every exception names an exchange that needs it")
    func exceptions() throws {
        let ids = Set(try Self.posts().map(\.exchange.id))
        for list in [
            GoldenExceptions.requests, GoldenExceptions.answers, GoldenExceptions.answersRead,
            GoldenExceptions.complaints,
        ] {
            for id in list.keys { #expect(ids.contains(id), "\(id)") }
        }
        for (exchange, _, answer) in try Self.posts() {
            guard GoldenExceptions.answers[exchange.id] != nil, let response = exchange.rpc?.response else {
                continue
            }
            #expect((try? XMLRPCEncoder().encode(response)) != answer.body, "\(exchange) needs no exception")
        }
        for (exchange, _, answer) in try Self.posts() where GoldenExceptions.answersRead[exchange.id] != nil {
            let decoded = try? XMLRPCDecoder(reading: .strict).decodeResponse(answer.body)
            #expect(decoded == nil, "\(exchange) needs no exception")
        }
    }
}

/// Recordings of which something cannot be had, with the reason.
enum GoldenExceptions {
    static let requests: [String: String] = [:]
    static let answers: [String: String] = [:]
    static let answersRead: [String: String] = [:]
    static let complaints: [String: String] = [:]
}
