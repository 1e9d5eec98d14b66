package import AsyncHTTPClient
package import BuildManager
package import ContentStore
package import FarmModel
import NIOCore
import NIOHTTP1
import NIOPosix

/// Fetches result files and logs from slaves: streamed to disk, digested on the way, complete or not at all
/// (invariant 37).
package struct FileFetcher: Sendable {
    /// A client whose reads time out when nothing comes for the slave's call limit.
    let http: HTTPClient
    let settings: ManagerSettings
    /// Bounds the transfers of the whole manager.
    let slots: TransferSlots

    /// - Parameter http: a client with a read time-out.
    package init(http: HTTPClient, settings: ManagerSettings) {
        self.http = http
        self.settings = settings
        slots = TransferSlots(settings.concurrentDownloads)
    }

    /// Fetches `/filecache/NAME` of a slave to `path`, which must not exist; up to the configured attempts.
    ///
    /// The file appears under its name only when complete: with the length the slave announced, and with the
    /// digest expected.
    ///
    /// - Parameter expected: nil for the build log, whose digest nobody announces.
    /// - Throws: `EdgeFailure` saying which file and why; nothing is left at `path` then.
    package func fetch(_ name: String, slave url: String, to path: String, expecting expected: SHA1Digest?) async throws
        -> StoredFile
    {
        try await slots.withSlot {
            var lastError: any Error = EdgeFailure("no attempt was allowed")
            for _ in 0..<max(settings.downloadAttempts, 1) {
                do {
                    return try await withTimeLimit(settings.transferTimeout) {
                        try await attempt(name, slave: url, to: path, expecting: expected)
                    }
                } catch is CancellationError {
                    throw CancellationError()
                } catch {
                    lastError = error
                }
            }
            throw EdgeFailure("\(name): \(CallFailure(lastError).message)")
        }
    }

    private func attempt(_ name: String, slave url: String, to path: String, expecting expected: SHA1Digest?)
        async throws -> StoredFile
    {
        var request = HTTPClientRequest(url: url + "/filecache/" + name)
        request.headers.add(name: "User-Agent", value: "baikonur")
        if !settings.keepsConnections { request.headers.add(name: "Connection", value: "close") }
        let response = try await http.execute(request, deadline: .distantFuture)
        guard response.status == .ok else {
            throw CallFailure(.httpStatus, "the slave answered HTTP \(response.status.code)")
        }
        let announced = response.headers.first(name: "Content-Length").flatMap { Int64($0) }
        if let announced, announced > settings.maximumFileSize {
            throw CallFailure(
                .tooLarge, "\(announced) bytes announced; at most \(settings.maximumFileSize) are taken")
        }
        let temporary = path + ".part"
        let pool = NIOThreadPool.singleton
        let writer = try await pool.runIfActive {
            unlinkIfPresent(temporary)
            return try HashingFileWriter(creating: temporary, limit: settings.maximumFileSize)
        }
        do {
            for try await chunk in response.body {
                try await pool.runIfActive {
                    try chunk.withUnsafeReadableBytes { try writer.write(bytes: $0) }
                }
            }
            return try await pool.runIfActive { () -> StoredFile in
                let file = try writer.finish(waitsForDisk: true)
                if let announced, announced != file.size {
                    throw CallFailure(.reset, "\(file.size) of \(announced) bytes came")
                }
                if let expected, file.sha1 != expected {
                    throw CallFailure(.malformed, "the slave announced SHA-1 \(expected) but sent \(file.sha1)")
                }
                guard rename(temporary, path) == 0 else {
                    throw EdgeFailure("cannot rename \(temporary): \(errorText())")
                }
                return file
            }
        } catch {
            writer.abandon()
            unlinkIfPresent(temporary)
            throw error
        }
    }
}

/// At most so many transfers at a time; the others wait their turn.
actor TransferSlots {
    private var free: Int
    private var waiting: [(id: Int, turn: CheckedContinuation<Void, any Error>)] = []
    private var nextID = 0

    init(_ count: Int) { free = max(count, 1) }

    nonisolated func withSlot<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws -> Result {
        try await acquire()
        do {
            let result = try await body()
            await release()
            return result
        } catch {
            await release()
            throw error
        }
    }

    private func acquire() async throws {
        if free > 0 {
            free -= 1
            return
        }
        nextID += 1
        let id = nextID
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (turn: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled {
                    turn.resume(throwing: CancellationError())
                } else {
                    waiting.append((id, turn))
                }
            }
        } onCancel: {
            Task { await self.giveUp(id) }
        }
    }

    private func giveUp(_ id: Int) {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
        waiting.remove(at: index).turn.resume(throwing: CancellationError())
    }

    private func release() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().turn.resume()
        }
    }
}
