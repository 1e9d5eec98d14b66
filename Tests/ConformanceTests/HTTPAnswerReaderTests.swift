import Testing

@testable import Conformance

@Suite("Reading HTTP answers")
struct HTTPAnswerReaderTests {
    private func read(
        _ text: String, isHead: Bool = false, ended: Bool = false, pieces: Int = 1
    ) throws -> (answers: [HTTPAnswer], rest: [UInt8]) {
        var reader = HTTPAnswerReader()
        var answers: [HTTPAnswer] = []
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            reader.append(Array(bytes.prefix(pieces)))
            bytes = bytes.dropFirst(pieces)
            let isLast = ended && bytes.isEmpty
            while let answer = try reader.next(isHead: isHead, ended: isLast) { answers.append(answer) }
        }
        return (answers, reader.rest)
    }

    @Test("headers keep their order and case", arguments: [1, 7, 1000])
    func headers(pieces: Int) throws {
        let text = "HTTP/1.1 200 OK\r\nServer: a\r\ncontent-length: 3\r\nX-Empty: \r\n\r\nabcHTTP/1.1"
        let (answers, rest) = try read(text, pieces: pieces)
        #expect(answers.count == 1)
        let answer = try #require(answers.first)
        #expect(answer.headers.map(\.name) == ["Server", "content-length", "X-Empty"])
        #expect(answer.header("Content-Length") == "3")
        #expect(answer.body == Array("abc".utf8))
        #expect(answer.framing == .contentLength)
        #expect(rest == Array("HTTP/1.1".utf8))
    }

    @Test("the answer to HEAD has no body")
    func head() throws {
        let (answers, rest) = try read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", isHead: true)
        #expect(answers.map(\.framing) == [.none])
        #expect(rest.isEmpty)
    }

    @Test("chunks are put together", arguments: [1, 5, 1000])
    func chunks(pieces: Int) throws {
        let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"
        let (answers, rest) = try read(text, pieces: pieces)
        #expect(answers.map(\.body) == [Array("abcde".utf8)])
        #expect(rest.isEmpty)
    }

    @Test("without a length the end of the connection ends the body")
    func close() throws {
        let text = "HTTP/1.1 400 Bad Request\r\n\r\nx"
        #expect(try read(text).answers.isEmpty)
        let (answers, _) = try read(text, ended: true)
        #expect(answers.map(\.framing) == [.close])
        #expect(answers.map(\.body) == [Array("x".utf8)])
    }

    @Test("several answers come one after the other")
    func several() throws {
        let text = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"
        #expect(try read(text).answers.map(\.status) == [100, 204])
    }

    @Test(
        "what is no answer is refused",
        arguments: [
            "hello\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        ])
    func refused(text: String) throws {
        #expect(throws: ConformanceError.self) { try read(text) }
    }
}
