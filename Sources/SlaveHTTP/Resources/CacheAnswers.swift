public import FarmModel

/// What the server has to know of a file in the cache to answer a request for it.
public struct CachedFileFacts: Hashable, Sendable {
    public var name: String
    /// In bytes.
    public var size: Int64
    public var modified: Instant

    public init(name: String, size: Int64, modified: Instant) {
        self.name = name
        self.size = size
        self.modified = modified
    }
}

extension SlaveSite {
    /// The answer to a request for a file.
    ///
    /// - Parameter file: the file of that name, or nil when the cache has none.
    /// - Parameter random: where the boundary of an answer with several ranges comes from.
    public func answer(
        file: CachedFileFacts?, for request: FileRequest, random: inout some RandomNumberGenerator
    ) -> HTTPAnswer {
        guard let file else { return notFound(Self.fileNotFound) }
        let isHead = request.method.equals("HEAD")
        guard isHead || request.method.equals("GET") else {
            return methodRefused(method: request.method, target: request.target, allowed: ["HEAD", "GET"])
        }
        let type = FileType(name: file.name)
        let modified = Self.secondRoundedUp(file.modified)
        let ranges = HTTPAnswer.Field(.acceptRanges, "bytes")
        let lastModified = HTTPAnswer.Field(.lastModified, HTTPDate.text(second: modified))
        if let since = request.modifiedSince.flatMap({
            HTTPDate.second($0.prefix { $0 != UInt8(ascii: ";") })
        }),
            since >= modified
        {
            return HTTPAnswer(
                .notModified, fields: [ranges, .init(.contentLength, "0"), lastModified])
        }
        var answer = HTTPAnswer(.ok, fields: [ranges], isFile: !isHead)
        let asked = isHead ? nil : request.range.flatMap(ByteRanges.init)
        switch asked.map({ ($0, $0.pieces(ofSize: file.size)) }) {
        case (let asked, let pieces)? where asked.isSingle:
            setSingle(pieces[0], of: file, type: type, in: &answer)
        case (_, let pieces)?:
            setSeveral(pieces.compactMap { $0 }, of: file, type: type, random: &random, in: &answer)
        case nil:
            answer.body = [.file(offset: 0, length: file.size)]
            answer.fields += type.fields(length: file.size)
        }
        answer.fields.append(lastModified)
        return answer
    }

    private func setSingle(
        _ piece: ByteRanges.Piece?, of file: CachedFileFacts, type: FileType, in answer: inout HTTPAnswer
    ) {
        guard let piece else {
            answer.status = .rangeNotSatisfiable
            answer.fields.append(.init(.contentRange, "bytes */\(file.size)"))
            answer.fields += type.fields(length: 0)
            return
        }
        answer.fields.append(.init(.contentRange, Self.contentRange(piece, of: file)))
        guard piece.offset >= 0 else { return fail(&answer) }
        answer.status = .partialContent
        answer.fields += type.fields(length: piece.length)
        answer.body = [.file(offset: piece.offset, length: piece.length)]
    }

    private func setSeveral(
        _ pieces: [ByteRanges.Piece], of file: CachedFileFacts, type: FileType,
        random: inout some RandomNumberGenerator, in answer: inout HTTPAnswer
    ) {
        guard !pieces.isEmpty else {
            answer.status = .rangeNotSatisfiable
            answer.fields += [.init(.contentLength, "0"), .init(.contentRange, "bytes */\(file.size)")]
            return
        }
        guard pieces.allSatisfy({ $0.offset >= 0 }) else { return fail(&answer) }
        // Seventeen digits: the time in microseconds and the process id of the real server.
        let boundary =
            Self.hexadecimal(random.next(), digits: 13) + Self.hexadecimal(random.next(), digits: 4)
        for piece in pieces {
            let head =
                "\r\n--\(boundary)\r\nContent-type: \(type.type)\r\n"
                + "Content-range: \(Self.contentRange(piece, of: file))\r\n\r\n"
            answer.body += [.bytes(Array(head.utf8)), .file(offset: piece.offset, length: piece.length)]
        }
        answer.body.append(.bytes(Array("\r\n--\(boundary)--\r\n".utf8)))
        answer.status = .partialContent
        answer.fields += [
            .init(.contentType, "multipart/byteranges; boundary=\"\(boundary)\""),
            .init(.contentLength, String(answer.bodyLength)),
        ]
    }

    /// The server trips over a start before the file's begin, having set some headers already.
    private func fail(_ answer: inout HTTPAnswer) {
        let page = processingFailed()
        answer.status = page.status
        answer.isFile = false
        answer.body = page.body
        answer.fields += page.fields.reversed()
    }

    private static func contentRange(_ piece: ByteRanges.Piece, of file: CachedFileFacts) -> String {
        "bytes \(piece.offset)-\(piece.offset + piece.length - 1)/\(file.size)"
    }

    private static func secondRoundedUp(_ instant: Instant) -> Int64 {
        let second = instant.wholeSeconds
        return Instant(seconds: second) < instant ? second + 1 : second
    }

    private static func hexadecimal(_ number: UInt64, digits: Int) -> String {
        let text = String(number & (1 << UInt64(4 * digits) - 1), radix: 16)
        return String(repeating: "0", count: digits - text.count) + text
    }
}
