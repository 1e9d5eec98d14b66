import FarmModel
import Testing

@testable import SlaveHTTP

@Suite struct ResourceTests {
    private func request(_ method: String, _ target: String, _ headers: [String] = []) -> Conversation {
        var conversation = Conversation()
        conversation.files = ["a": .init(bytes: Array("0123456789".utf8)), "x.tar.gz": .init(bytes: [1, 2])]
        conversation.receive(
            (["\(method) \(target) HTTP/1.1"] + headers + ["", ""]).joined(separator: "\r\n"))
        return conversation
    }

    @Test(
        "a path means a resource, a file or nothing",
        arguments: [
            ("/rpc", "405"), ("/rpc/a/b?c", "405"), ("/%72pc", "405"), ("xrpc", "405"), ("/rpcx", "404"),
            ("/", "404"), ("", "400"), ("/filecache", "302"), ("/filecache/.", "302"), ("/filecache/", "200"),
            ("/filecache/./", "200"), ("/filecache/%2e/", "200"), ("/filecache/a", "200"),
            ("/filecache/./a", "200"), ("/filecache/%61", "200"), ("/filecache/a%2f", "200"),
            ("/filecache/b%2f..%2fa", "200"), ("/filecache/a/", "404"), ("/filecache/a/b", "404"),
            ("/filecache/..", "404"), ("/filecache/../a", "404"), ("/filecache/..%2fa", "404"),
            ("/filecache/b%2fa", "404"), ("/filecache/%2fa", "404"), ("/filecache//a", "404"),
            ("/filecache/%ff", "404"), ("/filecache/a%00", "500"), ("/filecache/%00/b", "500"), ("*", "405"),
        ])
    func paths(target: String, status: String) {
        #expect(request("GET", target).statuses == [status])
    }

    @Test("the page of a 404 tells what was looked for")
    func notFoundPages() {
        #expect(request("GET", "/filecache/b").text.contains("<p>File not found.</p>"))
        #expect(request("GET", "/nope").text.contains("<p>Sorry. No luck finding that resource.</p>"))
    }

    @Test("the list is given for every method", arguments: ["GET", "POST", "DELETE", "X"])
    func listing(method: String) {
        let page = request(method, "/filecache/").text
        #expect(page.contains("<td><a href=\"x.tar.gz\">x.tar.gz</a></td>\n    <td>2B</td>"))
        #expect(page.contains("<td>[application/x-tar]</td>\n    <td>[gzip]</td>"))
    }

    @Test(
        "sizes in the list are rounded down to the unit",
        arguments: [
            (1023, "1023B"), (1024, "1K"), (2047, "1K"), (1 << 20, "1M"), (1 << 30, "1G"), (5 << 40, "5120G"),
        ])
    func sizes(size: Int64, text: String) throws {
        let site = SlaveSite(release: .twisted24)
        let answer = site.answer(listing: [.init(name: "a", size: size)], for: .init(target: Array("/".utf8)))
        guard case .bytes(let page) = try #require(answer.body.first) else { return }
        #expect(String(decoding: page, as: UTF8.self).contains("<td>\(text)</td>"))
    }

