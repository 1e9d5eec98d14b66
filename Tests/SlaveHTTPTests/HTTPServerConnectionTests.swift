import FarmModel
import Testing

@testable import SlaveHTTP

@Suite struct HTTPServerConnectionTests {
    static let releases = TwistedRelease.allCases

    @Test("the version is repeated, whatever it is", arguments: ["HTTP/1.1", "HTTP/1.2", "JUNK"])
    func versionRepeated(version: String) {
        var conversation = Conversation()
        conversation.receive(post(version: version))
        #expect(conversation.text.hasPrefix("\(version) 200 OK\r\n"))
        #expect(conversation.isClosed == (version != "HTTP/1.1"))
    }

    @Test("HTTP/1.0 is closed after the answer, even with keep-alive", arguments: releases)
    func oldVersionClosed(release: TwistedRelease) {
        var conversation = Conversation(release)
        conversation.receive(post(version: "HTTP/1.0", headers: ["Connection: keep-alive"]))
        #expect(conversation.statuses == ["200"])
        #expect(conversation.isClosed)
        #expect(!conversation.text.contains("Connection:"))
    }

    @Test("a request to close is announced in the first header and granted")
    func announcedClose() {
        var conversation = Conversation()
        conversation.receive(post(headers: ["Connection: x Close y"]))
        #expect(conversation.text.hasPrefix("HTTP/1.1 200 OK\r\nConnection: close\r\nServer: "))
        #expect(conversation.isClosed)
    }

    @Test("a comma hides the word close, and only the first Connection header counts")
    func hiddenClose() {
        for headers in [["Connection: close, x"], ["Connection: x", "Connection: close"]] {
            var conversation = Conversation()
            conversation.receive(post(headers: headers))
            #expect(conversation.statuses == ["200"])
            #expect(!conversation.isClosed)
        }
    }

    @Test(
        "what is not understood is answered by one line, and the connection is closed",
        arguments: [
            "hello\r\n", "a b\r\n", "GET /x y HTTP/1.1\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n",
            "GET / HTTP/1.1\r\nX : 1\r\n\r\n", "GET / HTTP/1.1\r\n: 1\r\n\r\n",
            "POST /rpc HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
            "POST /rpc HTTP/1.1\r\nContent-Length: +1\r\n\r\n",
            "POST /rpc HTTP/1.1\r\nContent-Length:\r\n\r\n",
            "POST /rpc HTTP/1.1\r\nContent-Length: 1_0\r\n\r\n",
            "POST /rpc HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
            "POST /rpc HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            "POST /rpc HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
            "POST /rpc HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
            "POST /rpc HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\n",
            "POST /rpc HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;\u{7F}\r\n",
            "POST /rpc HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc",
        ])
    func badRequest(bytes: String) {
        var conversation = Conversation()
        conversation.receive(bytes)
        #expect(conversation.text == "HTTP/1.1 400 Bad Request\r\n\r\n")
        #expect(conversation.isClosed)
        conversation.receive(post())
        #expect(conversation.requests.isEmpty)
    }

    @Test(
        "the server of 2025 holds requests against the grammar",
        arguments: [
            "GET  / HTTP/1.1\r\n", "GE(T / HTTP/1.1\r\n", "GET / HTTP/1.2\r\n", "GET /\u{1} HTTP/1.1\r\n",
            "GET / HTTP/1.1\r\nX\u{1}: 1\r\n\r\n", "GET / HTTP/1.1\r\nX: \0\r\n\r\n",
        ])
    func grammar(bytes: String) {
        var strict = Conversation(.twisted25)
        strict.receive(bytes)
        #expect(strict.text == "HTTP/1.1 400 Bad Request\r\n\r\n")
        var lenient = Conversation(.twisted24)
        lenient.receive(bytes)
        #expect(!lenient.text.contains(" 400 "))
    }

    @Test("500 header lines are accepted, 501 are not")
    func headerCount() {
        for (count, status) in [(500, "200"), (501, "400")] {
            var conversation = Conversation()
            // Content-Length is one of them.
            conversation.receive(post(headers: (1..<count).map { "X\($0): 1" }))
            #expect(conversation.statuses == [status])
        }
    }

