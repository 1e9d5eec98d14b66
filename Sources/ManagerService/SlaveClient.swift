import AsyncHTTPClient
import BuildManager
import BuilddProtocol
import FarmModel
import NIOCore
import NIOHTTP1
import NIOPosix
import XMLRPC

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Calls to slaves, one XML-RPC call each, with a limit on time and size.
struct SlaveClient: Sendable {
    let http: HTTPClient
    let settings: ManagerSettings

    /// - Parameter limit: on the whole call, from the connect to the last byte.
    func call(_ call: XMLRPCCall, slave url: String, limit: Duration) async -> Result<
        XMLRPCValue, CallFailure
    > {
        let body: [UInt8]
        do {
            body = try XMLRPCEncoder().encode(call)
        } catch {
            return .failure(CallFailure(.other, "\(call.method) cannot be written: \(error)"))
        }
        do {
            let answer = try await withTimeLimit(limit) { try await post(body, to: url + "/rpc") }
            switch answer {
            case .success(let value): return .success(value)
            case .fault(let fault):
                return .failure(CallFailure(.fault, "fault \(fault.code): \(fault.text.prefix(300))"))
            }
        } catch {
            return .failure(CallFailure(error))
        }
    }

    private func post(_ body: [UInt8], to url: String) async throws -> XMLRPCResponse {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "text/xml")
        request.headers.add(name: "User-Agent", value: "baikonur")
        if !settings.keepsConnections { request.headers.add(name: "Connection", value: "close") }
        request.body = .bytes(ByteBuffer(bytes: body))
        let response = try await http.execute(request, deadline: .distantFuture)
        guard response.status == .ok else {
            throw CallFailure(.httpStatus, "the slave answered HTTP \(response.status.code)")
        }
        let bytes = try await response.body.collect(upTo: settings.maximumAnswerSize)
        do {
            return try XMLRPCDecoder.decodeResponse(
                Array(buffer: bytes), limits: .init(totalBytes: settings.maximumAnswerSize))
        } catch {
            throw CallFailure(.malformed, "the slave's answer is no XML-RPC: \(error)")
        }
    }
}

extension CallFailure {
    /// From what the HTTP client threw.
    init(_ error: any Error) {
        switch error {
        case let failure as CallFailure: self = failure
        case let failure as TimeLimitExceeded: self.init(.timedOut, failure.description)
        case is NIOTooManyBytesError: self.init(.tooLarge, "the answer is too large")
        case let failure as NIOConnectionError:
            // A name may have several addresses; the last one tried says as much as any.
            self =
                failure.connectionErrors.last.map { CallFailure($0.error) }
                ?? CallFailure(.unreachable, "\(failure.host) has no address")
        case let failure as IOError:
            // The library's own text tells of its system calls.
            self.init(
                Self.kind(ofErrno: failure.errnoCode),
                String(cString: strerror(failure.errnoCode)).lowercased())
        case HTTPParserError.invalidEOFState: self.init(.reset, Self.closedEarly)
        case let failure as HTTPParserError: self.init(.malformed, "the answer is no HTTP: \(failure)")
        case let failure as HTTPClientError: self.init(Self.kind(of: failure), Self.text(of: failure))
        default: self.init(.other, String(describing: error))
        }
    }

    private static let closedEarly = "the slave closed the connection before its answer was complete"

    private static func text(of failure: HTTPClientError) -> String {
        failure == .remoteConnectionClosed ? closedEarly : failure.description
    }

    private static func kind(of failure: HTTPClientError) -> Kind {
        switch failure {
        case .remoteConnectionClosed: .reset
        case .connectTimeout, .readTimeout, .deadlineExceeded: .timedOut
        default: .other
        }
    }

    private static func kind(ofErrno number: CInt) -> Kind {
        switch number {
        case ECONNREFUSED: .refused
        case ECONNRESET, EPIPE, ENOTCONN: .reset
        case ETIMEDOUT: .timedOut
        case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN, EADDRNOTAVAIL: .unreachable
        default: .other
        }
    }
}
