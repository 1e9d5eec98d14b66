import Foundation
import Testing

/// An exchange with a real slave, as recorded (see `golden/protocol/README.md`), as far as HTTP is concerned.
struct Recording: Sendable {
    var id: String
    var path: String
    var twisted: String
    var state: String
    var isReplayable: Bool
    var request: [UInt8]
    /// The answers, or for no answer what came instead: nothing.
    var answers: [Answer]
    /// Whether the connection was closed afterwards; nil when that is not known.
    var closedAfter: Bool?

    struct Answer: Sendable {
        var bytes: [UInt8]
        var body: [UInt8]
        var status: Int?
        var headers: [(name: String, value: String)]

        func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "golden/protocol")

    /// All recordings, by path.
    static let all: [Recording] = {
        let names = (FileManager.default.enumerator(atPath: folder.path())?.allObjects as? [String] ?? [])
        return names.filter { $0.hasSuffix(".json") && $0 != "index.json" }.sorted().compactMap { path in
            try? Recording(path: path)
        }
    }()

    /// The folders that hold recordings.
    static let folders: [String] = Set(all.map(\.folderName)).sorted()

    /// The recordings of one folder.
    static func of(_ folder: String) -> [Recording] { all.filter { $0.folderName == folder } }

    private var folderName: String { path.split(separator: "/").dropLast().joined(separator: "/") }

    init(path: String) throws {
        let data = try Data(contentsOf: Self.folder.appending(path: path))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let exchange = try decoder.decode(Exchange.self, from: data)
        self.path = path
        id = exchange.id
        twisted = exchange.daemon.twisted
        state = exchange.state
        isReplayable = exchange.replayable ?? false
        request = exchange.request.wireBytes
        answers = (exchange.responses ?? exchange.response.map { [$0] } ?? []).map(\.answer)
        closedAfter = exchange.connectionAfter.map { $0 == "closed" }
    }
}

private struct Exchange: Decodable {
    var id: String
    var daemon: Daemon
    var state: String
    var replayable: Bool?
    var request: Request
    var response: Response?
    var responses: [Response]?
    var connectionAfter: String?

    struct Daemon: Decodable { var twisted: String }

    struct Request: Decodable {
        var method: String?
        var target: String?
        var version: String?
        var headers: [[String]]?
        var body: String?
        var bodyBase64: String?
        var bytes: String?
        var bytesBase64: String?

        var wireBytes: [UInt8] {
            if let raw = binary(bytes, bytesBase64) { return raw }
            let lines = ["\(method ?? "") \(target ?? "") \(version ?? "")"] + Exchange.lines(headers ?? [])
            return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
                + (binary(body, bodyBase64) ?? [])
        }
    }

    struct Response: Decodable {
        var none: Bool?
        var version: String?
        var status: Int?
        var reason: String?
        var headers: [[String]]?
        var body: String?
        var bodyBase64: String?

        var answer: Recording.Answer {
            guard none != true else { return .init(bytes: [], body: [], status: nil, headers: []) }
            let lines =
                ["\(version ?? "") \(status ?? 0) \(reason ?? "")"] + Exchange.lines(headers ?? [])
            let body = binary(body, bodyBase64) ?? []
            return .init(
                bytes: Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body, body: body,
                status: status, headers: (headers ?? []).map { ($0[0], $0[1]) })
        }
    }

    static func lines(_ headers: [[String]]) -> [String] { headers.map { "\($0[0]): \($0[1])" } }
}

/// The bytes of a member that is text, or base64 when it is not printable.
private func binary(_ text: String?, _ base64: String?) -> [UInt8]? {
    if let base64 { return Data(base64Encoded: base64).map(Array.init) }
    return text.map { Array($0.utf8) }
}
