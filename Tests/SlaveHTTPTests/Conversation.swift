import FarmModel

@testable import SlaveHTTP

/// A connection to a slave whose cache and calls are made up, run without a socket.
struct Conversation {
    static let start = Instant(seconds: 1_704_067_200)

    var connection: HTTPServerConnection
    var now = Conversation.start
    /// All bytes that the slave has sent.
    var sent: [UInt8] = []
    /// All requests that came through.
    var requests: [HTTPRequest] = []
    /// The XML of the answer to a call; nil makes the server fail.
    var answerCall: ([UInt8]) -> [UInt8]? = { _ in Array("<answer/>".utf8) }
    /// The files of the cache.
    var files: [String: CachedFile] = [:]
    /// When false, requests are not answered until `answerPending`.
    var answersAtOnce = true
    private var pending: [HTTPRequest] = []
    private let site: SlaveSite
    private var head: AnswerHead
    private var random = SeededGenerator(seed: 1)

    struct CachedFile {
        var bytes: [UInt8]
        var modified = Conversation.start + .seconds(3600)
    }

    init(_ release: TwistedRelease = .twisted24, limits: HTTPServerConnection.Limits = .init()) {
        connection = HTTPServerConnection(release: release, limits: limits, at: Conversation.start)
        site = SlaveSite(release: release)
        head = AnswerHead(release: release)
    }

    var text: String { String(decoding: sent, as: UTF8.self) }
    var isClosed: Bool { connection.isClosed }
    /// The status of each answer so far.
    var statuses: [String] {
        text.split(separator: "HTTP/1.", omittingEmptySubsequences: false).dropFirst()
            .compactMap { $0.split(separator: " ")[safe: 1].map(String.init) }
    }

    mutating func receive(_ bytes: [UInt8]) { perform(connection.receive(bytes, at: now)) }

    mutating func receive(_ text: String) { receive(Array(text.utf8)) }

    mutating func answerPending() {
        guard !pending.isEmpty else { return }
        answer(pending.removeFirst())
    }

    mutating func wait(_ duration: Duration) {
        now = now + duration
        perform(connection.passTime(at: now))
    }

    private mutating func perform(_ actions: [HTTPServerConnection.Action]) {
        for action in actions {
            switch action {
            case .send(let bytes): sent += bytes
            case .close: break
            case .handle(let request):
                requests.append(request)
                if answersAtOnce { answer(request) } else { pending.append(request) }
            }
        }
    }

    private mutating func answer(_ request: HTTPRequest) {
        var content: [UInt8] = []
        let answer: HTTPAnswer
        switch site.route(request) {
        case .page(let page): answer = page
        case .call(let body):
            answer = answerCall(body).map(site.answer(toCall:)) ?? site.processingFailed()
        case .listing(let listing):
            let entries = files.map { CacheListingEntry(name: $0.key, size: Int64($0.value.bytes.count)) }
            answer = site.answer(listing: entries, for: listing)
        case .file(let wanted):
            let file = files[wanted.name]
            content = file?.bytes ?? []
            let facts = file.map {
                CachedFileFacts(name: wanted.name, size: Int64($0.bytes.count), modified: $0.modified)
            }
            answer = site.answer(file: facts, for: wanted, random: &random)
        }
        head.write(answer, to: request, at: now, into: &sent)
        if !request.isHead {
            for part in answer.body {
                switch part {
                case .bytes(let bytes): sent += bytes
                case .file(let offset, let length): sent += content[Int(offset)..<Int(offset + length)]
                }
            }
        }
        perform(connection.answerSent(asFile: answer.isFile, at: now))
    }
}

/// A POST of an XML-RPC call.
func post(_ body: String = "<call/>", version: String = "HTTP/1.1", headers: [String] = []) -> String {
    (["POST /rpc \(version)"] + headers + ["Content-Length: \(body.utf8.count)", "", body])
        .joined(separator: "\r\n")
}
