import FarmModel
import NIOCore

/// A slave as seen from outside its event loop.
struct SlaveHandle: Sendable {
    let name: BuilderName
    let vmHost: String?
    let host: String
    let port: Int
    let runtime: NIOLoopBound<SlaveRuntime>
    /// Nil for a slave behind the shared listener.
    let listener: NIOLoopBound<SlaveListener>?

    /// Does something with the slave on its loop.
    @discardableResult
    func run<Result: Sendable>(_ body: @escaping @Sendable (SlaveRuntime) throws -> Result) async throws
        -> Result
    {
        try await runtime.eventLoop.submit { try body(runtime.value) }.get()
    }

    /// Waits until the listener is as wanted.
    func settled() async throws {
        guard let listener else { return }
        try await listener.eventLoop.flatSubmit { listener.value.settled() }.get()
    }

    func listing() async -> SlaveListing {
        var port = port
        if let listener {
            port = (try? await listener.eventLoop.submit { listener.value.port }.get()) ?? port
        }
        return SlaveListing(name: name, vmHost: vmHost, host: host, port: port)
    }
}
