internal import Foundation

/// One recorded exchange with a real slave, as `golden/protocol` has it.
struct Recording: Hashable, Sendable, Decodable {
    /// What a slave did: an answer, or none and how that was seen.
    enum Answer: Hashable, Sendable {
        case http(HTTPAnswer)
        case none(how: String)
    }

    var id: String
    var title: String
    var state: String
    var request: Request
    var answers: [Answer]
    /// How the connection stood a quarter of a second later.
    var isOpenAfter: Bool
    /// Whether any idle slave must give these answers.
    var isReplayable: Bool
    var precondition: String?

    struct Request: Hashable, Sendable {
        /// All that was sent.
        var bytes: [UInt8]
        var method: String
        var target: String

        var isHead: Bool { method == "HEAD" }
    }

    private enum Key: String, CodingKey {
        case id, title, state, request, response, responses, replayable, precondition
        case isOpenAfter = "connection_after"
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        id = try values.decode(String.self, forKey: .id)
        title = try values.decode(String.self, forKey: .title)
        state = try values.decode(String.self, forKey: .state)
        request = try values.decode(Request.self, forKey: .request)
        answers =
            try values.decodeIfPresent([Answer].self, forKey: .responses)
            ?? [values.decode(Answer.self, forKey: .response)]
        isOpenAfter = try values.decode(String.self, forKey: .isOpenAfter) == "open"
        isReplayable = try values.decodeIfPresent(Bool.self, forKey: .replayable) ?? false
        precondition = try values.decodeIfPresent(String.self, forKey: .precondition)
    }
}

extension Recording.Request: Decodable {
    private enum Key: String, CodingKey {
        case raw, method, target, version, headers, body, bytes
        case bodyBase64 = "body_base64"
        case bytesBase64 = "bytes_base64"
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        if try values.decodeIfPresent(Bool.self, forKey: .raw) ?? false {
            bytes = try values.bytes(text: .bytes, base64: .bytesBase64)
            let line = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
            let words = line.split(separator: " ")
            method = words.first.map(String.init) ?? ""
            target = words.count > 1 ? String(words[1]) : ""
            return
        }
        method = try values.decode(String.self, forKey: .method)
        target = try values.decode(String.self, forKey: .target)
        let version = try values.decode(String.self, forKey: .version)
        let headers = try values.decode([[String]].self, forKey: .headers)
        let lines = ["\(method) \(target) \(version)"] + headers.map { $0.joined(separator: ": ") }
        bytes = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
        bytes += try values.bytes(text: .body, base64: .bodyBase64)
    }
}

extension Recording.Answer: Decodable {
    private enum Key: String, CodingKey {
        case none, how, version, status, reason, headers, framing, body
        case bodyBase64 = "body_base64"
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        if try values.decodeIfPresent(Bool.self, forKey: .none) ?? false {
            self = .none(how: try values.decode(String.self, forKey: .how))
            return
        }
        let pairs = try values.decode([[String]].self, forKey: .headers)
        self = .http(
            HTTPAnswer(
                version: try values.decode(String.self, forKey: .version),
                status: try values.decode(Int.self, forKey: .status),
                reason: try values.decode(String.self, forKey: .reason),
                headers: pairs.map { HTTPAnswer.Header(name: $0.first ?? "", value: $0.last ?? "") },
                framing: try values.decode(HTTPAnswer.Framing.self, forKey: .framing),
                body: try values.bytes(text: .body, base64: .bodyBase64)))
    }
}

extension KeyedDecodingContainer {
    /// Bytes that are kept as text when they are text, else in base64.
    fileprivate func bytes(text: Key, base64: Key) throws -> [UInt8] {
        if let encoded = try decodeIfPresent(String.self, forKey: base64) {
            guard let data = Data(base64Encoded: encoded) else {
                throw DecodingError.dataCorruptedError(
                    forKey: base64, in: self, debugDescription: "not base64")
            }
            return Array(data)
        }
        return Array(try decode(String.self, forKey: text).utf8)
    }
}