    @Test("the list names files in the order of their bytes and escapes them")
    func listingOrder() throws {
        var conversation = Conversation()
        for name in ["b", "B", "<&'\">", "é"] { conversation.files[name] = .init(bytes: []) }
        conversation.receive("GET /filecache/%2e/?<x> HTTP/1.1\r\n\r\n")
        let names = conversation.text.split(separator: "<a href=\"").dropFirst().map {
            $0.prefix { $0 != "<" }
        }
        #expect(
            names.map(String.init) == [
                "%3C%26%27%22%3E\">&lt;&amp;&#x27;&quot;&gt;", "B\">B", "b\">b", "%C3%A9\">é",
            ])
        #expect(conversation.text.contains("<h1>Directory listing for /filecache/./?&lt;x&gt;</h1>"))
    }

    @Test(
        "a range is served as far as the file goes",
        arguments: [
            ("bytes=0-3", "206", "0123"), ("bytes=8-20", "206", "89"), ("bytes=7-", "206", "789"),
            ("bytes=-3", "206", "789"), ("bytes = 0-0", "206", "0"), ("bytes =0-0", "206", "0"),
            ("bytes= 2 - 3 ", "206", "23"), ("bytes=10-", "416", ""), ("bytes=-0", "416", ""),
            ("bytes=3-2", "200", "0123456789"), ("lines=0-1", "200", "0123456789"),
            ("bytes=-", "200", "0123456789"),
        ])
    func ranges(header: String, status: String, body: String) {
        let conversation = request("GET", "/filecache/a", ["Range: \(header)"])
        #expect(conversation.statuses == [status])
        #expect(conversation.text.hasSuffix("\r\n\r\n" + body))
    }

    @Test("a suffix longer than the file makes the server fail, with a senseless header")
    func longSuffix() {
        let conversation = request("GET", "/filecache/a", ["Range: bytes=-11"])
        #expect(conversation.statuses == ["500"])
        #expect(conversation.text.contains("Content-Range: bytes -1-9/10\r\nContent-Length: 95\r\n"))
    }

    @Test("several ranges come as parts between boundaries drawn from the generator")
    func severalRanges() throws {
        let text = request("GET", "/filecache/a", ["Range: bytes=0-1,50-,-2"]).text
        let boundary = try #require(text.split(separator: "boundary=\"")[safe: 1]).prefix { $0 != "\"" }
        let parts = ["bytes 0-1/10\r\n\r\n01", "bytes 8-9/10\r\n\r\n89"].map {
            "\r\n--\(boundary)\r\nContent-type: text/html\r\nContent-range: \($0)"
        }
        #expect(text.hasSuffix("\r\n\r\n" + parts.joined() + "\r\n--\(boundary)--\r\n"))
        #expect(boundary.count == 17)
        #expect(text == request("GET", "/filecache/a", ["Range: bytes=0-1,50-,-2"]).text)
        #expect(request("GET", "/filecache/a", ["Range: bytes=50-,60-"]).statuses == ["416"])
    }

    @Test("HEAD ignores the range and has no body")
    func head() {
        let text = request("HEAD", "/filecache/a", ["Range: bytes=0-1"]).text
        #expect(text.hasPrefix("HTTP/1.1 200 OK"))
        #expect(text.contains("Content-Length: 10\r\n"))
        #expect(text.hasSuffix("\r\n\r\n"))
    }

    @Test(
        "If-Modified-Since is held against the whole second in which the file was changed",
        arguments: [
            ("Mon, 01 Jan 2024 01:00:00 GMT", "304"), ("Monday, 01-Jan-24 01:00:00 GMT", "304"),
            ("Mon Jan  1 01:00:00 2024", "304"), ("01 Jan 2024 01:00:00 GMT; length=3", "304"),
            ("Mon, 01 Jan 2024 00:59:59 GMT", "200"), ("yesterday", "200"), ("", "200"),
            ("Mon, 01 Jan 2024 25:00", "200"),
        ])
    func modifiedSince(date: String, status: String) {
        #expect(request("GET", "/filecache/a", ["If-Modified-Since: \(date)"]).statuses == [status])
    }

    @Test("the old server's headers come in the order of its hash table")
    func hashOrder() {
        #expect(
            AnswerHead.hashOrder(of: [.server, .date, .contentType, .contentLength])
                == [.date, .contentLength, .contentType, .server])
        #expect(
            AnswerHead.hashOrder(of: [.connection, .server, .date, .contentType, .contentLength])
                == [.date, .connection, .contentType, .contentLength, .server])
    }

    @Test(
        "dates are written and read back",
        arguments: [0, 951_782_400, 1_704_067_199, 4_102_444_800, 253_402_300_799])
    func dates(second: Int64) {
        #expect(HTTPDate.second(Array(HTTPDate.text(second: second).utf8)) == second)
    }

    @Test(
        "a date is written as HTTP wants it",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (951_827_696, "Tue, 29 Feb 2000 12:34:56 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        ])
    func dateText(second: Int64, text: String) {
        #expect(HTTPDate.text(second: second) == text)
    }
}
