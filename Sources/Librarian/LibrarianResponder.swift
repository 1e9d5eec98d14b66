import ContentStore
import FarmModel
import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOPosix

/// Answers one request: `GET` or `HEAD` of `/SHA1` or `/SHA1/NAME`. The name is decoration.
struct LibrarianResponder: HTTPResponder {
    let store: ContentStore
    let access: any LibrarianAccess
    let options: LibrarianOptions
    let logger: Logger
    let now: @Sendable () -> Instant

    struct Context: InitializableFromSource {
        let channel: any Channel
        init(source: ApplicationRequestContextSource) { channel = source.channel }
    }

    func respond(to request: Request, context: Context) async throws -> Response {
        guard request.method == .get || request.method == .head else {
            return plain(.methodNotAllowed, "only GET and HEAD", [.allow: "GET, HEAD"])
        }
        guard let sum = Self.sum(inPath: request.uri.path) else { return notFound }
        let credentials = request.headers[.authorization].flatMap(BasicCredentials.init(authorization:))
        let decision: LibrarianDecision
        do {
            decision = try await access.decide(on: sum, for: credentials, at: now())
        } catch {
            logger.error("cannot decide on \(sum): \(error)")
            return plain(.internalServerError, "the librarian's records cannot be read")
        }
        switch decision {
        case .unknown: return notFound
        case .denied:
            logger.notice("\(sum) refused: \(credentials == nil ? "no" : "wrong or expired") credentials")
            return plain(.unauthorized, "credentials needed", [.wwwAuthenticate: #"Basic realm="librarian""#])
        case .open, .admitted:
            return try await serve(sum, isPublic: decision == .open, to: request, context)
        }
    }

    private func serve(
        _ sum: SHA1Digest, isPublic: Bool, to request: Request, _ context: Context
    ) async throws -> Response {
        let store = store
        let file: OwnedDescriptor
        let size: Int64
        do {
            (file, size) = try await NIOThreadPool.singleton.runIfActive {
                let file = try store.openFile(sum)
                return (file, Int64(try file.status().st_size))
            }
        } catch let error as ContentStoreError where error.code == .notFound {
            logger.error("\(sum) is known but not in the store")
            return notFound
        } catch {
            logger.error("cannot open \(sum): \(error)")
            return plain(.internalServerError, "the file cannot be read")
        }

        let tag = "\"\(sum)\""
        var headers: HTTPFields = [.eTag: tag, .acceptRanges: "bytes"]
        // A name is bound to its content for good, so whoever may keep it may keep it for a year.
        headers[.cacheControl] = isPublic ? "public, max-age=31536000, immutable" : "private, no-store"
        if let known = request.headers[.ifNoneMatch], Self.matches(known, tag) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = "application/octet-stream"
        headers[.xContentTypeOptions] = "nosniff"

        // A range of another version than the reader's is of no use to it.
        let isRangeWanted = request.headers[.ifRange].map { $0 == tag } ?? true
        let range = ByteRange(header: isRangeWanted ? request.headers[.range] : nil, size: size)
        let part: Range<Int64>
        let status: HTTPResponse.Status
        switch range {
        case .unsatisfiable:
            return plain(
                .rangeNotSatisfiable, "the file has \(size) bytes", [.contentRange: "bytes */\(size)"])
        case .whole:
            (part, status) = (0..<size, .ok)
        case .part(let range):
            (part, status) = (range, .partialContent)
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
        }
        headers[.contentLength] = String(part.count)
        let body = request.method == .head ? ResponseBody() : stream(file, part, context.channel)
        return Response(status: status, headers: headers, body: body)
    }

    /// Reads ahead by one piece at most, and only as fast as the reader takes it.
    private func stream(_ file: OwnedDescriptor, _ part: Range<Int64>, _ channel: any Channel) -> ResponseBody
    {
        let options = options
        return ResponseBody(contentLength: part.count) { writer in
            var offset = part.lowerBound
            while offset < part.upperBound {
                let count = Int(min(Int64(options.chunkSize), part.upperBound - offset))
                let position = offset
                let piece = try await NIOThreadPool.singleton.runIfActive {
                    var buffer = ByteBufferAllocator().buffer(capacity: count)
                    try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { space in
                        try file.read(
                            into: UnsafeMutableRawBufferPointer(rebasing: space[..<count]), at: position)
                    }
                    return buffer
                }
                guard piece.readableBytes == count else {
                    throw ContentStoreError(
                        .changedWhileRead, "\(file.path) became shorter while it was served")
                }
                let alarm = channel.eventLoop.scheduleTask(in: TimeAmount(options.stallTimeout)) {
                    channel.close(promise: nil)
                }
                defer { alarm.cancel() }
                try await writer.write(piece)
                offset += Int64(count)
            }
            try await writer.finish(nil)
        }
    }

    private var notFound: Response { plain(.notFound, "no such file") }

    private func plain(
        _ status: HTTPResponse.Status, _ text: String, _ headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = "text/plain; charset=utf-8"
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text + "\n")))
    }

    static func sum(inPath path: String) -> SHA1Digest? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, parts[0].isEmpty else { return nil }
        return SHA1Digest(parts[1])
    }

    /// Whether an `If-None-Match` header names the tag; weak comparison (RFC 9110, section 13.1.2).
    static func matches(_ header: String, _ tag: String) -> Bool {
        header.split(separator: ",").contains { item in
            let item = item.trimmingCharacters(in: .whitespaces)
            return item == "*" || item == tag || item == "W/" + tag
        }
    }
}
