import AsyncHTTPClient
import FarmModel
import NIOCore
import NIOPosix

/// The other end of the control endpoint: what the reset command of a manager runs.
public enum ResetClient {
    /// How a reset command ended.
    public struct Result: Hashable, Sendable {
        public var exitStatus: Int
        /// What the command prints.
        public var text: String
    }

    /// Resets a virtual slave of a running host.
    ///
    /// - Parameter name: the slave's name or that of its machine (`vm_host`).
    /// - Parameter controlFile: the file that the host has written.
    /// - Parameter timeout: how long to wait for the host.
    /// - Throws: `SlaveHostError` when the control file is none or nobody listens at its address; an error of the
    ///   HTTP client when the host does not answer in time.
    public static func reset(
        _ name: String, controlFile: String, timeout: Duration = .seconds(600)
    ) async throws -> Result {
        let control = try ControlFile(path: controlFile)
        guard !name.isEmpty, !name.contains(where: { "/?# \r\n".contains($0) }) else {
            throw SlaveHostError(.unknownSlave, "\"\(name)\" is no name of a slave or a machine")
        }
        var request = HTTPClientRequest(url: "\(control.url)/slaves/\(name)/reset")
        request.method = .POST
        request.headers.add(name: "Authorization", value: "Bearer \(control.token)")
        let client = makeClient()
        do {
            let response = try await client.execute(
                request, deadline: .now() + .nanoseconds(timeout.wholeNanoseconds))
            let body = String(buffer: try await response.body.collect(upTo: 65_536))
            let status = response.headers.first(name: "exit-status").flatMap(Int.init)
            try await client.shutdown()
            return Result(exitStatus: status ?? 1, text: body)
        } catch {
            try await client.shutdown()
            guard error is IOError || error is NIOConnectionError else { throw error }
            throw SlaveHostError(
                .stopped, "no slave host answers at the address in \(controlFile); is it running?")
        }
    }

    /// Notices at once when nobody listens any more; everybody's client would try for a minute and a half.
    private static func makeClient() -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
