import FarmModel
import Testing

@testable import SlaveHTTP

/// The recordings, held against the values of this room: calls are answered with the recorded XML, everything
/// else has to come out of the room.
@Suite struct RecordedReplayTests {
    /// Recordings that the values of this room cannot give, with the reason.
    static let exceptions = [
        "dialect-2010/fault-no-method-name": "the page is a Python traceback, left out of the recording",
        "dialect-2010/http-rpc-head": "the length is that of a page with a Python traceback",
    ]

    /// Sent in two pieces: the second request only after the first answer.
    static let sentApart = ["http/keep-alive-two"]

    static let contents: [String: [UInt8]] = [
        "171f0326fdc56a48d93c7be9bd0d57bc809ff610": Array("chroot tarball stand-in\n".utf8),
        "49beeddb4585248d20592e85f1693e691ef87232": Array("dsc stand-in\n".utf8),
        "dd7e834d581cd6e377401cc45260e59a4b2f0a3c": Array("source tarball stand-in\n".utf8),
        "5b00669c480d5cffbdfa8bdba99561160f2d1b77": (0..<1024).map { UInt8($0 % 256) },
        "da39a3ee5e6b4b0d3255bfef95601890afd80709": [],
    ]

    @Test("recorded exchanges come out byte for byte", arguments: Recording.folders)
    func replay(folder: String) throws {
        for recording in Recording.of(folder) { try replay(recording) }
    }

    private func replay(_ recording: Recording) throws {
        guard Self.exceptions[recording.id] == nil else { return }
        let release = try #require(TwistedRelease(rawValue: recording.twisted))
        var conversation = Conversation(release)
        conversation.answerCall = { _ in
            recording.answers.first { $0.status == 200 && !$0.body.isEmpty }?.body
        }
        conversation.files = try Self.cache(for: recording)
        for piece in Self.pieces(of: recording) { conversation.receive(piece) }
        let expected = Array(recording.answers.map(\.bytes).joined())
        #expect(
            Self.masked(conversation.text)
                == Self.masked(String(decoding: expected, as: UTF8.self)),
            "\(recording.path)")
        if Self.boundary(in: conversation.text) == nil {
            #expect(conversation.sent == expected, "\(recording.path)")
        }
        if let closed = recording.closedAfter, !Self.endsByHalfClose(recording) {
            #expect(conversation.isClosed == closed, "\(recording.path)")
        }
    }

    @Test("exchanges come out the same when their bytes come one by one", arguments: Recording.folders)
    func replayByteByByte(folder: String) throws {
        for recording in Recording.of(folder) { try replayByteByByte(recording) }
    }

    private func replayByteByByte(_ recording: Recording) throws {
        // Several requests on one connection are answered by when they come, so only single ones are taken.
        guard Self.exceptions[recording.id] == nil, recording.answers.count == 1 else { return }
        let release = try #require(TwistedRelease(rawValue: recording.twisted))
        var whole = Conversation(release)
        whole.files = try Self.cache(for: recording)
        var apart = whole
        whole.receive(recording.request)
        for byte in recording.request { apart.receive([byte]) }
        #expect(whole.text == apart.text, "\(recording.path)")
        #expect(whole.isClosed == apart.isClosed, "\(recording.path)")
    }

    @Test("every exception names a recording")
    func exceptionsExist() {
        let ids = Set(Recording.all.map(\.id))
        for id in Self.exceptions.keys.sorted() + Self.sentApart { #expect(ids.contains(id), "\(id)") }
    }

    @Test("all recordings are there")
    func allThere() {
        #expect(Recording.all.count == 615)
    }

    /// The cache as it was: the files of the fixtures, and whatever else the answer speaks of.
    private static func cache(for recording: Recording) throws -> [String: Conversation.CachedFile] {
        var files: [String: Conversation.CachedFile] = [:]
        let answer = recording.answers.first
        let target = String(decoding: recording.request, as: UTF8.self).split(separator: " ")[safe: 1] ?? ""
        guard target.hasPrefix("/filecache/"), let answer else { return [:] }
        for (name, bytes) in contents { files[name] = .init(bytes: bytes) }
        let name = String(target.dropFirst("/filecache/".count))
        if answer.header("Last-Modified") != nil, files[name] == nil, !name.contains("%"), !name.contains("?")
        {
            var file = Conversation.CachedFile(bytes: answer.body)
            if name.hasPrefix("buildlog") { file.modified = Conversation.start }
            files[name] = file
        }
        if answer.status == 200, name.isEmpty {
            files = try listed(in: answer, orAsIn: "filecache/filecache-listing.json")
        }
        return files
    }

    /// The files that a recorded list shows, with contents of the size shown when they are not known.
    private static func listed(
        in answer: Recording.Answer, orAsIn other: String
    ) throws -> [String: Conversation.CachedFile] {
        let page = answer.body.isEmpty ? try Recording(path: other).answers[0].body : answer.body
        var files: [String: Conversation.CachedFile] = [:]
        for row in String(decoding: page, as: UTF8.self).split(separator: "<td><a href=\"").dropFirst() {
            let name = String(row.prefix { $0 != "\"" })
            let shown = row.split(separator: "<td>")[1].prefix { $0 != "<" }
            let unit = shown.hasSuffix("K") ? 1024 : 1
            let size = try #require(Int(shown.dropLast())) * unit
            files[name] = .init(bytes: contents[name] ?? Array(repeating: 0, count: size))
        }
        return files
    }

    private static func pieces(of recording: Recording) -> [[UInt8]] {
        guard sentApart.contains(recording.id) else { return [recording.request] }
        let half = recording.request.count / 2
        return [Array(recording.request[..<half]), Array(recording.request[half...])]
    }

    /// The client gave up half-way; closing then is not this room's business.
    private static func endsByHalfClose(_ recording: Recording) -> Bool {
        recording.id == "http/body-shorter-half-close"
    }

    /// The boundary of an answer with several ranges is random: it is replaced by stars.
    private static func masked(_ text: String) -> String {
        guard let boundary = boundary(in: text) else { return text }
        return text.split(separator: boundary, omittingEmptySubsequences: false).joined(separator: "*")
    }

    private static func boundary(in text: String) -> String? {
        let parts = text.split(separator: "boundary=\"")
        return parts.count > 1 ? String(parts[1].prefix { $0 != "\"" }) : nil
    }
}

extension Collection {
    subscript(safe index: Index) -> Element? { indices.contains(index) ? self[index] : nil }
}
