/// The resources of a slave: what a request is for, and how each kind is answered (protocol spec 1).
public struct SlaveSite: Hashable, Sendable {
    public let release: TwistedRelease

    public init(release: TwistedRelease) { self.release = release }

    /// Finds out what a request is for.
    public func route(_ request: HTTPRequest) -> SlaveRequest {
        if request.target.equals("/rpc") { return routeCall(request) }
        if request.target.equals("*") { return .page(serverOptions(request)) }
        let path = request.target.prefix { $0 != UInt8(ascii: "?") }
        // The first byte is dropped whatever it is.
        let segments = path.dropFirst()
            .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map(PercentEncoding.decode)
        let first = segments.first ?? []
        if first.equals("rpc") { return routeCall(request) }
        guard first.equals("filecache") else { return .page(notFound(release.noSuchResourceText)) }
        switch CachePath(segments: segments.dropFirst()) {
        case .folder: return .page(folder(request))
        case .listing: return .listing(ListingRequest(target: request.target))
        case .belowListing: return .page(notFound(release.noSuchResourceText))
        case .missing: return .page(notFound(Self.fileNotFound))
        case .impossible: return .page(processingFailed())
        case .file(let name):
            return .file(
                FileRequest(
                    name: name, method: request.method, target: request.target,
                    range: request.fields.last("range").map(Array.init),
                    modifiedSince: request.fields.last("if-modified-since").map(Array.init)))
        }
    }

    /// The answer to a call, from the XML of its response.
    public func answer(toCall body: [UInt8]) -> HTTPAnswer {
        HTTPAnswer(
            .ok,
            fields: [
                .init(.contentType, release.isOld ? Self.oldXML : Self.newXML),
                .init(.contentLength, String(body.count)),
            ], body: [.bytes(body)])
    }

    /// The answer when something went wrong inside the server: also the answer to a call without a method name.
    public func processingFailed() -> HTTPAnswer {
        let page = HTMLPage.processingFailed(release: release)
        return HTTPAnswer(
            .internalServerError,
            fields: [.init(.contentType, "text/html"), .init(.contentLength, String(page.count))],
            body: [.bytes(page)])
    }

    static let fileNotFound = "File not found."
    private static let oldXML = Array("text/xml".utf8)
    private static let newXML = Array("text/xml; charset=utf-8".utf8)
}

// MARK: - Pages

extension SlaveSite {
    private func routeCall(_ request: HTTPRequest) -> SlaveRequest {
        if request.isPost { return .call(body: request.body) }
        if request.isHead { return .page(processingFailed()) }
        return .page(methodRefused(request, allowed: ["POST"]))
    }

    private func folder(_ request: HTTPRequest) -> HTTPAnswer {
        guard request.isHead || request.method.equals("GET") else {
            return methodRefused(request, allowed: ["HEAD", "GET"])
        }
        let target = String(decoding: request.target, as: UTF8.self)
        guard target.utf8.allSatisfy({ $0 < 128 }) else { return processingFailed() }
        let path = target.prefix { $0 != "?" && $0 != "#" }
        var address = path + "/" + target.dropFirst(path.count)
        if release.isOld {
            let host = request.fields.last("host").map { String(decoding: $0, as: UTF8.self) } ?? "None"
            address = "http://\(host)" + address
        }
        let page = HTMLPage.redirect(
            to: release.escapesRedirect ? HTMLPage.escape(address) : String(address))
        return HTTPAnswer(
            .found,
            fields: [
                .init(.contentType, htmlType), .init(.location, String(address)),
                .init(.contentLength, String(page.count)),
            ], body: [.bytes(page)])
    }

    private func serverOptions(_ request: HTTPRequest) -> HTTPAnswer {
        let nothing = HTTPAnswer.Field(.contentLength, "0")
        guard request.method.equals("OPTIONS") else {
            return HTTPAnswer(.methodNotAllowed, fields: [.init(.allow, "OPTIONS"), nothing])
        }
        return HTTPAnswer(.ok, fields: [nothing])
    }

    func notFound(_ text: String) -> HTTPAnswer {
        page(.notFound, brief: "No Such Resource", detail: text)
    }

    /// The answer to a method that a resource does not have: 405 for one the server knows, else 501.
    func methodRefused(_ request: HTTPRequest, allowed: [String]) -> HTTPAnswer {
        methodRefused(method: request.method, target: request.target, allowed: allowed)
    }

    func methodRefused(method: [UInt8], target: [UInt8], allowed: [String]) -> HTTPAnswer {
        guard method.equals("GET") || method.equals("HEAD") || method.equals("POST") else {
            let quoted = HTMLPage.escape(method.latin1, quotes: !release.isOld)
            return page(
                .notImplemented, brief: "Huh?", detail: "I don't know how to treat a \(quoted) request.")
        }
        let allow =
            release.isOld
            ? "(" + allowed.map { "'\($0)'" }.joined(separator: ", ") + (allowed.count == 1 ? ",)" : ")")
            : allowed.joined(separator: ", ")
        let field = HTTPAnswer.Field(.allow, allow)
        guard target.allSatisfy({ $0 < 128 }) else {
            // The page cannot quote it.
            var failure = processingFailed()
            failure.fields.insert(field, at: 0)
            return failure
        }
        let quoted = HTMLPage.escape(String(decoding: target, as: UTF8.self), quotes: !release.isOld)
        let plural = allowed.count > 1 ? "s" : ""
        var refusal = page(
            .methodNotAllowed, brief: "Method Not Allowed",
            detail: "Your browser approached me (at \(quoted)) with the method "
                + "\"\(String(decoding: method, as: UTF8.self))\".  I only allow the method\(plural) "
                + "\(allowed.joined(separator: ", ")) here.")
        refusal.fields.insert(field, at: 0)
        return refusal
    }

    private func page(_ status: HTTPAnswer.Status, brief: String, detail: String) -> HTTPAnswer {
        let page = HTMLPage.error(status, brief: brief, detail: detail)
        return HTTPAnswer(
            status, fields: [.init(.contentType, htmlType), .init(.contentLength, String(page.count))],
            body: [.bytes(page)])
    }

    /// The type of the server's own pages.
    var htmlType: String { release.isOld ? "text/html" : "text/html; charset=utf-8" }
}
