import FarmModel
import Foundation
import Glibc
import Librarian
import Logging
import ServiceLifecycle
import TestSupport
import Testing

@Suite("Librarian")
struct LibrarianTests {
    private static let text = Array("0123456789".utf8)

    @Test("a public file is served whole, with its length, tag and leave to keep it")
    func wholeFile() async throws {
        try await LibrarianFixture.run { librarian in
            let sum = try librarian.keep(Self.text, as: .open)
            for path in ["/\(sum)/hello_1.0.dsc", "/\(sum)", "/\(sum)/", "/\(sum)/a%2F..%20b?x=y"] {
                let answer = try await librarian.send("GET", path)
                #expect(answer.status == 200)
                #expect(answer.body == Self.text)
                #expect(answer.headers["content-length"] == "10")
                #expect(answer.headers["etag"] == "\"\(sum)\"")
                #expect(answer.headers["accept-ranges"] == "bytes")
                #expect(answer.headers["cache-control"]?.hasPrefix("public") == true)
            }
        }
    }

    @Test("HEAD gives the headers and no body")
    func head() async throws {
        try await LibrarianFixture.run { librarian in
            let sum = try librarian.keep(Self.text, as: .open)
            let answer = try await librarian.send("HEAD", "/\(sum)/name")
            #expect(answer.status == 200)
            #expect(answer.body == [])
            #expect(answer.headers["content-length"] == "10")
            #expect(try await librarian.send("GET", "/\(sum)/name").body == Self.text)
        }
    }

    @Test("an empty file is served")
    func emptyFile() async throws {
        try await LibrarianFixture.run { librarian in
            let sum = try librarian.keep([], as: .open)
            let answer = try await librarian.send("GET", "/\(sum)/empty")
            #expect(answer.status == 200)
            #expect(answer.body == [])
            #expect(try await librarian.send("GET", "/\(sum)/empty", [("Range", "bytes=0-")]).status == 416)
        }
    }

    @Test("what is no file is 404, whoever asks")
    func notFound() async throws {
        try await LibrarianFixture.run { librarian in
            let known = try librarian.keep(Self.text, as: .open)
            let unknown = String(repeating: "0", count: 40)
            let lost = try librarian.keep([1], as: .open)
            try librarian.store.remove(lost)
            let paths = [
                "/", "//", "/\(unknown)", "/\(unknown)/name", "/\(lost)/name",
                "/\(known.description.uppercased())",
                "/\(known.description.dropLast())/name", "/\(known)/a/b", "/x/\(known)", "/..%2f\(known)",
            ]
            for path in paths {
                #expect(try await librarian.send("GET", path).status == 404, "\(path)")
                let asked = try await librarian.send("GET", path, LibrarianFixture.basic("buildd", "x"))
                #expect(asked.status == 404, "\(path)")
            }
        }
    }

    @Test("other methods are refused", arguments: ["POST", "PUT", "DELETE"])
    func methods(method: String) async throws {
        try await LibrarianFixture.run { librarian in
            let sum = try librarian.keep(Self.text, as: .open)
            let answer = try await librarian.send(method, "/\(sum)/name")
            #expect(answer.status == 405)
            #expect(answer.headers["allow"] == "GET, HEAD")
        }
    }

    @Test(
        "one range is served, others are not",
        arguments: [
            ("bytes=0-0", 206, "0", "bytes 0-0/10"), ("bytes=2-4", 206, "234", "bytes 2-4/10"),
            ("bytes=7-", 206, "789", "bytes 7-9/10"), ("bytes=-3", 206, "789", "bytes 7-9/10"),
            ("bytes=-99", 206, "0123456789", "bytes 0-9/10"),
            ("bytes=5-99999999999999999999", 206, "56789", "bytes 5-9/10"),
            ("bytes=10-", 416, nil, "bytes */10"), ("bytes=-0", 416, nil, "bytes */10"),
            ("bytes=4-2", 200, "0123456789", nil), ("bytes=0-1,3-4", 200, "0123456789", nil),
            ("bytes=a-b", 200, "0123456789", nil), ("lines=1-2", 200, "0123456789", nil),
            ("bytes=-", 200, "0123456789", nil),
        ] as [(String, Int, String?, String?)])
    func ranges(range: String, status: Int, body: String?, contentRange: String?) async throws {
        try await LibrarianFixture.run { librarian in
            let sum = try librarian.keep(Self.text, as: .open)
            let answer = try await librarian.send("GET", "/\(sum)/name", [("Range", range)])
            #expect(answer.status == status)
            if let body { #expect(String(decoding: answer.body, as: UTF8.self) == body) }
            #expect(answer.headers["content-range"] == contentRange)
        }
    }

    @Test("a reader that has the file is told so, and a range of another file is not served")
    func conditions() async throws {
        try await LibrarianFixture.run { librarian in
            let sum = try librarian.keep(Self.text, as: .open)
            let path = "/\(sum)/name"
            let same = "\"\(sum)\""
            for tag in [same, "*", "W/\(same)", "\"x\", \(same)"] {
                let answer = try await librarian.send("GET", path, [("If-None-Match", tag)])
                #expect(answer.status == 304)
                #expect(answer.body == [])
            }
            #expect(try await librarian.send("GET", path, [("If-None-Match", "\"x\"")]).status == 200)
            let range = ("Range", "bytes=1-2")
            #expect(try await librarian.send("GET", path, [range, ("If-Range", same)]).status == 206)
            #expect(try await librarian.send("GET", path, [range, ("If-Range", "\"x\"")]).status == 200)
        }
    }

    @Test("a restricted file needs the right name and a good token")
    func restricted() async throws {
        try await LibrarianFixture.run { librarian in
            let good = LibraryToken("good", expires: Instant(seconds: 2_000))
            let sum = try librarian.keep(Self.text, as: .restricted([LibraryToken("other"), good]))
            let path = "/\(sum)/secret.dsc"
            func status(_ headers: [(String, String)]) async throws -> Int {
                try await librarian.send("GET", path, headers).status
            }

            let refused = try await librarian.send("GET", path)
            #expect(refused.status == 401)
            #expect(refused.headers["www-authenticate"] == #"Basic realm="librarian""#)
            #expect(refused.headers["etag"] == nil)
            #expect(try await status(LibrarianFixture.basic("buildd", "wrong")) == 401)
            #expect(try await status(LibrarianFixture.basic("buildd", "")) == 401)
            #expect(try await status(LibrarianFixture.basic("buildd", "goo")) == 401)
            #expect(try await status(LibrarianFixture.basic("somebody", "good")) == 401)
            #expect(try await status([("Authorization", "Basic %%%")]) == 401)
            #expect(try await status([("Authorization", "Bearer good")]) == 401)
            #expect(try await librarian.send("GET", path, [("If-None-Match", "*")]).status == 401)

            let admitted = try await librarian.send("GET", path, LibrarianFixture.basic("buildd", "good"))
            #expect(admitted.status == 200)
            #expect(admitted.body == Self.text)
            #expect(admitted.headers["cache-control"]?.contains("no-store") == true)
            #expect(try await status(LibrarianFixture.basic("buildd", "other")) == 200)
            #expect(
                try await status(LibrarianFixture.basic("buildd", "good") + [("Range", "bytes=1-1")]) == 206)

            librarian.clock.withLock { $0 = Instant(seconds: 2_000) }
            #expect(try await status(LibrarianFixture.basic("buildd", "good")) == 401)
            #expect(try await status(LibrarianFixture.basic("buildd", "other")) == 200)
        }
    }