    @Test("a line may have 16,384 bytes; a longer one closes the connection without an answer")
    func longLine() {
        var longest = Conversation()
        longest.receive("GET /" + String(repeating: "a", count: 16_384 - 14) + " HTTP/1.1\r\n\r\n")
        #expect(longest.statuses == ["404"])
        for end in ["\r\n", ""] {
            var conversation = Conversation()
            conversation.receive("GET /" + String(repeating: "a", count: 17_000) + end)
            #expect(conversation.sent.isEmpty)
            #expect(conversation.isClosed)
        }
    }

    @Test("all lines of the head together may have 16,384 bytes too")
    func longHead() {
        var conversation = Conversation()
        conversation.receive(
            "GET / HTTP/1.1\r\n" + String(repeating: "X: 12345678\r\n", count: 1490) + "\r\n")
        #expect(conversation.text == "HTTP/1.1 400 Bad Request\r\n\r\n")
    }

    @Test("lines that end in a line feed alone are waited on")
    func lineFeedOnly() {
        var conversation = Conversation()
        conversation.receive("GET / HTTP/1.1\nHost: x\n\n")
        #expect(conversation.sent.isEmpty)
        #expect(!conversation.isClosed)
    }

    @Test("one empty line before a request is skipped, two are not")
    func emptyLines() {
        var one = Conversation()
        one.receive("\r\n" + post())
        #expect(one.statuses == ["200"])
        var two = Conversation()
        two.receive("\r\n\r\n" + post())
        #expect(two.statuses == ["400"])
    }

