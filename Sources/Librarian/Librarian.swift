package import ContentStore
package import FarmModel
import Foundation
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import ServiceLifecycle

/// Serves the files of a content store over HTTP, so that slaves can fetch chroots and sources, and people logs
/// and results.
///
/// A file is `http://HOST:PORT/SHA1/NAME`. Restricted files need basic credentials; whoever presents none or
/// wrong ones gets 401, and for a file that is not known everybody gets 404. Ranges, `HEAD`, `If-None-Match` and
/// `If-Range` are understood.
package final class Librarian: Service {
    private let responder: LibrarianResponder
    private let announcement = PortAnnouncement()

    /// - Parameters:
    ///   - access: who may read what.
    ///   - now: the clock that tokens expire by.
    package init(
        store: ContentStore, access: any LibrarianAccess, options: LibrarianOptions = .init(),
        logger: Logger = Logger(label: "librarian"),
        now: @escaping @Sendable () -> Instant = Librarian.wallClock
    ) {
        responder = LibrarianResponder(
            store: store, access: access, options: options, logger: logger, now: now)
    }

    /// The port listened on, as soon as connections are taken.
    ///
    /// - Throws: `LibrarianError` when `run` failed; `CancellationError`.
    package var port: Int { get async throws { try await announcement.port() } }

    /// Serves until the task is cancelled or a graceful shutdown begins, which lets running answers end.
    ///
    /// - Throws: `LibrarianError` when the address cannot be listened on.
    package func run() async throws {
        let options = responder.options
        var quiet = responder.logger
        quiet.logLevel = max(quiet.logLevel, .notice)
        let connection = HTTP1Channel.Configuration(
            idleTimeout: TimeAmount(options.idleTimeout),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: options.maximumHeaderSize, maxHeaderListSize: options.maximumHeaderSize,
                maxHeaderFieldCount: 100))
        let application = Application(
            responder: responder, server: .http1(configuration: connection),
            configuration: ApplicationConfiguration(
                address: .hostname(options.host, port: options.port),
                availableConnectionsDelegate: MaximumAvailableConnections(
                    options.maximumConnections, logger: quiet)),
            onServerRunning: { [announcement] channel in
                announcement.announce(.success(channel.localAddress?.port ?? options.port))
            },
            logger: quiet)
        defer {
            announcement.announce(
                .failure(LibrarianError(code: .stopped, message: "the librarian has stopped")))
        }
        do {
            try await application.run()
        } catch let error as IOError {
            let failure = LibrarianError(
                code: .cannotListen,
                message: "the librarian cannot listen on \(options.host):\(options.port): \(error)")
            announcement.announce(.failure(failure))
            throw failure
        }
    }

    /// The time of day.
    package static func wallClock() -> Instant {
        Instant(nanoseconds: Int64(Date().timeIntervalSince1970 * 1e9))
    }
}
