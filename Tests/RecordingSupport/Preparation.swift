import BuilddProtocol
package import FarmModel
package import MockSlave
import OrderedCollections
import XMLRPC

/// A slave in the state that an exchange names, and what its surroundings must know.
package struct PreparedSlave: Sendable {
    package var slave: MockSlave
    /// The slave's time. The next events may come at this very time: the recordings' clock stands still.
    package var now: Instant
    /// The files that the content store must hold.
    package var contents: [SHA1Digest: [UInt8]]
    /// What builds do that begin from now on.
    package var script: @Sendable (BuildOrder) -> BuildScript
    /// How fetches end that begin from now on.
    package var fetchOutcome: @Sendable (FetchRequest) -> FetchOutcome
}

/// Leads a slave, event by event, into a state.
struct Preparation {
    private(set) var slave: MockSlave
    private(set) var now = RecordedFixtures.now
    private(set) var contents: [SHA1Digest: [UInt8]] = [:]
    /// What the next build does.
    var script: BuildScript
    private var lastCall: UInt64 = 0

    init(_ exchange: RecordedExchange) throws {
        guard let name = BuilderName("builder") else { throw RecordingError("no such name") }
        let dialect = exchange.daemon.dialect
        var configuration = SlaveConfiguration(
            name: name, dialect: dialect, architectureTag: dialect == .release2010 ? "i386" : "amd64")
        // Everything happens within one second, which is all that shows in the recordings.
        configuration.stepDuration = .zero
        configuration.abortTimeout = .milliseconds(100)
        configuration.terminationGrace = .milliseconds(100)
        configuration.outsideFiles = ["/etc/passwd", "/home/buildd/buildd.conf"]
        if dialect == .release2010 { configuration.programs = "/usr/share/launchpad-buildd/bin2010" }
        slave = MockSlave(configuration, at: now)
        script = dialect == .release2010 ? RecordedScripts.oldRunning : RecordedScripts.running
        for bytes in RecordedFixtures.cached(for: exchange) { try cache(bytes) }
        for file in RecordedFixtures.oddFiles(for: exchange) { handle(.addToCache(file)) }
    }

    var prepared: PreparedSlave {
        let script = script
        return PreparedSlave(
            slave: slave, now: now, contents: contents, script: { _ in script },
            fetchOutcome: { RecordedLibrarian.outcome(of: $0) })
    }

    /// Puts a file into the cache under its sum.
    mutating func cache(_ bytes: [UInt8]) throws {
        guard let sum = RecordedFixtures.sum(of: bytes) else { throw RecordingError("no digest") }
        contents[sum] = bytes
        handle(
            .addToCache(
                CachedFile(sum: sum, size: Int64(bytes.count), modified: RecordedFixtures.modified)))
    }

    /// Lets time pass; never so much that another second begins.
    mutating func pass(_ duration: Duration) {
        now = now + duration
        handle(.wake)
    }

    @discardableResult
    mutating func handle(_ event: SlaveEvent) -> [SlaveReaction] {
        let script = script
        return slave.handle(event, at: now, script: { _ in script })
    }

    /// Makes a call and answers the fetch that it may lead to.
    @discardableResult
    mutating func send(_ call: XMLRPCCall) throws -> XMLRPCResponse {
        lastCall += 1
        let id = CallID(lastCall)
        var reactions = handle(.call(id, call, effects: []))
        for case .fetch(let fetch, let request) in reactions {
            if let bytes = RecordedLibrarian.contents(of: request), let sum = RecordedFixtures.sum(of: bytes)
            {
                contents[sum] = bytes
            }
            reactions += handle(.fetched(fetch, RecordedLibrarian.outcome(of: request)))
        }
        for case .answer(id, .response(let response)) in reactions { return response }
        throw RecordingError("no answer to \(call.method)")
    }

    /// Makes a call that must succeed.
    mutating func expect(_ call: XMLRPCCall) throws {
        guard case .success = try send(call) else { throw RecordingError("\(call.method) was refused") }
    }

    /// Makes a call that must be answered by a fault.
    mutating func expectFault(_ call: XMLRPCCall) throws {
        guard case .fault = try send(call) else { throw RecordingError("\(call.method) was not refused") }
    }

    /// Starts a build.
    mutating func start(_ call: XMLRPCCall, _ script: BuildScript) throws {
        let next = self.script
        self.script = script
        try expect(call)
        self.script = next
    }
}

/// Calls as the recordings have them.
enum RecordedCalls {
    /// The call of a recorded exchange.
    static func call(_ id: String) throws -> XMLRPCCall {
        guard let call = try Recordings.exchange(id).rpc?.call else {
            throw RecordingError("'\(id)' is no call")
        }
        return call
    }

    /// A `build` call like the recorded one of `model`, with another id, type or arguments.
    ///
    /// - Parameter changes: arguments to set; nil removes one.
    static func build(
        _ id: String, like model: String = "build/ok", type: String? = nil,
        changes: KeyValuePairs<String, XMLRPCValue?> = [:]
    ) throws -> XMLRPCCall {
        var call = try call(model)
        guard call.parameters.count == 5, var arguments = call.parameters[4].structValue else {
            throw RecordingError("'\(model)' is no build")
        }
        call.parameters[0] = .string(id)
        if let type { call.parameters[1] = .string(type) }
        for (name, value) in changes { arguments[name] = value }
        call.parameters[4] = .structure(arguments)
        return call
    }

    static func ensurePresent(_ sum: String, url: String?) -> XMLRPCCall {
        XMLRPCCall(.ensurePresent, [.string(sum), url.map { .string($0) } ?? .nil, "", ""])
    }
}
