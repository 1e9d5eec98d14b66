import FarmModel
import NIOCore
import SlaveHTTP

/// A connection to the control endpoint: one request, one answer.
final class ControlConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long a caller may take to send its request.
    private static let patience = TimeAmount.seconds(10)

    private let host: SlaveHost
    private let token: String
    private var http: HTTPServerConnection
    private var patience: Scheduled<Void>?
    private var task: Task<Void, Never>?

    init(_ host: SlaveHost, token: String) {
        self.host = host
        self.token = token
        var limits = HTTPServerConnection.Limits()
        limits.bodyBytes = 4096
        http = HTTPServerConnection(release: .twisted25, limits: limits, at: .epoch)
    }

    func channelActive(context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        patience = context.eventLoop.scheduleTask(in: Self.patience) { bound.value.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        patience?.cancel()
        task?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        for action in http.receive(unwrapInboundIn(data).readableBytesView, at: .epoch) {
            switch action {
            case .send(let bytes):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
            case .close: context.close(promise: nil)
            case .handle(let request):
                patience?.cancel()
                let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
                let (host, token) = (host, token)
                task = Task {
                    // No answer is what a hanging command looks like.
                    guard let answer = await ControlAnswer(to: request, of: host, token: token) else {
                        return
                    }
                    bound.eventLoop.execute {
                        let context = bound.value
                        context.writeAndFlush(NIOAny(ByteBuffer(string: answer.text)))
                            .whenComplete { _ in bound.value.close(promise: nil) }
                    }
                }
            }
        }
    }
}

/// An answer of the control endpoint.
struct ControlAnswer: Sendable {
    private var status: String
    private var headers: [String] = []
    private var body: String

    /// Nil when the request is never to be answered.
    init?(to request: HTTPRequest, of host: SlaveHost, token: String) async {
        guard Self.isAllowed(request, token: token) else {
            self.init("401 Unauthorized", "the token of the control file is missing or wrong\n")
            return
        }
        let path = String(decoding: request.target, as: UTF8.self).split(separator: "/")
        switch (String(decoding: request.method, as: UTF8.self), path.count) {
        case ("GET", 1) where path[0] == "slaves":
            var lines = ""
            for slave in await host.listings() {
                let power = (try? await host.power(of: slave.name))?.rawValue ?? "gone"
                lines += "\(slave.name) \(slave.host) \(slave.port) \(power)\n"
            }
            self.init("200 OK", lines)
        case ("POST", 3) where path[0] == "slaves" && path[2] == "reset":
            do {
                let outcome = try await host.runResetCommand(String(path[1]))
                guard let exitStatus = outcome.exitStatus else { return nil }
                self.init("200 OK", outcome.text + "\n")
                headers.append("Exit-Status: \(exitStatus)")
            } catch {
                self.init("404 Not Found", "\(error)\n")
            }
        default:
            self.init("404 Not Found", "there are GET /slaves and POST /slaves/NAME/reset only\n")
        }
    }

    private init(_ status: String, _ body: String) {
        self.status = status
        self.body = body
    }

    /// The bytes on the wire.
    var text: String {
        (["HTTP/1.1 \(status)", "Connection: close", "Content-Type: text/plain; charset=utf-8"] + headers
            + ["Content-Length: \(body.utf8.count)", "", body]).joined(separator: "\r\n")
    }

    /// Takes as long for a wrong token as for the right one.
    private static func isAllowed(_ request: HTTPRequest, token: String) -> Bool {
        let expected = Array("Bearer \(token)".utf8)
        guard let given = request.fields.first("authorization"), given.count == expected.count else {
            return false
        }
        return zip(given, expected).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
