internal import XMLRPC

/// Calls and downloads, each over a connection of its own.
struct SlaveClient: Sendable {
    let address: SlaveAddress
    let limits: ConformanceLimits

    /// - Throws: `ConformanceError` when there is no answer, or one that is no XML-RPC response.
    func call(_ method: String, _ parameters: [XMLRPCValue] = []) async throws -> XMLRPCResponse {
        let body = try XMLRPCEncoder().encode(XMLRPCCall(method, parameters))
        let answer = try await exchange("POST", "/rpc", ["Content-Type: text/xml"], body)
        guard answer.status == 200 else {
            throw ConformanceError(.badAnswer, "\(method) is answered with \(answer.status) \(answer.reason)")
        }
        do {
            return try XMLRPCDecoder.decodeResponse(answer.body)
        } catch {
            throw ConformanceError(.badAnswer, "the answer to \(method) is no XML-RPC response: \(error)")
        }
    }

    func get(_ path: String, headers: [String] = []) async throws -> HTTPAnswer {
        try await exchange("GET", path, headers, [])
    }

    func head(_ path: String) async throws -> HTTPAnswer {
        try await exchange("HEAD", path, [], [])
    }

    private func exchange(
        _ method: String, _ path: String, _ headers: [String], _ body: [UInt8]
    ) async throws -> HTTPAnswer {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: \(address)", "Connection: close"] + headers
        if method == "POST" { lines.append("Content-Length: \(body.count)") }
        let request = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
        let exchange = try await Exchange.perform(
            request, with: address, isHead: method == "HEAD", expecting: .closed, limits: limits)
        // The length of a growing log is fixed when the answer begins, but the real slave sends the file to its
        // end: what the log gained meanwhile follows the answer.
        let mayGrow = path == "/filecache/buildlog"
        guard let answer = exchange.answers.first, exchange.rest.isEmpty || mayGrow else {
            throw ConformanceError(
                .badAnswer,
                "\(method) \(path) gets no whole answer: '\(Excerpt.escaped(exchange.rest.prefix(80)))'")
        }
        return answer
    }

    // Results that the checks need as values.

    /// - Throws: `ConformanceError` when the slave answers with a fault.
    func result(_ method: String, _ parameters: [XMLRPCValue] = []) async throws -> XMLRPCValue {
        switch try await call(method, parameters) {
        case .success(let value): return value
        case .fault(let fault): throw ConformanceError(.badAnswer, "\(method) is answered with \(fault)")
        }
    }
}
