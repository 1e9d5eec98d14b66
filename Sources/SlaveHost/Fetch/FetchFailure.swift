import AsyncHTTPClient
import Glibc
import MockSlave
import NIOCore
import NIOPosix

/// Why a file could not be fetched, in the words of Python's `urllib`.
enum FetchFailure: Error {
    /// What stands behind `Error accessing Librarian: `.
    case unreachable(String)
    case status(code: Int, reason: String)
    case tooManyRedirects(code: Int, reason: String)

    var outcome: FetchOutcome {
        switch self {
        case .unreachable(let text): .failed(detail: text)
        case .status(let code, let reason): .failed(detail: "HTTP Error \(code): \(reason)")
        case .tooManyRedirects(let code, let reason):
            .failed(
                detail: "HTTP Error \(code): The HTTP server returned a redirect error that would lead "
                    + "to an infinite loop.\nThe last 30x error message was:\n\(reason)")
        }
    }
}

extension FetchOutcome {
    /// For the journal.
    var summary: String {
        switch self {
        case .stored(let size): "stored, \(size) bytes"
        case .digestMismatch: "digest mismatch"
        case .failed(let detail): detail
        case .broken: "broken off"
        }
    }
}

/// Network errors as the real slave's system names them.
enum URLError {
    static func text(for error: any Error) -> String {
        if let number = errorNumber(error) { return "[Errno \(number)] \(String(cString: strerror(number)))" }
        if isUnknownHost(error) { return "[Errno -2] Name or service not known" }
        if let error = error as? HTTPClientError {
            if error == .connectTimeout { return "[Errno 110] Connection timed out" }
            if error == .readTimeout || error == .deadlineExceeded { return "timed out" }
            if error == .remoteConnectionClosed { return "Remote end closed connection without response" }
        }
        return "\(type(of: error))"
    }

    /// Whether the other side reset the connection.
    static func isReset(_ error: any Error) -> Bool { errorNumber(error) == ECONNRESET }

    private static func errorNumber(_ error: any Error) -> Int32? {
        switch error {
        case let error as IOError: error.errnoCode
        case let error as NIOConnectionError: error.connectionErrors.first.flatMap { errorNumber($0.error) }
        default: nil
        }
    }

    private static func isUnknownHost(_ error: any Error) -> Bool {
        switch error {
        case let error as NIOConnectionError:
            error.connectionErrors.isEmpty && (error.dnsAError != nil || error.dnsAAAAError != nil)
        case SocketAddressError.unknown: true
        default: false
        }
    }
}
