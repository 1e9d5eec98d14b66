/// An HTTP answer as it came: headers in order, with the case they were written in.
struct HTTPAnswer: Hashable, Sendable {
    struct Header: Hashable, Sendable {
        var name: String
        var value: String
    }

    /// How the end of the body is told.
    enum Framing: String, Hashable, Sendable, Decodable {
        case contentLength = "content-length"
        case chunked
        /// By the end of the connection.
        case close
        /// There is no body.
        case none
    }

    var version: String
    var status: Int
    var reason: String
    var headers: [Header]
    var framing: Framing
    var body: [UInt8]

    /// The value of the first header of this name, whatever its case.
    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// Status line, headers, empty line and body, with chunks put together.
    var bytes: [UInt8] {
        let lines = ["\(version) \(status) \(reason)"] + headers.map { "\($0.name): \($0.value)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
    }
}
