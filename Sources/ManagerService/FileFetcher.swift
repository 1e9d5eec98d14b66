package import AsyncHTTPClient
package import BuildManager
package import ContentStore
package import FarmModel
import NIOCore
import NIOHTTP1

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

    /// Fetches `/filecache/NAME` of a slave to `path`; up to the configured attempts.
    ///
    /// The file appears under its name only when complete: with the length the slave announced, and with the
    /// digest expected.
    ///
    /// - Parameters:
    ///   - temporary: where the file grows, on the same file system; nil: beside `path`.
    ///   - expected: nil for the build log, whose digest nobody announces.
    /// - Throws: `CallFailure` when the slave did not send the file as it should have, `EdgeFailure` when the
    ///   manager could not write it. Nothing is left of it then.
    package func fetch(
        _ name: String, slave url: String, to path: String, growingAt temporary: String? = nil,
        expecting expected: SHA1Digest?
    ) async throws -> StoredFile {
        try await slots.withSlot(for: url) {
            var failure = CallFailure(.other, "no attempt was allowed")
            for _ in 0..<max(settings.downloadAttempts, 1) {
                try Task.checkCancellation()
                do {
                    return try await withTimeLimit(settings.transferTimeout) {
                        try await attempt(
                            name, slave: url, to: path, growingAt: temporary ?? path + ".part",
                            expecting: expected)
                    }
                } catch let trouble as EdgeFailure {
                    throw trouble
                } catch {
                    failure = CallFailure(error)
                }
                // It would be as large the next time.
                if failure.kind == .tooLarge { break }
            }
            try Task.checkCancellation()
            throw failure
        }
    }

    private func attempt(
        _ name: String, slave url: String, to path: String, growingAt temporary: String,
        expecting expected: SHA1Digest?
    ) async throws -> StoredFile {
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
        let writer = try await onDisk {
            unlinkIfPresent(temporary)
            return try HashingFileWriter(creating: temporary, limit: settings.maximumFileSize)
        }
        do {
            for try await chunk in response.body {
                try await onDisk { try chunk.withUnsafeReadableBytes { try writer.write(bytes: $0) } }
            }
            let file = try await onDisk { try writer.finish(waitsForDisk: true) }
            if let announced, announced != file.size {
                throw CallFailure(.reset, "\(file.size) of \(announced) bytes came")
            }
            if let expected, file.sha1 != expected {
                throw CallFailure(.malformed, "the slave announced SHA-1 \(expected) but sent \(file.sha1)")
            }
            try await onDisk { try move(temporary, to: path) }
            return file
        } catch {
            writer.abandon()
            unlinkIfPresent(temporary)
            throw error
        }
    }

    /// Does something with the disk, away from the threads that scans run on.
    ///
    /// - Throws: `CallFailure` for a file that is too large, `EdgeFailure` for all else: a full disk is not the
    ///   slave's fault.
    private func onDisk<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws
        -> Result
    {
        do {
            return try await onFileThread(body)
        } catch let error as ContentStoreError where error.code == .tooLarge {
            throw CallFailure(.tooLarge, "more than \(settings.maximumFileSize) bytes came")
        } catch let error as CancellationError {
            throw error
        } catch {
            throw EdgeFailure("\(error)")
        }
    }
}
