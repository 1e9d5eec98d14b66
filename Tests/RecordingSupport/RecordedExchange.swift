package import FarmModel
package import XMLRPC

/// One recorded exchange with a real slave, as `golden/protocol/README.md` describes it.
package struct RecordedExchange: Sendable, CustomStringConvertible {
    /// `SUBJECT/NAME`; with the folder in front for a variant, such as `twisted-22.4.0/http/rpc2`.
    package var id: String
    package var group: String
    package var title: String
    package var daemon: Daemon
    /// The folder below `variants/`, for exchanges that come out differently with another Twisted.
    package var variant: String?
    package var state: String
    package var stateAfter: String
    package var precondition: String?
    package var request: Request
    /// One answer, or several when one connection got several.
    package var responses: [Response]
    /// Whether the connection stayed open after the answer.
    package var staysOpen: Bool
    package var rpc: RPC?
    /// The request can be sent to any idle slave and must give this answer.
    package var isReplayable: Bool
    package var normalised: [String]
    package var notes: String?

    /// The versions of the daemon and of what it ran on.
    package struct Daemon: Hashable, Sendable {
        package var release: String
        package var twisted: String
        package var python: String

        package var dialect: SlaveDialect {
            switch release {
            case "206": .release206
            case "254": .current
            default: .release2010
            }
        }
    }

    package struct Header: Hashable, Sendable {
        package var name: String
        package var value: String
    }

    package enum Request: Sendable {
        case http(method: String, target: String, version: String, headers: [Header], body: [UInt8])
        /// Bytes that are no plain HTTP request, or were sent in pieces.
        case raw([UInt8])

        /// What went over the wire.
        package var bytes: [UInt8] {
            switch self {
            case .raw(let bytes): return bytes
            case .http(let method, let target, let version, let headers, let body):
                let lines = ["\(method) \(target) \(version)"] + headers.map { "\($0.name): \($0.value)" }
                return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
            }
        }
    }

    package enum Response: Sendable {
        case http(HTTPResponse)
        /// No (whole) answer came.
        case none(how: Silence, bytes: [UInt8])
    }

    package enum Silence: String, Sendable {
        case closed = "eof"
        case timeout
        case reset
    }

    package struct HTTPResponse: Sendable {
        package var version: String
        package var status: Int
        package var reason: String
        package var headers: [Header]
        package var framing: Framing
        package var body: [UInt8]
    }

    /// How a body ended.
    package enum Framing: String, Sendable {
        case contentLength = "content-length"
        case chunked
        case close
        case none
    }

    /// The call in decoded form.
    package struct RPC: Sendable {
        /// Nil when the request was no readable call.
        package var method: String?
        /// Nil when there is no call, or when a parameter cannot be expressed.
        package var parameters: [XMLRPCValue]?
        /// Nil when the call never reached the slave.
        package var response: XMLRPCResponse?

        package var call: XMLRPCCall? {
            guard let method, let parameters else { return nil }
            return XMLRPCCall(method, parameters)
        }
    }

    package var description: String { id }
}
