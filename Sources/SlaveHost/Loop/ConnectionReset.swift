import Glibc
import NIOCore

/// Ends connections by RST: the socket is closed with a linger time of zero.
enum ConnectionReset {
    /// How often, and for how long at most, the other side is waited for.
    private static let interval = TimeAmount.milliseconds(2)
    private static let attempts = 500

    /// Resets a connection; what has not been sent yet is lost.
    static func now(_ context: ChannelHandlerContext) {
        guard let socket = context.channel as? any SocketOptionProvider else {
            return context.close(promise: nil)
        }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in
            bound.value.close(promise: nil)
        }
    }

    /// Resets a connection once the other side's system has taken what was sent, at most a second later. A reset
    /// discards what still waits to be sent, so that the place of the cut would else be a matter of luck.
    static func whenTaken(_ context: ChannelHandlerContext, attempt: Int = 0) {
        guard attempt < attempts, let socket = context.channel as? any SocketOptionProvider else {
            return now(context)
        }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        socket.getTCPInfo().whenComplete { result in
            guard case .success(let info) = result, info.tcpi_unacked > 0 else { return now(bound.value) }
            bound.eventLoop.scheduleTask(in: interval) { whenTaken(bound.value, attempt: attempt + 1) }
        }
    }
}
