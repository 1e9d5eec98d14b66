import NIOCore
import NIOPosix
import Synchronization

/// A server that sends whatever bytes a test wants: what no fake slave would and a broken machine might.
final class RawSlave: Sendable {
    /// What is done with a request, in order. At the end the connection is closed.
    enum Step: Sendable {
        case send([UInt8])
        /// These bytes again and again, as long as somebody takes them.
        case sendForEver([UInt8])
        /// Nothing any more, and no close.
        case hang
        case reset
    }

    typealias Answer = @Sendable (_ target: String, _ body: String) -> [Step]

    private let channel: any Channel
    private let seen: Seen

    final class Seen: Sendable {
        let heads = Mutex<[String]>([])
        let open = Mutex(0)
    }

    private init(_ channel: any Channel, _ seen: Seen) {
        self.channel = channel
        self.seen = seen
    }

    static func start(_ answer: @escaping Answer) async throws -> RawSlave {
        let seen = Seen()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(RawConnection(seen, answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return RawSlave(channel, seen)
    }

    var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    /// What was asked for, such as `/rpc` and `/filecache/buildlog`.
    var targets: [String] { heads.map { String($0.split(separator: " ").dropFirst().first ?? "") } }

    /// The heads of the requests.
    var heads: [String] { seen.heads.withLock { $0 } }

    /// Connections that nobody has closed.
    var openConnections: Int { seen.open.withLock { $0 } }

    func stop() async { try? await channel.close() }

    /// A whole answer.
    static func http(
        _ status: String = "200 OK", _ headers: [String] = [], length: Int? = nil, _ body: String = ""
    ) -> [UInt8] {
        let lines = ["HTTP/1.1 \(status)", "Content-Length: \(length ?? body.utf8.count)"] + headers
        return Array((lines + ["", body]).joined(separator: "\r\n").utf8)
    }

    /// A value as the answer to a call.
    static func answer(_ value: String) -> [Step] {
        [
            .send(
                http(
                    "<?xml version='1.0'?><methodResponse><params><param><value>\(value)</value></param></params></methodResponse>"
                ))
        ]
    }

    /// The answer to `status`.
    ///
    /// - Parameter members: name and XML of the value's content.
    static func status(_ state: String, _ members: [(String, String)] = []) -> [Step] {
        let members = [("builder_status", "<string>BuilderStatus.\(state)</string>")] + members
        return answer(structure(members))
    }

    static func structure(_ members: [(String, String)]) -> String {
        let text = members.map { "<member><name>\($0.0)</name><value>\($0.1)</value></member>" }.joined()
        return "<struct>\(text)</struct>"
    }
}

extension RawSlave {
    static func http(_ body: String) -> [UInt8] { http("200 OK", [], body) }
}

private final class RawConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let seen: RawSlave.Seen
    private let answer: RawSlave.Answer
    private var request = ""
    private var isAnswered = false

    init(_ seen: RawSlave.Seen, _ answer: @escaping RawSlave.Answer) {
        self.seen = seen
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) { seen.open.withLock { $0 += 1 } }
    func channelInactive(context: ChannelHandlerContext) { seen.open.withLock { $0 -= 1 } }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        request += String(buffer: unwrapInboundIn(data))
        guard !isAnswered, let end = request.firstRange(of: "\r\n\r\n") else { return }
        let head = request[..<end.lowerBound]
        let body = request[end.upperBound...]
        let length = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.drop { $0 != " " }.dropFirst()) }
        guard body.utf8.count >= length ?? 0 else { return }
        isAnswered = true
        let target = String(head.split(separator: " ").dropFirst().first ?? "")
        seen.heads.withLock { $0.append(String(head)) }
        perform(answer(target, String(body))[...], context)
    }

    private func perform(_ steps: ArraySlice<RawSlave.Step>, _ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        func send(_ bytes: [UInt8], then next: ArraySlice<RawSlave.Step>) {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)))
                .whenSuccess { bound.value.0.perform(next, bound.value.1) }
        }
        switch steps.first {
        case nil: context.close(promise: nil)
        case .send(let bytes): send(bytes, then: steps.dropFirst())
        case .sendForEver(let bytes): send(bytes, then: steps)
        case .hang: break
        case .reset:
            _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            // The client is to have what came before: a reset throws away what it has not read.
            context.eventLoop.scheduleTask(in: .milliseconds(20)) { bound.value.1.close(promise: nil) }
        }
    }
}