    @Test("a file of many pieces arrives whole, to several readers at a time")
    func largeFile() async throws {
        try await LibrarianFixture.run(options: .init(chunkSize: 10_007)) { librarian in
            let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            let sum = try librarian.keep(content, as: .open)
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<4 {
                    group.addTask { try await librarian.send("GET", "/\(sum)/image").body == content }
                }
                for try await isWhole in group { #expect(isWhole) }
            }
            let end = try await librarian.send("GET", "/\(sum)/image", [("Range", "bytes=2999990-")])
            #expect(end.body == Array(content.suffix(10)))
        }
    }

    @Test("a reader that stops reading loses its connection, and others are served meanwhile")
    func stalledReader() async throws {
        let options = LibrarianOptions(stallTimeout: .milliseconds(100))
        try await LibrarianFixture.run(options: options) { librarian in
            // More than all socket buffers together.
            let sum = try librarian.keep([UInt8](repeating: 7, count: 32 << 20), as: .open)
            let small = try librarian.keep(Self.text, as: .open)
            let reader = try RawConnection(port: librarian.port)
            try reader.send("GET /\(sum)/image HTTP/1.1\r\nHost: x\r\n\r\n")
            // What is sent to a closed connection is answered by a reset; that is the only way to notice its end
            // without reading.
            while (try? reader.send("\r\n")) != nil {
                #expect(try await librarian.send("GET", "/\(small)/name").status == 200)
            }
        }
    }

    @Test("an oversized header is refused")
    func oversizedHeader() async throws {
        try await LibrarianFixture.run(options: .init(maximumHeaderSize: 1024)) { librarian in
            let sum = try librarian.keep(Self.text, as: .open)
            let reader = try RawConnection(port: librarian.port)
            try reader.send(
                "GET /\(sum)/name HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "x", count: 4096))\r\n\r\n")
            #expect(reader.readAll().hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test("a port that is taken is an error of run and of everybody who waits for the port")
    func portTaken() async throws {
        try await LibrarianFixture.run { taken in
            let second = Librarian(
                store: taken.store, access: VisibilityAccess { _ in .open }, options: .init(port: taken.port))
            let run = Task { try await second.run() }
            let waiting = await #expect(throws: LibrarianError.self) { try await second.port }
            #expect(waiting?.code == .cannotListen)
            #expect(waiting?.message.contains("127.0.0.1:\(taken.port)") == true)
            await #expect(throws: LibrarianError.self) { try await run.value }
        }
    }

    @Test("waiting for the port can be cancelled")
    func cancelledWaiting() async throws {
        let scratch = try ScratchDirectory()
        let librarian = Librarian(
            store: try .open(directory: scratch.path("content")), access: VisibilityAccess { _ in .open })
        let task = Task { try await librarian.port }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test("a graceful shutdown ends the service")
    func gracefulShutdown() async throws {
        let scratch = try ScratchDirectory()
        let librarian = Librarian(
            store: try .open(directory: scratch.path("content")), access: VisibilityAccess { _ in .open })
        let group = ServiceGroup(services: [librarian], logger: Logger(label: "test"))
        async let run: Void = group.run()
        let port = try await librarian.port
        #expect(port > 0)
        await group.triggerGracefulShutdown()
        try await run
        #expect(throws: (any Error).self) { try RawConnection(port: port) }
    }

    @Test("secrets do not show in descriptions")
    func hiddenSecrets() {
        let credentials = BasicCredentials(user: "buildd", secret: "sesame")
        let token = LibraryToken("sesame")
        for text in [
            "\(credentials)", String(reflecting: credentials), "\(token)", String(reflecting: token),
        ] {
            #expect(!text.contains("sesame"))
        }
        var dumped = ""
        dump((credentials, token), to: &dumped)
        #expect(!dumped.contains("sesame"))
    }
}
