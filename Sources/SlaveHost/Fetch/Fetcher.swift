import AsyncHTTPClient
import ContentStore
import FarmModel
import MockSlave
import NIOCore
import NIOPosix

/// Fetches files for `ensurepresent`, into the content store that all slaves share (protocol spec 11).
///
/// What goes wrong is told in the words of the real slave, which are those of Python's `urllib`. Nothing here
/// logs: requests hold credentials.
final class Fetcher: Sendable {
    let configuration: FetchConfiguration
    let store: ContentStore
    let threads: NIOThreadPool
    let group: any EventLoopGroup
    private let client: HTTPClient

    init(
        _ configuration: FetchConfiguration, store: ContentStore, threads: NIOThreadPool,
        group: any EventLoopGroup
    ) {
        self.configuration = configuration
        self.store = store
        self.threads = threads
        self.group = group
        var settings = HTTPClient.Configuration()
        // Redirects are followed here, because credentials must not follow them to other servers.
        settings.redirectConfiguration = .disallow
        settings.timeout = .init(
            connect: .nanoseconds(configuration.connectTimeout.wholeNanoseconds),
            read: .nanoseconds(configuration.silenceLimit.wholeNanoseconds))
        settings.connectionPool.retryConnectionEstablishment = false
        settings.httpVersion = .http1Only
        if let path = configuration.trustedCertificates {
            settings.tlsConfiguration = .clientTrusting(path)
        }
        client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: settings)
    }

    func shutdown() async { try? await client.shutdown() }

    /// Fetches a file, checks its digest while it comes, and stores it if the digest is right.
    func fetch(_ request: FetchRequest) async -> FetchOutcome {
        do {
            let content = FetchedContent(
                request.sum, limit: configuration.fileLimit, store: store, threads: threads)
            return try await fetch(request, into: content)
        } catch let failure as FetchFailure {
            return failure.outcome
        } catch {
            return .failed(detail: "<urlopen error \(URLError.text(for: error))>")
        }
    }

    private func fetch(_ request: FetchRequest, into content: FetchedContent) async throws -> FetchOutcome {
        let scheme = request.url.prefix { $0 != ":" }
        guard scheme.count < request.url.count else {
            throw FetchFailure.unreachable("unknown url type: '\(request.url)'")
        }
        switch scheme.lowercased() {
        case "http", "https": return try await fetchOverHTTP(request, into: content)
        case "data": return try await fetchData(request.url, into: content)
        case "file": return try await fetchLocalFile(request.url, into: content)
        case "ftp": throw await FTPProbe.failure(for: request.url, group: group)
        default: throw FetchFailure.unreachable("<urlopen error unknown url type: \(scheme)>")
        }
    }

    // MARK: HTTP

    private func fetchOverHTTP(
        _ request: FetchRequest, into content: FetchedContent
    ) async throws -> FetchOutcome {
        guard let origin = WebOrigin(request.url) else {
            throw FetchFailure.unreachable("<urlopen error no host given>")
        }
        var url = request.url
        var credentials = request.sendsCredentialsAtOnce ? BasicCredentials(request) : nil
        var hops = 0
        while true {
            let response = try await send(url, WebOrigin(url) == origin ? credentials : nil)
            let (code, reason) = (Int(response.status.code), response.status.reasonPhrase)
            switch code {
            case 200..<300:
                return try await store(response.body, into: content)
            case 301, 302, 303, 307, 308:
                guard
                    let next = response.headers.first(name: "location").flatMap({
                        WebOrigin.resolve($0, against: url)
                    })
                else { throw FetchFailure.status(code: code, reason: reason) }
                hops += 1
                guard hops <= configuration.redirects else {
                    throw FetchFailure.tooManyRedirects(code: code, reason: reason)
                }
                url = next
            case 401 where credentials == nil && WebOrigin(url) == origin:
                guard let challenged = BasicCredentials(request),
                    response.headers["www-authenticate"].contains(where: {
                        $0.lowercased().hasPrefix("basic")
                    })
                else { throw FetchFailure.status(code: code, reason: reason) }
                credentials = challenged
            default:
                throw FetchFailure.status(code: code, reason: reason)
            }
        }
    }

    private func send(_ url: String, _ credentials: BasicCredentials?) async throws -> HTTPClientResponse {
        var message = HTTPClientRequest(url: url)
        message.headers.add(name: "User-Agent", value: "Python-urllib/3")
        if let credentials { message.headers.add(name: "Authorization", value: credentials.headerValue) }
        do {
            return try await client.execute(message, deadline: .distantFuture)
        } catch {
            throw FetchFailure.unreachable("<urlopen error \(URLError.text(for: error))>")
        }
    }

    private func store(
        _ body: HTTPClientResponse.Body, into content: FetchedContent
    ) async throws -> FetchOutcome {
        do {
            for try await piece in body { try await content.take(piece) }
        } catch let failure as FetchFailure {
            throw failure
        } catch {
            content.abandon()
            // A source that closes early has sent all there is, as far as the real slave can see.
            return URLError.isReset(error) ? .broken : .digestMismatch
        }
        return try await content.finish()
    }

    // MARK: Other schemes

    private func fetchData(_ url: String, into content: FetchedContent) async throws -> FetchOutcome {
        guard let bytes = DataURL.decode(url) else {
            throw FetchFailure.unreachable("<urlopen error data error: proper data: URLs needed>")
        }
        try await content.take(ByteBuffer(bytes: bytes))
        return try await content.finish()
    }

    private func fetchLocalFile(_ url: String, into content: FetchedContent) async throws -> FetchOutcome {
        guard let root = configuration.fileRoot else {
            throw FetchFailure.unreachable("<urlopen error unknown url type: file>")
        }
        guard let path = LocalFileURL.path(of: url),
            let bytes = try? OwnedDescriptor.openRegularFile(root + path)
        else {
            let path = LocalFileURL.path(of: url) ?? url
            throw FetchFailure.unreachable(
                "<urlopen error [Errno 2] No such file or directory: '\(path)'>")
        }
        var offset: Int64 = 0
        while true {
            let position = offset
            let piece = try await threads.runIfActive { try bytes.bytes(at: position, count: 1 << 18) }
            guard !piece.isEmpty else { return try await content.finish() }
            offset += Int64(piece.count)
            try await content.take(ByteBuffer(bytes: piece))
        }
    }
}
