import FarmModel
import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import SlaveHTTP
import Synchronization

/// The small server that slaves fetch files from, as the one of the recordings was: `/ok/X` is a file, `/auth/X`
/// one behind a password, `/redirect/X` leads to `/ok/X`, `/trunc` and `/reset` break off.
final class SourceServer: Sendable {
    let port: Int
    private let channel: any Channel
    private let seen: SeenRequests

    /// The requests that came, as `TARGET` or `TARGET with credentials`.
    final class SeenRequests: Sendable {
        private let list = Mutex<[String]>([])
        func add(_ request: String) { list.withLock { $0.append(request) } }
        var all: [String] { list.withLock { $0 } }
    }

    var requests: [String] { seen.all }

    /// - Parameter tls: certificate and key; nil for plain http.
    static func start(tls: (certificate: String, key: String)? = nil) async throws -> SourceServer {
        let context = try tls.map { tls in
            try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: NIOSSLCertificate.fromPEMFile(tls.certificate).map { .certificate($0) },
                    privateKey: .privateKey(NIOSSLPrivateKey(file: tls.key, format: .pem))))
        }
        let seen = SeenRequests()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.addHandler(SourceHandler(seen))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return SourceServer(channel, seen)
    }

    private init(_ channel: any Channel, _ seen: SeenRequests) {
        self.channel = channel
        self.seen = seen
        port = channel.localAddress?.port ?? 0
    }

    func stop() async { try? await channel.close() }
}

private final class SourceHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let seen: SourceServer.SeenRequests
    private var http = HTTPServerConnection(release: .twisted25, at: .epoch)

    init(_ seen: SourceServer.SeenRequests) { self.seen = seen }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var actions = http.receive(unwrapInboundIn(data).readableBytesView, at: .epoch)
        while !actions.isEmpty {
            let now = actions
            actions = []
            for case .handle(let request) in now {
                answer(request, context)
                actions += http.answerSent(asFile: false, at: .epoch)
            }
        }
    }

    private func answer(_ request: HTTPRequest, _ context: ChannelHandlerContext) {
        let target = String(decoding: request.target, as: UTF8.self)
        let credentials = request.fields.first("authorization").map { String(decoding: $0, as: UTF8.self) }
        seen.add(target + (credentials == nil ? "" : " with credentials"))
        let parts = target.split(separator: "/")
        let name = parts.last ?? ""
        switch parts.first {
        case "ok": send("200 OK", "librarian file \(name)\n", context)
        case "empty": send("200 OK", "", context)
        case "auth":
            // user:secret, or nobody with a macaroon.
            if ["Basic dXNlcjpzZWNyZXQ=", "Basic Om1hY2Fyb29u"].contains(credentials) {
                send("200 OK", "librarian file \(name)\n", context)
            } else {
                send("401 Unauthorized", "no", context, ["WWW-Authenticate: Basic realm=\"x\""])
            }
        case "redirect": send("302 Found", "", context, ["Location: /ok/\(name)"])
        case "elsewhere": send("302 Found", "", context, ["Location: http://localhost:\(name)/ok/x"])
        case "around": send("302 Found", "", context, ["Location: /around"])
        case "trunc", "reset":
            send("200 OK", "only this", context, length: 1000)
            context.flush()
            if parts.first == "reset", let socket = context.channel as? any SocketOptionProvider {
                _ = socket.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            }
            // Only when the client has the head and the first bytes is it the body that breaks off.
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: .milliseconds(50)) { bound.value.close(promise: nil) }
        case "large":
            let size = Int(name) ?? 0
            context.write(wrapOutboundOut(ByteBuffer(string: head("200 OK", size, []))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(repeating: 7, count: size)), promise: nil)
        case "500": send("500 Internal Server Error", "broken", context)
        default: send("404 Not Found", "nothing", context)
        }
    }

    private func send(
        _ status: String, _ body: String, _ context: ChannelHandlerContext, _ headers: [String] = [],
        length: Int? = nil
    ) {
        let text = head(status, length ?? body.utf8.count, headers) + body
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    private func head(_ status: String, _ length: Int, _ headers: [String]) -> String {
        (["HTTP/1.1 \(status)", "Content-Length: \(length)"] + headers + ["", ""]).joined(separator: "\r\n")
    }
}
