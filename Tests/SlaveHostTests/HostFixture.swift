import ContentStore
import FarmModel
import Glibc
import MockSlave
import Synchronization
import TestSupport
import Testing

@testable import SlaveHost

/// A slave host with its store, stopped and removed by `withHost`.
struct HostFixture: Sendable {
    let host: SlaveHost
    let store: ContentStore
    let scratch: ScratchDirectory
    let log: EntryLog

    /// Journal entries, for tests to look at.
    final class EntryLog: Sendable {
        private let kept = Mutex<[JournalEntry]>([])
        var sink: JournalSink { { entry in self.kept.withLock { $0.append(entry) } } }
        var entries: [JournalEntry] { kept.withLock { $0 } }

        /// Waits until an entry is there.
        func wait(for isWanted: (JournalEntry) -> Bool) async throws -> JournalEntry {
            while true {
                if let entry = entries.first(where: isWanted) { return entry }
                try await Task.sleep(for: .milliseconds(2))
            }
        }
    }

    /// A slave that listens on a port chosen by the system.
    static func slave(
        _ name: String = "bob", dialect: SlaveDialect = .current, faults: (any SlaveFaultSource)? = nil,
        prepare: (inout MockSlave) -> Void = { _ in }
    ) throws -> HostedSlave {
        let name = try #require(BuilderName(name))
        var slave = MockSlave(SlaveConfiguration(name: name, dialect: dialect), at: .systemTime)
        prepare(&slave)
        return HostedSlave(slave, address: .ephemeral, faults: faults)
    }

    /// - Parameter change: adjusts the options; the second argument is a scratch directory.
    static func withHost<Result>(
        _ change: (inout SlaveHost.Options, String) -> Void = { _, _ in },
        _ body: (HostFixture) async throws -> Result
    ) async throws -> Result {
        let scratch = try ScratchDirectory()
        let store = try ContentStore.open(
            directory: scratch.path + "/store", options: .init(waitsForDisk: false))
        let log = EntryLog()
        var options = SlaveHost.Options()
        options.journal = log.sink
        change(&options, scratch.path)
        let host = SlaveHost(store: store, options: options)
        let fixture = HostFixture(host: host, store: store, scratch: scratch, log: log)
        do {
            let result = try await body(fixture)
            await host.shutdown()
            return result
        } catch {
            await host.shutdown()
            throw error
        }
    }

    /// Starts one slave and connects to it.
    func connect(to slave: HostedSlave) async throws -> RawClient {
        let listing = try #require(await host.start([slave]).first)
        return try await RawClient.connect(listing.host, listing.port)
    }
}

/// A POST of an XML-RPC call.
func call(_ method: String, _ parameters: String = "") -> String {
    let body =
        "<?xml version='1.0'?>\n<methodCall>\n<methodName>\(method)</methodName>\n<params>\n\(parameters)"
        + "</params>\n</methodCall>\n"
    return "POST /rpc HTTP/1.1\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
}

func get(_ path: String, _ headers: String...) -> String {
    (["GET \(path) HTTP/1.1"] + headers + ["", ""]).joined(separator: "\r\n")
}

/// A port that nobody listens on, on any address. It lies below those that the system gives to others by itself, so
/// that it stays free.
func freePort() throws -> Int {
    while true {
        let port = Int.random(in: 20_000..<32_000)
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, length) }
        }
        if result == 0 { return port }
        try #require(errno == EADDRINUSE)
    }
}
