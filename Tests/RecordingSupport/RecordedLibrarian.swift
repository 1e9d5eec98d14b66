import FarmModel
import Foundation
package import MockSlave

/// A stand-in for the sources from which files were fetched while the exchanges were recorded.
package enum RecordedLibrarian {
    /// What the HTTP server on `127.0.0.1:58000` answered.
    package enum Reply: Hashable, Sendable {
        case body([UInt8])
        case error(status: Int, reason: String)
        /// The connection was closed in the middle of the body.
        case truncated
        /// The connection was reset in the middle of the body.
        case reset
    }

    /// - Parameter credentials: user and password, when the request carried any.
    package static func reply(
        path: String, credentials: (user: String, password: String)? = nil
    ) -> Reply {
        let parts = path.split(separator: "/", maxSplits: 1).map(String.init)
        let name = parts.count > 1 ? parts[1] : ""
        switch parts.first {
        case "ok", "redirect": return .body(Array("librarian file \(name)\n".utf8))
        case "auth":
            let isKnown =
                credentials.map { $0 == ("user", "secret") || $0 == ("", "macaroon") } ?? false
            return isKnown
                ? .body(Array("librarian file \(name)\n".utf8))
                : .error(status: 401, reason: "Unauthorized")
        case "empty": return .body([])
        case "trunc": return .truncated
        case "reset": return .reset
        case "500": return .error(status: 500, reason: "Internal Server Error")
        default: return .error(status: 404, reason: "Not Found")
        }
    }

    /// How a fetch of the recordings ended. The contents of what was stored are in `contents(of:)`.
    package static func outcome(of request: FetchRequest) -> FetchOutcome {
        switch request.url {
        case let url where url.hasPrefix("http://127.0.0.1:9/") || url.hasPrefix("ftp://127.0.0.1:9/"):
            return .failed(detail: "<urlopen error [Errno 111] Connection refused>")
        case let url where url.hasPrefix("http://librarian.invalid/"):
            return .failed(detail: "<urlopen error [Errno -2] Name or service not known>")
        default: break
        }
        switch reply(to: request) {
        case .body(let bytes):
            return RecordedFixtures.sum(of: bytes)?.description == request.sum
                ? .stored(size: Int64(bytes.count)) : .digestMismatch
        case .error(let status, let reason):
            return .failed(detail: "HTTP Error \(status): \(reason)")
        case .truncated: return .digestMismatch
        case .reset: return .broken
        }
    }

    /// What a fetch brings; nil when it brings nothing.
    package static func contents(of request: FetchRequest) -> [UInt8]? {
        if case .body(let bytes) = reply(to: request) { bytes } else { nil }
    }

    private static func reply(to request: FetchRequest) -> Reply {
        let base = "http://127.0.0.1:58000"
        if request.url.hasPrefix(base + "/") {
            let path = String(request.url.dropFirst(base.count))
            guard let user = request.user, let password = request.password else { return reply(path: path) }
            return reply(path: path, credentials: (user, password))
        }
        if request.url == "file:///home/buildd/sample.txt" { return .body(RecordedFixtures.localFile) }
        if request.url.hasPrefix("data:"), let comma = request.url.firstIndex(of: ",") {
            let text = String(request.url[request.url.index(after: comma)...])
            return .body(Array((text.removingPercentEncoding ?? text).utf8))
        }
        return .error(status: 404, reason: "Not Found")
    }
}
