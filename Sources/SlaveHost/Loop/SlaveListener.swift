import NIOCore
import NIOPosix

/// The listening socket of a slave, opened and closed as wanted.
///
/// Lives on the slave's event loop.
final class SlaveListener {
    private enum State {
        case closed
        case opening
        case open(any Channel)
        case closing
    }

    private let loop: any EventLoop
    private let host: String
    private(set) var port: Int
    private let configuration: SlaveHostConfiguration
    private var state = State.closed
    private var isWantedOpen = false
    private var waiting: [EventLoopPromise<Void>] = []
    private var failures = 0
    /// The slave that connections are for.
    weak var slave: SlaveRuntime?

    init(host: String, port: Int, configuration: SlaveHostConfiguration, on loop: any EventLoop) {
        self.host = host
        self.port = port
        self.configuration = configuration
        self.loop = loop
    }

    /// Says whether the listener is to be open; it will be as soon as the system allows.
    func isWanted(_ isWanted: Bool) {
        isWantedOpen = isWanted
        reconcile()
    }

    /// Fulfilled when the listener is as wanted; fails when it cannot be opened.
    func settled() -> EventLoopFuture<Void> {
        let promise = loop.makePromise(of: Void.self)
        waiting.append(promise)
        reconcile()
        return promise.futureResult
    }

    private func reconcile() {
        switch (state, isWantedOpen) {
        case (.opening, _), (.closing, _): break
        case (.closed, false), (.open, true): settle(.success(()))
        case (.closed, true): open()
        case (.open(let channel), false):
            state = .closing
            let bound = NIOLoopBound(self, eventLoop: loop)
            channel.close().whenComplete { _ in
                bound.value.state = .closed
                bound.value.reconcile()
            }
        }
    }

    private func open() {
        guard let slave else { return settle(.success(())) }
        state = .opening
        let bound = NIOLoopBound(self, eventLoop: loop)
        SlaveBootstrap.make(
            on: loop, configuration: configuration, slave: NIOLoopBound(slave, eventLoop: loop)
        )
        .bind(host: host, port: port)
        .whenComplete { bound.value.opened($0) }
    }

    private func opened(_ result: Result<any Channel, any Error>) {
        switch result {
        case .success(let channel):
            state = .open(channel)
            failures = 0
            // A port chosen by the system is kept when the listener is opened again.
            if let port = channel.localAddress?.port { self.port = port }
            reconcile()
        case .failure(let error):
            state = .closed
            failures += 1
            settle(.failure(error))
            guard isWantedOpen, failures < configuration.listenAttempts else {
                slave?.note(.listenerFailed(detail: String(describing: error)))
                return
            }
            let bound = NIOLoopBound(self, eventLoop: loop)
            loop.scheduleTask(in: .milliseconds(100)) { bound.value.reconcile() }
        }
    }

    private func settle(_ result: Result<Void, any Error>) {
        let promises = waiting
        waiting = []
        for promise in promises { promise.completeWith(result) }
    }
}

/// How the sockets of slaves are set up.
enum SlaveBootstrap {
    /// - Parameter slave: the slave that every connection is for.
    static func make(
        on loop: any EventLoop, configuration: SlaveHostConfiguration, slave: NIOLoopBound<SlaveRuntime>
    ) -> ServerBootstrap {
        make(on: loop, configuration: configuration) { _ in slave.value }
    }

    /// - Parameter slave: finds the slave that a connection is for; nil closes it.
    static func make(
        on loop: any EventLoop, configuration: SlaveHostConfiguration,
        slave: @escaping @Sendable (any Channel) -> SlaveRuntime?
    ) -> ServerBootstrap {
        ServerBootstrap(group: loop, childGroup: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: Int32(configuration.backlog))
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                guard let slave = slave(channel) else { return channel.close() }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(SlaveConnection(slave: slave))
                }
            }
    }
}
