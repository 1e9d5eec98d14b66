import AsyncHTTPClient
import ContentStore
import FarmModel
import Librarian
import NIOCore
import Synchronization
import TestSupport

/// A librarian on a port of its own, with a store and a catalogue that a test fills.
final class LibrarianFixture: Sendable {
    let scratch: ScratchDirectory
    let store: ContentStore
    let kept = Mutex<[SHA1Digest: LibraryVisibility]>([:])
    let clock = Mutex(Instant(seconds: 1_000))
    let port: Int

    private init(_ scratch: ScratchDirectory, _ store: ContentStore, port: Int) {
        self.scratch = scratch
        self.store = store
        self.port = port
    }

    /// Runs a librarian for as long as `body` runs.
    static func run(
        options: LibrarianOptions = .init(), _ body: (LibrarianFixture) async throws -> Void
    ) async throws {
        let scratch = try ScratchDirectory()
        let store = try ContentStore.open(
            directory: scratch.path("content"), options: .init(waitsForDisk: false))
        let holder = Mutex<LibrarianFixture?>(nil)
        let librarian = Librarian(
            store: store,
            access: VisibilityAccess { sum in
                holder.withLock { $0 }?.kept.withLock { $0[sum] } ?? .unknown
            },
            options: options, now: { holder.withLock { $0 }?.clock.withLock { $0 } ?? .epoch })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await librarian.run() }
            let fixture = try await LibrarianFixture(scratch, store, port: librarian.port)
            holder.withLock { $0 = fixture }
            try await body(fixture)
            group.cancelAll()
            while let outcome = await group.nextResult() {
                if case .failure(let error) = outcome, !(error is CancellationError) { throw error }
            }
        }
    }

    func keep(_ bytes: [UInt8], as visibility: LibraryVisibility) throws -> SHA1Digest {
        let sum = try store.insert(bytes: bytes).sha1
        kept.withLock { $0[sum] = visibility }
        return sum
    }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

    /// Sends one request and gives status, headers and body.
    func send(
        _ method: String = "GET", _ path: String, _ headers: [(String, String)] = []
    ) async throws -> (status: Int, headers: [String: String], body: [UInt8]) {
        var request = HTTPClientRequest(url: url(path))
        request.method = .init(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let body = try await response.body.collect(upTo: 1 << 26)
        let fields = response.headers.reduce(into: [String: String]()) { $0[$1.name.lowercased()] = $1.value }
        return (Int(response.status.code), fields, Array(body.readableBytesView))
    }

    /// The header of somebody who presents this name and secret.
    static func basic(_ user: String, _ secret: String) -> [(String, String)] {
        [("Authorization", "Basic " + base64("\(user):\(secret)"))]
    }

    private static func base64(_ text: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var result = ""
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let word = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for index in 0..<4 {
                result.append(index <= group.count ? alphabet[word >> (18 - 6 * index) & 63] : "=")
            }
        }
        return result
    }
}
