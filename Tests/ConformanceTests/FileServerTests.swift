import Foundation
import Testing

@testable import Conformance

@Suite("The file server slaves fetch from")
struct FileServerTests {
    private func fetch(_ url: String, authorization: String? = nil) async throws -> HTTPAnswer {
        let parts = try #require(URLComponents(string: url))
        let address = try SlaveAddress(url: "http://\(parts.host ?? ""):\(parts.port ?? 0)")
        var lines = ["GET \(parts.path) HTTP/1.1", "Host: x"]
        if let authorization { lines.append("authorization: \(authorization)") }
        let exchange = try await Exchange.perform(
            Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8), with: address, expecting: .closed,
            limits: ConformanceLimits())
        #expect(exchange.ending == .closed && exchange.rest.isEmpty)
        return try #require(exchange.answers.first)
    }

    @Test("files are given, redirected to, and kept from strangers")
    func kinds() async throws {
        let content = Array("hello\n".utf8)
        let server = try await FileServer.start(on: "127.0.0.1", files: ["a": content])
        let plain = try await fetch(server.url("ok", "a"))
        #expect(plain.status == 200 && plain.body == content)
        let moved = try await fetch(server.url("redirect", "a"))
        #expect(moved.status == 302 && moved.header("location") == "/ok/a")
        let secret = Data("\(FileServer.userName):\(FileServer.password)".utf8).base64EncodedString()
        #expect(try await fetch(server.url("auth", "a"), authorization: "Basic \(secret)").body == content)
        #expect(try await fetch(server.url("auth", "a"), authorization: "Basic eDp5").status == 401)
        #expect(try await fetch(server.url("auth", "a")).status == 401)
        #expect(try await fetch(server.url("ok", "b")).status == 404)
        #expect(try await fetch(server.url("other", "a")).status == 404)
        await server.stop()
    }

    @Test("a silent peer, one that hangs up and one that says too much are told apart")
    func wire() async throws {
        let server = try await FileServer.start(
            on: "127.0.0.1", files: ["a": [UInt8](repeating: 0, count: 5000)])
        let parts = try #require(URLComponents(string: server.url("ok", "a")))
        let address = try SlaveAddress(url: "http://127.0.0.1:\(try #require(parts.port))")
        let silent = try await Wire.connect(to: address, limits: ConformanceLimits())
        #expect(try await silent.receive(within: .milliseconds(1)) == .silence)
        await silent.close()
        #expect(try await silent.receive(within: .seconds(10)) == .closed)
        var limits = ConformanceLimits()
        limits.answerBytes = 1000
        let small = try await Wire.connect(to: address, limits: limits)
        await small.send(Array("GET /ok/a HTTP/1.1\r\n\r\n".utf8))
        #expect(try await small.receive(within: .seconds(10)) == .tooMuch)
        await server.stop()
    }
}
