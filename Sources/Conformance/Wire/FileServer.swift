internal import Foundation
internal import NIOCore
internal import NIOPosix

/// A small HTTP server that a slave fetches files from during a run.
///
/// `/ok/NAME` gives a file, `/auth/NAME` gives it for the password only, with the user name or with none, `/redirect/NAME` redirects to
/// `/ok/NAME`, and everything else is 404. Each answer ends its connection.
struct FileServer: Sendable {
    static let userName = "conformance"
    static let password = "open sesame"

    private let channel: any Channel
    private let host: String

    /// - Parameters:
    ///   - host: the local address to listen on; the port is a free one.
    ///   - files: what there is to fetch, by name. Names are words without a slash.
    /// - Throws: `ConformanceError` with the code `noAnswer`.
    static func start(on host: String, files: [String: [UInt8]]) async throws -> FileServer {
        do {
            let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(FileHandler(files: files))
                    }
                }
                .bind(host: host, port: 0).get()
            return FileServer(channel: channel, host: host)
        } catch {
            throw ConformanceError(.noAnswer, "the file server cannot listen on \(host): \(error)")
        }
    }

    func url(_ kind: String, _ name: String) -> String {
        let shown = host.contains(":") ? "[\(host)]" : host
        return "http://\(shown):\(channel.localAddress?.port ?? 0)/\(kind)/\(name)"
    }

    func stop() async {
        try? await channel.close().get()
    }
}

private final class FileHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let files: [String: [UInt8]]
    private var head: [UInt8] = []

    private static let headLimit = 16 << 10

    init(files: [String: [UInt8]]) {
        self.files = files
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        head += buffer.readBytes(length: buffer.readableBytes) ?? []
        let text = String(decoding: head, as: UTF8.self)
        if text.contains("\r\n\r\n") {
            head = []
            answer(text, context: context)
        } else if head.count > Self.headLimit {
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func answer(_ request: String, context: ChannelHandlerContext) {
        let lines = request.split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        let path = words.count > 1 ? words[1].split(separator: "/") : []
        guard words.first == "GET", path.count == 2, let content = files[String(path[1])] else {
            return send("404 Not Found", context: context)
        }
        switch path[0] {
        case "ok": send("200 OK", body: content, context: context)
        case "redirect": send("302 Found", headers: ["Location: /ok/\(path[1])"], context: context)
        case "auth" where Self.mayRead(lines): send("200 OK", body: content, context: context)
        case "auth":
            send("401 Unauthorized", headers: ["WWW-Authenticate: Basic realm=\"files\""], context: context)
        default: send("404 Not Found", context: context)
        }
    }

    private static func mayRead(_ lines: [Substring]) -> Bool {
        let secrets = [FileServer.userName, ""].map { user in
            "Basic " + Data("\(user):\(FileServer.password)".utf8).base64EncodedString()
        }
        return lines.contains { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return parts.count == 2 && parts[0].lowercased() == "authorization"
                && secrets.contains(String(parts[1].drop { $0 == " " }))
        }
    }

    private func send(
        _ status: String, headers: [String] = [], body: [UInt8] = [], context: ChannelHandlerContext
    ) {
        let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.count)", "Connection: close"] + headers
        let bytes = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes))).whenComplete { _ in
            channel.close(promise: nil)
        }
    }
}
