import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// Sends one request again and again over keep-alive connections and counts the answers, which all have the same
/// length.
struct LoadClient {
    let host: String
    let port: Int
    let connections: Int

    /// The bytes of a `status` call.
    static let statusRequest: [UInt8] = {
        let body =
            "<?xml version='1.0'?>\n<methodCall>\n<methodName>status</methodName>\n<params>\n</params>\n</methodCall>\n"
        return Array(
            "POST /rpc HTTP/1.1\r\nHost: bench\r\nContent-Type: text/xml\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                .utf8)
    }()

    /// - Parameter calls: how many calls are made in all.
    /// - Returns: the seconds it took.
    func run(calls: Int, on group: any EventLoopGroup) async throws -> Double {
        let length = try await answerLength(on: group)
        let each = max(1, calls / connections)
        let clock = ContinuousClock()
        let begin = clock.now
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for _ in 0..<connections {
                tasks.addTask {
                    let handler = try await connect(CallLoop(calls: each, answerLength: length), on: group)
                    try await handler.get()
                }
            }
            try await tasks.waitForAll()
        }
        return (clock.now - begin) / .seconds(1)
    }

    private func connect(_ loop: CallLoop, on group: any EventLoopGroup) async throws -> EventLoopFuture<Void>
    {
        let done = group.next().makePromise(of: Void.self)
        _ = try await ClientBootstrap(group: group)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(CallHandler(loop, done: done))
                }
            }
            .connect(host: host, port: port).get()
        return done.futureResult
    }

    /// The length of one whole answer: everything up to a pause.
    private func answerLength(on group: any EventLoopGroup) async throws -> Int {
        let counter = try await connect(CallLoop(calls: 1, answerLength: nil), on: group)
        try await counter.get()
        return CallHandler.lastLength.load(ordering: .relaxed)
    }
}

/// How many calls a connection makes.
struct CallLoop: Sendable {
    var calls: Int
    /// Nil: find out, from the answer's own Content-Length.
    var answerLength: Int?
}

/// One connection: sends a call, counts the answer's bytes, sends the next.
private final class CallHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    static let lastLength = Atomic<Int>(0)
    private static let request = ByteBuffer(bytes: LoadClient.statusRequest)

    private var loop: CallLoop
    private let done: EventLoopPromise<Void>
    private var received = 0
    private var head: [UInt8] = []

    init(_ loop: CallLoop, done: EventLoopPromise<Void>) {
        self.loop = loop
        self.done = done
    }

    func channelActive(context: ChannelHandlerContext) { send(context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        received += bytes.readableBytes
        if loop.answerLength == nil { learn(bytes) }
        guard let length = loop.answerLength, received >= length else { return }
        received -= length
        loop.calls -= 1
        if loop.calls == 0 {
            done.succeed()
            context.close(promise: nil)
        } else {
            send(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        done.fail(BenchError("the slave closed the connection"))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        done.fail(error)
        context.close(promise: nil)
    }

    private func send(_ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(Self.request), promise: nil)
    }

    /// Reads the length of an answer from its headers.
    private func learn(_ bytes: ByteBuffer) {
        head += bytes.readableBytesView
        let text = String(decoding: head, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n"), let field = text.range(of: "Content-Length: "),
            let body = Int(text[field.upperBound...].prefix(while: \.isNumber))
        else { return }
        let length = text[..<end.upperBound].utf8.count + body
        loop.answerLength = length
        Self.lastLength.store(length, ordering: .relaxed)
    }
}
