import Glibc
import NIOCore
import NIOPosix

/// A client that sees what is on the wire: bytes, a close, a reset.
final class RawClient: Sendable {
    enum End: Hashable, Sendable {
        case open
        case closed
        case reset
    }

    private let channel: any Channel
    private let reading: NIOLoopBound<Reading>

    private final class Reading {
        var received: [UInt8] = []
        var end = End.open
        var waiting: [(isEnough: @Sendable ([UInt8]) -> Bool, promise: EventLoopPromise<Void>)] = []

        func settle() {
            waiting.removeAll { waiter in
                guard end != .open || waiter.isEnough(received) else { return false }
                waiter.promise.succeed()
                return true
            }
        }
    }

    /// Collects what comes.
    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        let reading: NIOLoopBound<Reading>

        init(_ reading: NIOLoopBound<Reading>) { self.reading = reading }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            reading.value.received += unwrapInboundIn(data).readableBytesView
            reading.value.settle()
        }

        func channelInactive(context: ChannelHandlerContext) { end(.closed) }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            end((error as? IOError)?.errnoCode == ECONNRESET ? .reset : .closed)
            context.close(promise: nil)
        }

        private func end(_ end: End) {
            if reading.value.end == .open { reading.value.end = end }
            reading.value.settle()
        }
    }

    private init(channel: any Channel, reading: NIOLoopBound<Reading>) {
        self.channel = channel
        self.reading = reading
    }

    static func connect(_ host: String, _ port: Int) async throws -> RawClient {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let reading = try await loop.submit { NIOLoopBound(Reading(), eventLoop: loop) }.get()
        let channel = try await ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(reading))
                }
            }
            .connect(host: host, port: port).get()
        return RawClient(channel: channel, reading: reading)
    }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    /// Says that nothing more will be sent.
    func finish() async throws { try await channel.close(mode: .output) }

    func close() async { try? await channel.close() }

    /// Everything received, once `isEnough` says so or the connection has ended; after ten seconds whatever there
    /// is, so that a test that fails does not hang.
    @discardableResult
    func receive(until isEnough: @escaping @Sendable ([UInt8]) -> Bool) async throws -> [UInt8] {
        let reading = self.reading
        try await reading.eventLoop.flatSubmit {
            let promise = reading.eventLoop.makePromise(of: Void.self)
            reading.value.waiting.append((isEnough, promise))
            reading.value.settle()
            let limit = reading.eventLoop.scheduleTask(in: .seconds(10)) { promise.succeed() }
            promise.futureResult.whenComplete { _ in limit.cancel() }
            return promise.futureResult
        }.get()
        return try await received()
    }

    /// Everything received up to the end of the connection.
    @discardableResult
    func receiveToEnd() async throws -> [UInt8] { try await receive { _ in false } }

    /// Everything received so far. The loop is passed through a few times, so that what the system has for this
    /// connection has been read.
    func received() async throws -> [UInt8] {
        for _ in 0..<3 { try await reading.eventLoop.submit {}.get() }
        return try await reading.eventLoop.submit { [reading] in reading.value.received }.get()
    }

    func end() async throws -> End {
        _ = try await received()
        return try await reading.eventLoop.submit { [reading] in reading.value.end }.get()
    }

    func text() async throws -> String { String(decoding: try await received(), as: UTF8.self) }
}

/// How many complete answers with a Content-Length the bytes hold.
@Sendable func answerCount(_ bytes: [UInt8]) -> Int {
    var rest = bytes[...]
    var count = 0
    while let head = headLength(rest) {
        let text = String(decoding: rest.prefix(head), as: UTF8.self).lowercased()
        let length =
            text.split(separator: "content-length: ").dropFirst().first
            .flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
        guard rest.count >= head + length else { break }
        rest = rest.dropFirst(head + length)
        count += 1
    }
    return count
}

private func headLength(_ bytes: ArraySlice<UInt8>) -> Int? {
    let end = Array("\r\n\r\n".utf8)
    guard bytes.count >= end.count else { return nil }
    for index in bytes.startIndex...(bytes.endIndex - end.count)
    where bytes[index..<index + 4].elementsEqual(end) {
        return index + 4 - bytes.startIndex
    }
    return nil
}
