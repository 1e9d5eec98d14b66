import BuildManager
import ContentStore
import FarmModel
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import ManagerService

@Suite("Files from slaves")
struct FileFetcherTests {
    private let scratch: ScratchDirectory
    private var path: String { scratch.path("file") }
    private static let content = "a result"
    private let sum: SHA1Digest

    init() throws {
        scratch = try ScratchDirectory()
        sum = try FileDigester.digest(Array(Self.content.utf8)).sha1
    }

    /// Fetches from a slave that answers the n-th request with the n-th answer, and the last one from then on.
    private func fetch(
        _ answers: [RawSlave.Step]..., settings change: (inout ManagerSettings) -> Void = { _ in },
        expecting: SHA1Digest? = nil
    ) async throws -> (outcome: Result<StoredFile, any Error>, requests: Int) {
        let count = Mutex(0)
        let slave = try await RawSlave.start { _, _ in
            let number = count.withLock { count in
                defer { count += 1 }
                return count
            }
            return answers[min(number, answers.count - 1)]
        }
        var outcome: Result<StoredFile, any Error>?
        try await SlaveClientTests.withClient { settings in
            settings.maximumFileSize = 1 << 20
            settings.downloadAttempts = 3
            change(&settings)
        } _: { clients in
            do {
                outcome = .success(
                    try await clients.files.fetch(
                        sum.description, slave: slave.url, to: path, expecting: expecting ?? sum))
            } catch {
                outcome = .failure(error)
            }
            while slave.openConnections > 0 { try await Task.sleep(for: .milliseconds(2)) }
        }
        await slave.stop()
        #expect(slave.targets.allSatisfy { $0 == "/filecache/\(sum)" })
        return (try #require(outcome), slave.targets.count)
    }

    private func kind(_ outcome: Result<StoredFile, any Error>) -> CallFailure.Kind? {
        guard case .failure(let error) = outcome else { return nil }
        return (error as? CallFailure)?.kind
    }

    private static var good: [RawSlave.Step] { [.send(RawSlave.http(content))] }

    @Test("a file appears under its name with the digests of what came")
    func good() async throws {
        let (outcome, requests) = try await fetch(Self.good)
        #expect(try outcome.get().sha1 == sum)
        #expect(try outcome.get().size == 8)
        #expect(requests == 1)
        #expect(try scratch.read("file") == Array(Self.content.utf8))
        #expect(scratch.names() == ["file"])
    }

    @Test("a file without a length ends with its connection, and its digest is looked at")
    func noLength() async throws {
        let head = Array("HTTP/1.1 200 OK\r\n\r\n".utf8)
        let (outcome, _) = try await fetch([.send(head + Array(Self.content.utf8))])
        #expect(try outcome.get().sha1 == sum)
        let (short, requests) = try await fetch([.send(head + Array("a res".utf8))])
        #expect(kind(short) == .malformed)
        #expect(requests == 3)
    }

    static let bad: [(String, CallFailure.Kind, Int, [RawSlave.Step])] = [
        ("altered", .malformed, 3, [.send(RawSlave.http("A result"))]),
        ("cut", .reset, 3, [.send(RawSlave.http(length: 8, "a res"))]),
        ("cut by a reset", .reset, 3, [.send(RawSlave.http(length: 8, "a res")), .reset]),
        (
            "cut in a chunk", .reset, 3,
            [.send(Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\na res".utf8))]
        ),
        ("longer than announced", .malformed, 3, [.send(RawSlave.http(length: 5, "a result"))]),
        ("not there", .httpStatus, 3, [.send(RawSlave.http("404 Not Found", [], "a result"))]),
        ("elsewhere", .httpStatus, 3, [.send(RawSlave.http("302 Found", ["Location: /x"], "a result"))]),
        ("an error page", .malformed, 3, [.send(RawSlave.http("<html>not found</html>"))]),
        ("empty", .malformed, 3, [.send(RawSlave.http(""))]),
        ("too large", .tooLarge, 1, [.send(RawSlave.http(length: 1 << 21, "a result")), .hang]),
        (
            "without end", .tooLarge, 1,
            [.send(Array("HTTP/1.1 200 OK\r\n\r\n".utf8)), .sendForEver(Array(repeating: 0, count: 65_536))]
        ),
        ("a negative length", .malformed, 3, [.send(RawSlave.http(length: -8, "a result"))]),
    ]

    @Test("a file that is not as announced is refused, and nothing of it stays", arguments: bad.indices)
    func refused(_ index: Int) async throws {
        let (name, kind, attempts, steps) = Self.bad[index]
        let (outcome, requests) = try await fetch(steps)
        #expect(self.kind(outcome) == kind, "\(name): \(outcome)")
        #expect(requests == attempts, "\(name)")
        #expect(scratch.names() == [], "\(name)")
    }

    @Test("a file that stops coming is given up after the gap, one that comes too slowly after the limit")
    func slow() async throws {
        let stopped: [RawSlave.Step] = [.send(RawSlave.http(length: 8, "a res")), .hang]
        let (gap, _) = try await fetch(stopped) { $0.downloadGapTimeout = .milliseconds(50) }
        #expect(kind(gap) == .timedOut, "\(gap)")
        let (whole, _) = try await fetch(stopped) { $0.transferTimeout = .milliseconds(50) }
        #expect(kind(whole) == .timedOut, "\(whole)")
        #expect(scratch.names() == [])
    }

    @Test("a broken attempt is followed by another one")
    func retried() async throws {
        let (outcome, requests) = try await fetch([.reset], [.send(RawSlave.http(length: 8, "a"))], Self.good)
        #expect(try outcome.get().sha1 == sum)
        #expect(requests == 3)
        #expect(scratch.names() == ["file"])
    }

    @Test("what the manager cannot write is not the slave's fault, and is not tried again")
    func ownTrouble() async throws {
        try scratch.write("file.part/in the way", [])
        let (outcome, requests) = try await fetch(Self.good)
        guard case .failure(let error) = outcome else {
            Issue.record("the file was written")
            return
        }
        #expect(error is EdgeFailure, "\(error)")
        #expect(requests == 1)
    }

    @Test("a transfer that is cancelled leaves nothing and lets go of the slave")
    func cancelled() async throws {
        let slave = try await RawSlave.start { _, _ in [.send(RawSlave.http(length: 8, "a res")), .hang] }
        try await SlaveClientTests.withClient { clients in
            let running = Task {
                try await clients.files.fetch(sum.description, slave: slave.url, to: path, expecting: sum)
            }
            while scratch.names().isEmpty { try await Task.sleep(for: .milliseconds(2)) }
            running.cancel()
            await #expect(throws: CancellationError.self) { try await running.value }
            #expect(scratch.names() == [])
            while slave.openConnections > 0 { try await Task.sleep(for: .milliseconds(2)) }
        }
        #expect(slave.targets.count == 1)
        await slave.stop()
    }
}

@Suite("Slots for transfers")
struct TransferSlotsTests {
    /// Transfers that go on until they are told to end.
    private actor Transfers {
        private(set) var running: [String] = []
        private var ends: [(name: String, turn: CheckedContinuation<Void, Never>)] = []

        func run(_ name: String) async {
            running.append(name)
            await withCheckedContinuation { ends.append((name, $0)) }
        }

        func end(_ name: String) {
            guard let index = ends.firstIndex(where: { $0.name == name }) else { return }
            running.removeAll { $0 == name }
            ends.remove(at: index).turn.resume()
        }

        func wait(for names: [String]) async throws {
            while running.sorted() != names.sorted() { try await Task.sleep(for: .milliseconds(1)) }
        }
    }

    @Test("every slave has one transfer, however many slots others hold")
    func oneEach() async throws {
        let slots = TransferSlots(2)
        let transfers = Transfers()
        try await withThrowingTaskGroup(of: Void.self) { group in
            func begin(_ slave: String, _ name: String) {
                group.addTask { try await slots.withSlot(for: slave) { await transfers.run(name) } }
            }
            // Alice takes her own and both slots, one at a time, so that the order is certain.
            var expected: [String] = []
            for name in ["alice 1", "alice 2", "alice 3"] {
                begin("alice", name)
                expected.append(name)
                try await transfers.wait(for: expected)
            }
            begin("alice", "alice 4")
            begin("bob", "bob 1")
            try await transfers.wait(for: expected + ["bob 1"])
            begin("bob", "bob 2")
            // Bob's own transfer ends, and his other one may begin, although all slots are taken.
            await transfers.end("bob 1")
            try await transfers.wait(for: expected + ["bob 2"])
            await transfers.end("alice 2")
            try await transfers.wait(for: ["alice 1", "alice 3", "alice 4", "bob 2"])
            for name in await transfers.running { await transfers.end(name) }
            try await group.waitForAll()
        }
        // All slots are free again.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...3 {
                group.addTask {
                    try await slots.withSlot(for: "carol") { await transfers.run("carol \(number)") }
                }
            }
            try await transfers.wait(for: ["carol 1", "carol 2", "carol 3"])
            for number in 1...3 { await transfers.end("carol \(number)") }
            try await group.waitForAll()
        }
    }

    @Test("who is cancelled while waiting gives up the turn")
    func cancelled() async throws {
        let slots = TransferSlots(0)
        let transfers = Transfers()
        let first = Task { try await slots.withSlot(for: "alice") { await transfers.run("first") } }
        try await transfers.wait(for: ["first"])
        let second = Task { try await slots.withSlot(for: "alice") { await transfers.run("second") } }
        let third = Task { try await slots.withSlot(for: "alice") { await transfers.run("third") } }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        await transfers.end("first")
        try await first.value
        try await transfers.wait(for: ["third"])
        await transfers.end("third")
        try await third.value
    }
}
