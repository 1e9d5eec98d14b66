internal import Foundation

/// Where a slave listens.
struct SlaveAddress: Hashable, Sendable, CustomStringConvertible {
    var host: String
    var port: Int

    /// - Parameter url: `http://HOST[:PORT]`, with or without `/rpc` at the end. The usual port is 8221.
    /// - Throws: `ConformanceError` with the code `url`.
    init(url: String) throws(ConformanceError) {
        guard let parts = URLComponents(string: url), parts.scheme == "http", let host = parts.host,
            !host.isEmpty,
            ["", "/", "/rpc", "/rpc/"].contains(parts.path), parts.query == nil, parts.user == nil,
            (parts.port ?? Self.usualPort) > 0, (parts.port ?? Self.usualPort) < 65536
        else {
            throw ConformanceError(.url, "'\(url)' is no slave's URL; write it as http://HOST:PORT")
        }
        self.host = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        port = parts.port ?? Self.usualPort
    }

    private static let usualPort = 8221

    /// As in a `Host` header.
    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
