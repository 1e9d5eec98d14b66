/// Takes answers out of a stream of bytes.
///
/// Made to see what a server does, not to make sense of it at any price: anything unusual is an error, whose text
/// says what it was.
struct HTTPAnswerReader {
    private(set) var rest: [UInt8] = []

    /// Bytes of a status line with its headers, at most.
    private static let headLimit = 256 << 10

    mutating func append(_ bytes: [UInt8]) {
        rest += bytes
    }

    /// The next whole answer; nil when more bytes are needed.
    ///
    /// - Parameters:
    ///   - isHead: whether the request was a HEAD, whose answer has no body whatever its headers say.
    ///   - ended: whether the connection has ended, so that no more will come.
    /// - Throws: `ConformanceError` with the code `badAnswer`.
    mutating func next(isHead: Bool, ended: Bool) throws(ConformanceError) -> HTTPAnswer? {
        guard let headEnd = Self.endOfHead(rest) else {
            if rest.count > Self.headLimit { throw Self.bad("the headers do not end", rest) }
            return nil
        }
        var answer = try Self.head(rest[..<headEnd])
        let body = rest[(headEnd + 4)...]
        answer.framing = Self.framing(of: answer, isHead: isHead)
        switch answer.framing {
        case .none:
            rest = Array(body)
        case .contentLength:
            guard let length = answer.header("content-length").flatMap({ Int($0) }), length >= 0 else {
                throw Self.bad("Content-Length is no number", rest)
            }
            guard body.count >= length else { return nil }
            answer.body = Array(body.prefix(length))
            rest = Array(body.dropFirst(length))
        case .chunked:
            guard let (content, after) = try Self.chunks(body) else { return nil }
            answer.body = content
            rest = Array(after)
        case .close:
            guard ended else { return nil }
            answer.body = Array(body)
            rest = []
        }
        return answer
    }

    private static func framing(of answer: HTTPAnswer, isHead: Bool) -> HTTPAnswer.Framing {
        if isHead || (100..<200).contains(answer.status) || answer.status == 204 || answer.status == 304 {
            return .none
        }
        if answer.header("transfer-encoding")?.lowercased() == "chunked" { return .chunked }
        return answer.header("content-length") == nil ? .close : .contentLength
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        let mark = Array("\r\n\r\n".utf8)
        guard bytes.count >= mark.count else { return nil }
        return (0...(bytes.count - mark.count)).first { bytes[$0..<($0 + mark.count)].elementsEqual(mark) }
    }

    private static func head(_ bytes: ArraySlice<UInt8>) throws(ConformanceError) -> HTTPAnswer {
        // Latin-1 keeps every byte.
        let text = String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        var lines = text.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
        let words = lines.removeFirst().split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count >= 2, words[0].hasPrefix("HTTP/") || words.count == 3, let status = Int(words[1])
        else {
            throw bad("the first line is no status line", Array(bytes))
        }
        var headers: [HTTPAnswer.Header] = []
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else {
                throw bad("a header line has no colon", Array(line.utf8))
            }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            headers.append(HTTPAnswer.Header(name: String(line[..<colon]), value: String(value)))
        }
        return HTTPAnswer(
            version: String(words[0]), status: status, reason: words.count == 3 ? String(words[2]) : "",
            headers: headers, framing: .none, body: [])
    }

    /// The contents of a chunked body and what follows it; nil when it is not all there.
    private static func chunks(
        _ bytes: ArraySlice<UInt8>
    ) throws(ConformanceError) -> (content: [UInt8], after: ArraySlice<UInt8>)? {
        var content: [UInt8] = []
        var rest = bytes
        while let lineEnd = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest[..<lineEnd].prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: ";") }
            guard let size = Int(String(decoding: line, as: UTF8.self), radix: 16), size >= 0 else {
                throw bad("a chunk's size is no number", Array(line))
            }
            rest = rest[(lineEnd + 1)...]
            guard rest.count >= size + 2 else { return nil }
            content += rest.prefix(size)
            rest = rest.dropFirst(size + 2)
            if size == 0 { return (content, rest) }
        }
        return nil
    }

    private static func bad(_ what: String, _ bytes: [UInt8]) -> ConformanceError {
        ConformanceError(.badAnswer, "\(what): '\(Excerpt.escaped(bytes.prefix(80)))'")
    }
}
