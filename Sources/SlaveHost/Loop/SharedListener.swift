import NIOCore
import NIOPosix

/// One listening socket for many slaves, which are told apart by the address that a client has called.
///
/// All of its slaves live on its loop, because a connection stays on the loop that accepted it.
final class SharedListener: Sendable {
    let loop: any EventLoop
    private let configuration: SlaveHostConfiguration
    private let slaves: NIOLoopBoundBox<[String: NIOLoopBound<SlaveRuntime>]>
    private let channel: EventLoopPromise<any Channel>

    init(configuration: SlaveHostConfiguration, on loop: any EventLoop) {
        self.loop = loop
        self.configuration = configuration
        slaves = NIOLoopBoundBox.makeBoxSendingValue([:], eventLoop: loop)
        channel = loop.makePromise()
    }

    func open() async {
        let slaves = slaves
        SlaveBootstrap.make(on: loop, configuration: configuration) { channel in
            channel.localAddress?.ipAddress.flatMap { slaves.value[$0]?.value }
        }
        .serverChannelOption(.backlog, value: 1024)
        .bind(host: "0.0.0.0", port: configuration.port)
        .cascade(to: channel)
    }

    /// Waits until the socket listens.
    func opened() async throws {
        do {
            _ = try await channel.futureResult.get()
        } catch {
            throw SlaveHostError(
                .cannotListen,
                "cannot listen on 0.0.0.0:\(configuration.port): \(URLError.text(for: error)); "
                    + "is another program there?")
        }
    }

    func add(_ slave: SlaveHandle) async throws {
        let slaves = slaves
        try await loop.submit { slaves.value[slave.host] = slave.runtime }.get()
    }

    func close() async { try? await channel.futureResult.get().close() }
}
