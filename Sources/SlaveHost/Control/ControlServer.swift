import NIOCore
import NIOPosix
import Synchronization

/// The control endpoint of a slave host, on a loopback port of its own.
///
/// - `GET /slaves` lists the slaves, a line for each: name, address, port, power.
/// - `POST /slaves/NAME/reset` runs the reset command of a virtual slave; NAME is the slave's or its machine's.
///   The answer's header `Exit-Status` is the command's, its body what the command prints.
///
/// Every request must carry the token of the control file.
public final class ControlServer: Sendable {
    private let host: SlaveHost
    private let path: String
    private let token: String
    private let group: any EventLoopGroup
    private let channel = Mutex<(any Channel)?>(nil)

    /// - Parameter path: where the control file is written.
    public init(_ host: SlaveHost, controlFile path: String) {
        self.host = host
        self.path = path
        token = ControlFile.makeToken()
        group = MultiThreadedEventLoopGroup.singleton
    }

    /// Starts to listen and writes the control file.
    ///
    /// - Throws: `SlaveHostError` when the file cannot be written.
    public func start() async throws {
        let (host, token) = (host, token)
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ControlConnection(host, token: token))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.channel.withLock { $0 = channel }
        try ControlFile(url: "http://127.0.0.1:\(channel.localAddress?.port ?? 0)", token: token).write(
            to: path)
    }

    /// Stops to listen. The control file stays; nobody answers at its address any more.
    public func stop() async {
        let channel = self.channel.withLock { channel in
            defer { channel = nil }
            return channel
        }
        try? await channel?.close()
    }
}
