internal import NIOCore
internal import NIOPosix

/// One TCP connection to a slave: bytes out, bytes in, and how it ends. Every wait has a limit.
struct Wire: Sendable {
    /// What the other side did next.
    enum Arrival: Hashable, Sendable {
        case bytes([UInt8])
        /// End of file.
        case closed
        /// RST.
        case reset
        /// Nothing, for the time that was given.
        case silence
        /// More than may be kept.
        case tooMuch
    }

    private let channel: any Channel
    /// Kept beside the channel, whose pipeline forgets it when the connection ends.
    private let inbox: NIOLoopBound<Inbox>

    /// - Throws: `ConformanceError` with the code `noAnswer`.
    static func connect(to address: SlaveAddress, limits: ConformanceLimits) async throws -> Wire {
        do {
            return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(TimeAmount(limits.connect))
                .connect(host: address.host, port: address.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let inbox = Inbox(capacity: limits.answerBytes)
                        try channel.pipeline.syncOperations.addHandler(inbox)
                        return Wire(
                            channel: channel, inbox: NIOLoopBound(inbox, eventLoop: channel.eventLoop))
                    }
                }
        } catch {
            throw ConformanceError(.noAnswer, "\(address) cannot be connected to: \(error)")
        }
    }

    /// Our own address on this connection, as text: where the slave can reach us.
    var localHost: String? { channel.localAddress?.ipAddress }

    /// A slave that closes early is seen by `receive`, so a failed write is no error here.
    func send(_ bytes: [UInt8]) async {
        try? await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    /// What comes next; the bytes may be a part of what was sent.
    func receive(within limit: Duration) async throws -> Arrival {
        let inbox = inbox
        let promise = channel.eventLoop.makePromise(of: Arrival.self)
        channel.eventLoop.execute {
            inbox.value.handOver(to: promise, within: TimeAmount(limit))
        }
        return try await promise.futureResult.get()
    }

    func close() async {
        try? await channel.close().get()
    }
}

/// Keeps what came until it is asked for.
private final class Inbox: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let capacity: Int
    private var kept: [UInt8] = []
    private var ending: Wire.Arrival?
    private var waiting: (promise: EventLoopPromise<Wire.Arrival>, limit: Scheduled<Void>)?
    private var eventLoop: (any EventLoop)?

    init(capacity: Int) {
        self.capacity = capacity
    }

    func handlerAdded(context: ChannelHandlerContext) {
        eventLoop = context.eventLoop
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        guard kept.count + buffer.readableBytes <= capacity else {
            end(.tooMuch)
            context.close(promise: nil)
            return
        }
        kept += buffer.readBytes(length: buffer.readableBytes) ?? []
        answer()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        end(.reset)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.closed)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end(.closed)
    }

    func handOver(to promise: EventLoopPromise<Wire.Arrival>, within limit: TimeAmount) {
        guard let eventLoop, waiting == nil else { return promise.succeed(.closed) }
        let timer = eventLoop.assumeIsolated().scheduleTask(in: limit) { [self] in
            waiting?.promise.succeed(.silence)
            waiting = nil
        }
        waiting = (promise, timer)
        answer()
    }

    /// The first ending counts: a reset is followed by the news that the connection is gone.
    private func end(_ arrival: Wire.Arrival) {
        if ending == nil { ending = arrival }
        answer()
    }

    private func answer() {
        guard let waiting else { return }
        let arrival: Wire.Arrival
        if !kept.isEmpty {
            arrival = .bytes(kept)
            kept = []
        } else if let ending {
            arrival = ending
        } else {
            return
        }
        self.waiting = nil
        waiting.limit.cancel()
        waiting.promise.succeed(arrival)
    }
}
