import ContentStore
import FarmModel
import Glibc
import MockSlave
import NIOCore
import SlaveHTTP

/// One connection to a slave: a channel handler that carries out what `HTTPServerConnection` decides, and sends
/// answers with the faults in them.
final class SlaveConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = IOData

    let slave: SlaveRuntime
    /// The scripted faults of this connection; they act on every answer.
    var effects: [FaultEffect] = []
    /// The request that the slave has not answered yet.
    var openCall: CallID?
    private var http: HTTPServerConnection
    private var request: HTTPRequest?
    /// Whether an answer is on its way that will really come.
    var isAnswering: Bool { request != nil && !isMute }
    private var isMute = false
    private var context: ChannelHandlerContext?
    private var actions: [HTTPServerConnection.Action] = []
    private var isPerforming = false
    private var isReadingPaused = false
    private var idleTimer: Scheduled<Void>?
    private var delayTimer: Scheduled<Void>?

    init(slave: SlaveRuntime) {
        self.slave = slave
        http = HTTPServerConnection(
            release: slave.site.release, limits: slave.services.configuration.connectionLimits, at: slave.now)
    }

    var peer: String { context?.remoteAddress?.description ?? "nobody" }

    // MARK: The channel

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        slave.connected(self)
        watchIdleness()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        perform(http.receive(unwrapInboundIn(data).readableBytesView, at: slave.now))
    }

    func channelReadComplete(context: ChannelHandlerContext) { adjustReading() }

    func channelWritabilityChanged(context: ChannelHandlerContext) { adjustReading() }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        http.peerClosed()
        idleTimer?.cancel()
        delayTimer?.cancel()
        slave.disconnected(self)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A peer that resets its connection is an everyday matter.
        context.close(promise: nil)
    }

    /// Reads on only while the client takes its answers and the daemon would read.
    private func adjustReading() {
        guard let context, !http.isClosed else { return }
        let pauses = !http.wantsInput || !context.channel.isWritable
        guard pauses != isReadingPaused else { return }
        isReadingPaused = pauses
        _ = context.channel.setOption(.autoRead, value: !pauses)
    }

    // MARK: What HTTP decides

    /// Carries actions out in order. An answer given meanwhile brings more of them, which come after.
    private func perform(_ more: [HTTPServerConnection.Action]) {
        actions += more
        guard !isPerforming else { return }
        isPerforming = true
        var next = 0
        while next < actions.count {
            let action = actions[next]
            next += 1
            switch action {
            case .send(let bytes): write(.bytes(bytes))
            case .close: close()
            case .handle(let request):
                self.request = request
                slave.received(request, on: self)
            }
        }
        actions.removeAll(keepingCapacity: true)
        isPerforming = false
        context?.flush()
    }

    /// Sends the answer to the request at hand, as the faults have left it.
    ///
    /// - Parameter file: the file that pieces of the answer's body are taken from.
    func deliver(_ delivery: AnswerDelivery, file: CachedFile?) {
        guard let context, request != nil else { return }
        guard !delivery.isWithheld else {
            isMute = true
            return
        }
        guard delivery.delay > .zero else { return send(delivery, file: file) }
        delayTimer = context.eventLoop.assumeIsolated()
            .scheduleTask(in: .nanoseconds(delivery.delay.wholeNanoseconds)) { [self] in
                delayTimer = nil
                send(delivery, file: file)
                self.context?.flush()
            }
    }

    private func send(_ delivery: AnswerDelivery, file: CachedFile?) {
        guard let context, let request else { return }
        if delivery.cut == .resetBeforeAnswer { return reset() }
        var source: FileSource?
        if let file {
            do {
                source = try FileSource(file, store: slave.services.store)
            } catch {
                // The content store has lost the file: to the client it is not there.
                var delivery = delivery
                var none = SystemRandomNumberGenerator()
                delivery.answer = slave.site.answer(
                    file: nil, for: FileRequest(name: file.name, method: request.method), random: &none)
                return send(delivery, file: nil)
            }
        }
        var buffer = context.channel.allocator.buffer(capacity: 512)
        var head: [UInt8] = []
        head.reserveCapacity(256)
        slave.writeHead(delivery.answer, to: request, into: &head)
        buffer.writeBytes(head)
        let hasBody = !request.method.elementsEqual("HEAD".utf8)
        let pieces = hasBody ? delivery.pieces(fileSize: file?.size ?? 0) : []
        var last: EventLoopFuture<Void>?
        for piece in pieces {
            if case .bytes(let bytes) = piece {
                buffer.writeBytes(bytes)
                continue
            }
            guard let source else { continue }
            if buffer.readableBytes > 0 { write(.byteBuffer(buffer)) }
            buffer.clear()
            last = source.write(piece) { write(.data($0)) }
        }
        if let cut = delivery.cut {
            let promise = context.eventLoop.makePromise(of: Void.self)
            context.writeAndFlush(wrapOutboundOut(.byteBuffer(buffer)), promise: promise)
            end(cut, after: promise.futureResult)
        } else if let last, delivery.answer.isFile {
            if buffer.readableBytes > 0 { write(.byteBuffer(buffer)) }
            context.flush()
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            last.whenSuccess { bound.value.answerSent(asFile: true) }
        } else {
            write(.byteBuffer(buffer))
            answerSent(asFile: delivery.answer.isFile)
        }
    }

    private func answerSent(asFile: Bool) {
        request = nil
        perform(http.answerSent(asFile: asFile, at: slave.now))
        adjustReading()
    }

    private enum Outgoing {
        case bytes([UInt8])
        case byteBuffer(ByteBuffer)
        case data(IOData)
    }

    @discardableResult
    private func write(_ outgoing: Outgoing) -> EventLoopFuture<Void>? {
        guard let context else { return nil }
        switch outgoing {
        case .bytes(let bytes):
            context.write(
                wrapOutboundOut(.byteBuffer(context.channel.allocator.buffer(bytes: bytes))), promise: nil)
        case .byteBuffer(let buffer):
            context.write(wrapOutboundOut(.byteBuffer(buffer)), promise: nil)
        case .data(let data):
            return context.write(wrapOutboundOut(data))
        }
        return nil
    }

    // MARK: Ends

    /// Closes once everything has been sent.
    func close() {
        guard let context else { return }
        let promise = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(.byteBuffer(ByteBuffer())), promise: promise)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        promise.futureResult.whenComplete { _ in bound.value.close(promise: nil) }
    }

    /// Closes now; what has not been sent yet is lost.
    func hangUp() { context?.close(promise: nil) }

    /// Resets the connection now.
    func reset() {
        guard let context else { return }
        ConnectionReset.now(context)
    }

    private func end(_ cut: AnswerDelivery.Cut, after sent: EventLoopFuture<Void>) {
        guard let context else { return }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        sent.whenComplete { _ in
            if cut.isReset {
                ConnectionReset.whenTaken(bound.value)
            } else {
                bound.value.close(promise: nil)
            }
        }
    }

    // MARK: Idleness

    /// Closes the connection if its time is up.
    func timePassed() { perform(http.passTime(at: slave.now)) }

    /// One timer at a time: it is set again when it goes off, not with every byte.
    private func watchIdleness() {
        guard let context else { return }
        let wait =
            http.nextDeadline.map { ($0 - slave.now).wholeNanoseconds }
            ?? slave.site.release.idleTime.wholeNanoseconds
        idleTimer = context.eventLoop.assumeIsolated()
            .scheduleTask(in: .nanoseconds(max(wait, 1_000_000))) { [self] in
                timePassed()
                if !http.isClosed { watchIdleness() }
            }
    }
}
