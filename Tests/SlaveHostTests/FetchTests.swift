import ContentStore
import FarmModel
import NIOPosix
import TestSupport
import Testing

@testable import MockSlave
@testable import SlaveHost

@Suite(.timeLimit(.minutes(20))) struct FetchTests {
    static let sums = [
        "two": "19a6d11e67d8471ad2c5cfcbee6187fe6563d08b",
        "three": "71fa474ffc929ae6811ce08b1be21b5c91f9d481",
        "empty": "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    ]

    private struct Parts {
        var fetcher: Fetcher
        var store: ContentStore
        var server: SourceServer
        var scratch: ScratchDirectory

        func fetch(
            _ path: String, sum: String? = nil, user: String? = nil, password: String? = nil,
            atOnce: Bool = true
        ) async -> FetchOutcome {
            let url = path.hasPrefix("/") ? "http://127.0.0.1:\(server.port)\(path)" : path
            return await fetcher.fetch(
                FetchRequest(
                    sum: sum ?? FetchTests.sums["two"] ?? "", url: url, user: user, password: password,
                    sendsCredentialsAtOnce: atOnce))
        }
    }

    private func withFetcher(
        tls: (certificate: String, key: String)? = nil,
        _ change: (inout FetchConfiguration, String) -> Void = { _, _ in },
        _ body: (Parts) async throws -> Void
    ) async throws {
        let scratch = try ScratchDirectory()
        let store = try ContentStore.open(
            directory: scratch.path("store"), options: .init(waitsForDisk: false))
        let server = try await SourceServer.start(tls: tls)
        var configuration = FetchConfiguration()
        change(&configuration, scratch.path)
        let fetcher = Fetcher(
            configuration, store: store, threads: .singleton, group: MultiThreadedEventLoopGroup.singleton)
        try await body(Parts(fetcher: fetcher, store: store, server: server, scratch: scratch))
        await fetcher.shutdown()
        await server.stop()
    }

    @Test("a file is fetched, checked and stored")
    func stored() async throws {
        try await withFetcher { parts in
            #expect(await parts.fetch("/ok/two") == .stored(size: 19))
            let sum = try #require(SHA1Digest(Self.sums["two"] ?? ""))
            #expect(try parts.store.bytes(of: sum, limit: 100) == Array("librarian file two\n".utf8))
            #expect(await parts.fetch("/empty", sum: Self.sums["empty"]) == .stored(size: 0))
        }
    }

    @Test("a wrong digest keeps nothing; a sum in upper case never matches")
    func mismatch() async throws {
        try await withFetcher { parts in
            #expect(await parts.fetch("/ok/three") == .digestMismatch)
            #expect(await parts.fetch("/ok/two", sum: Self.sums["two"]?.uppercased()) == .digestMismatch)
            #expect(await parts.fetch("/ok/two", sum: "") == .digestMismatch)
            let three = try #require(SHA1Digest(Self.sums["three"] ?? ""))
            #expect(!parts.store.contains(three))
        }
    }

    @Test("a source that closes early is a digest mismatch, one that resets breaks the fetch")
    func cutShort() async throws {
        try await withFetcher { parts in
            #expect(await parts.fetch("/trunc") == .digestMismatch)
            #expect(await parts.fetch("/reset") == .broken)
        }
    }

    @Test("what goes wrong is told in the words of the real slave")
    func failures() async throws {
        try await withFetcher { parts in
            let nobody = try freePort()
            for (url, detail) in [
                ("/nope", "HTTP Error 404: Not Found"), ("/500", "HTTP Error 500: Internal Server Error"),
                ("/auth/three", "HTTP Error 401: Unauthorized"),
                ("http://127.0.0.1:\(nobody)/x", "<urlopen error [Errno 111] Connection refused>"),
                ("ftp://127.0.0.1:\(nobody)/x", "<urlopen error [Errno 111] Connection refused>"),
                ("gopher9://x/y", "<urlopen error unknown url type: gopher9>"), ("", "unknown url type: ''"),
                ("nonsense", "unknown url type: 'nonsense'"),
                ("file:///etc/passwd", "<urlopen error unknown url type: file>"),
                ("http:///x", "<urlopen error no host given>"),
            ] {
                #expect(await parts.fetch(url) == .failed(detail: detail), "\(url)")
            }
        }
    }

    @Test("an unknown host is told in the words of the real slave")
    func unknownHost() async throws {
        try await withFetcher { parts in
            let outcome = await parts.fetch("http://librarian.invalid/x")
            #expect(outcome == .failed(detail: "<urlopen error [Errno -2] Name or service not known>"))
        }
    }

    @Test("redirects are followed, but not for ever")
    func redirects() async throws {
        try await withFetcher { parts in
            #expect(await parts.fetch("/redirect/two") == .stored(size: 19))
            guard case .failed(let detail) = await parts.fetch("/around") else {
                Issue.record("not failed")
                return
            }
            #expect(detail.contains("infinite loop"))
            #expect(parts.server.requests.count == 2 + 11)
        }
    }

    @Test("credentials go out with the first request, or after a challenge")
    func credentials() async throws {
        try await withFetcher { parts in
            let sum = Self.sums["three"]
            #expect(
                await parts.fetch("/auth/three", sum: sum, user: "user", password: "secret")
                    == .stored(size: 21))
            #expect(parts.server.requests == ["/auth/three with credentials"])
            #expect(
                await parts.fetch("/auth/three", sum: sum, user: "user", password: "secret", atOnce: false)
                    == .stored(size: 21))
            #expect(parts.server.requests.suffix(2) == ["/auth/three", "/auth/three with credentials"])
            #expect(
                await parts.fetch("/auth/three", sum: sum, user: "", password: "macaroon")
                    == .stored(size: 21))
            #expect(
                await parts.fetch("/auth/three", sum: sum, user: "user", password: "wrong")
                    == .failed(detail: "HTTP Error 401: Unauthorized"))
        }
    }

    @Test("credentials do not follow a redirect to another server")
    func credentialsStay() async throws {
        try await withFetcher { parts in
            _ = await parts.fetch("/elsewhere/\(parts.server.port)", user: "user", password: "secret")
            #expect(parts.server.requests.count == 2)
            #expect(parts.server.requests.last == "/ok/x")
        }
    }

    @Test("data URLs carry their contents")
    func dataURL() async throws {
        try await withFetcher { parts in
            let sum = "f572d396fae9206628714fb2ce00f72e94f2258f"
            #expect(await parts.fetch("data:text/plain,hello%0A", sum: sum) == .stored(size: 6))
            #expect(await parts.fetch("data:;base64,aGVsbG8K", sum: sum) == .stored(size: 6))
        }
    }

    @Test("file URLs are read below the slave's root and nowhere else")
    func fileURL() async throws {
        try await withFetcher { configuration, scratch in
            configuration.fileRoot = scratch + "/root"
        } _: { parts in
            try parts.scratch.write("root/home/two", Array("librarian file two\n".utf8))
            try parts.scratch.write("secret", Array("librarian file two\n".utf8))
            #expect(await parts.fetch("file:///home/two") == .stored(size: 19))
            #expect(await parts.fetch("file://localhost/home/./x/../two") == .stored(size: 19))
            for url in ["file:///../secret", "file:///%2e%2e/secret", "file:///home/../../secret"] {
                #expect(
                    await parts.fetch(url)
                        == .failed(detail: "<urlopen error [Errno 2] No such file or directory: '/secret'>"))
            }
        }
    }

    @Test("https is spoken with servers that are trusted, and with no others")
    func https() async throws {
        let folder = golden("tls")
        let tls = (certificate: folder + "/server-certificate.pem", key: folder + "/server-key.pem")
        try await withFetcher(tls: tls) { configuration, _ in
            configuration.trustedCertificates = tls.certificate
        } _: { parts in
            #expect(await parts.fetch("https://localhost:\(parts.server.port)/ok/two") == .stored(size: 19))
        }
        try await withFetcher(tls: tls) { parts in
            guard case .failed = await parts.fetch("https://localhost:\(parts.server.port)/ok/two") else {
                Issue.record("an unknown certificate was trusted")
                return
            }
        }
    }

    @Test("a file beyond the limit is refused")
    func tooLarge() async throws {
        try await withFetcher { configuration, _ in
            configuration.fileLimit = 100_000
        } _: { parts in
            guard case .failed(let detail) = await parts.fetch("/large/1000000") else {
                Issue.record("not failed")
                return
            }
            #expect(detail.contains("File too large"))
        }
    }

    @Test("base64 is written and read back")
    func base64() {
        for length in 0..<20 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37) }
            #expect(Base64.decode(Base64.encode(bytes).utf8) == bytes)
        }
        #expect(Base64.encode(Array("user:secret".utf8)) == "dXNlcjpzZWNyZXQ=")
        #expect(Base64.decode("aGVsbG8".utf8) == nil)
    }
}