    @Test("a folded header line continues the one before")
    func folded() {
        var conversation = Conversation()
        conversation.receive("GET / HTTP/1.1\r\nX-A: 1\r\n \t 2\r\n\r\n")
        #expect(
            conversation.requests.first?.fields.first("x-a").map { String(decoding: $0, as: UTF8.self) }
                == "1 2")
    }

    @Test("Expect is answered before the body comes, but not by the server of 2010")
    func expectContinue() {
        let head = "POST /rpc HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n"
        var conversation = Conversation()
        conversation.receive(head)
        #expect(conversation.text == "HTTP/1.1 100 Continue\r\n\r\n")
        conversation.receive("x")
        #expect(conversation.statuses == ["100", "200"])
        var old = Conversation(.twisted10)
        old.receive(head)
        #expect(old.sent.isEmpty)
    }

    @Test("chunks with extensions make up the body; trailers are accepted since 2024")
    func chunks() {
        let request =
            "POST /rpc HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n2;a=\"b\"\r\nab\r\n003\r\ncde\r\n0\r\n"
        for release in Self.releases {
            var plain = Conversation(release)
            plain.receive(request + "\r\n")
            #expect(plain.requests.first?.body == Array("abcde".utf8))
            var trailing = Conversation(release)
            trailing.receive(request + "X: 1\r\n\r\n")
            #expect(trailing.statuses == [release.acceptsTrailers ? "200" : "400"], "\(release)")
        }
    }

    @Test("a body beyond the limit is refused before it is kept", arguments: [true, false])
    func bodyLimit(isChunked: Bool) {
        var limits = HTTPServerConnection.Limits()
        limits.bodyBytes = 10
        var conversation = Conversation(limits: limits)
        let head = "POST /rpc HTTP/1.1\r\n"
        if isChunked {
            conversation.receive(head + "Transfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n")
            #expect(conversation.sent.isEmpty)
            conversation.receive("FFFFFFFFFFFFFFFFFFFFFFFF\r\n")
        } else {
            conversation.receive(head + "Content-Length: 99999999999999999999999999999999\r\n\r\n")
        }
        #expect(conversation.text == "HTTP/1.1 413 Request Entity Too Large\r\n\r\n")
        #expect(conversation.isClosed)
    }

    @Test("a request behind a POST lies until more data comes, and is then answered out of order")
    func strandedRequest() {
        var conversation = Conversation()
        conversation.receive(post("first") + post("second"))
        #expect(conversation.requests.map(\.body) == [Array("first".utf8)])
        conversation.receive(post("third"))
        #expect(
            conversation.requests.map { String(decoding: $0.body, as: UTF8.self) } == [
                "first", "third", "second",
            ])
    }

    @Test(
        "the servers of 2010 and 2025 answer pipelined requests in order",
        arguments: [TwistedRelease.twisted10, .twisted25])
    func pipelined(release: TwistedRelease) {
        var conversation = Conversation(release)
        conversation.receive(post("first") + post("second"))
        #expect(conversation.statuses == ["200", "200"])
    }

    @Test("requests without a body are answered in order, also behind a file")
    func pipelinedGets() {
        var conversation = Conversation()
        conversation.files["a"] = .init(bytes: Array("contents".utf8))
        conversation.answersAtOnce = false
        conversation.receive("GET /filecache/a HTTP/1.1\r\n\r\nGET /x HTTP/1.1\r\n\r\n")
        conversation.receive("GET /rpc HTTP/1.1\r\n\r\n")
        for _ in 0..<3 { conversation.answerPending() }
        #expect(conversation.statuses == ["200", "404", "405"])
    }

    @Test("what comes while a call is answered is taken in order afterwards")
    func dataDuringAnswer() {
        var conversation = Conversation()
        conversation.answersAtOnce = false
        conversation.receive(post("first"))
        conversation.receive(post("second"))
        #expect(conversation.requests.count == 1)
        conversation.answerPending()
        conversation.answerPending()
        #expect(conversation.statuses == ["200", "200"])
    }

    @Test("reading pauses when too much comes during an answer")
    func backPressure() {
        var conversation = Conversation()
        conversation.answersAtOnce = false
        conversation.receive(post())
        #expect(conversation.connection.wantsInput)
        conversation.receive(String(repeating: "x", count: 20_000))
        #expect(!conversation.connection.wantsInput)
    }

    @Test("a silent connection is closed after a minute, counted from the last line")
    func idle() {
        var conversation = Conversation()
        conversation.wait(.seconds(59))
        conversation.receive("GET / HTTP/1.1\r\n")
        conversation.wait(.seconds(59))
        conversation.receive("half a li")
        #expect(!conversation.isClosed)
        conversation.wait(.seconds(1))
        #expect(conversation.isClosed)
        #expect(conversation.sent.isEmpty)
    }

    @Test("no limit runs while a call is answered, and a new minute begins afterwards")
    func idleDuringAnswer() {
        var conversation = Conversation()
        conversation.answersAtOnce = false
        conversation.receive(post())
        #expect(conversation.connection.nextDeadline == nil)
        conversation.wait(.seconds(500))
        conversation.answerPending()
        #expect(conversation.connection.nextDeadline == conversation.now + .seconds(60))
    }

    @Test("a form that is none is refused")
    func multipart() {
        let form = "Content-Type: multipart/form-data; boundary=\"xx\""
        for (body, release, status) in [
            ("--xx\r\n\r\n1\r\n--xx--\r\n", TwistedRelease.twisted24, "200"),
            ("--xx--\r\n", .twisted24, "400"), ("none", .twisted24, "400"),
            ("none", .twisted22, "200"),
        ] {
            var conversation = Conversation(release)
            conversation.receive(post(body, headers: [form]))
            #expect(conversation.statuses == [status])
        }
        var other = Conversation()
        other.receive(post(headers: ["Content-Type: multipart/form-data"]))
        #expect(other.statuses == ["400"])
    }

    @Test("random bytes never grow the memory of a connection nor make it fail")
    func noise() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        let pieces = [
            "GET ", "/rpc", " HTTP/1.1", "\r\n", "\n", "Content-Length: ", "5", "Transfer-Encoding: chunked",
            ":",
            "a", "\0", "\u{FF}", "POST /rpc HTTP/1.1\r\n", "0\r\n\r\n", "Connection: close", " ", "%2e",
        ]
        for release in Self.releases {
            for _ in 0..<300 {
                var conversation = Conversation(release)
                let length = Int.random(in: 1...60, using: &generator)
                for _ in 0..<length {
                    conversation.receive(pieces[Int.random(in: 0..<pieces.count, using: &generator)])
                }
                #expect(conversation.requests.count <= length, "seed \(seed)")
            }
        }
    }
}
