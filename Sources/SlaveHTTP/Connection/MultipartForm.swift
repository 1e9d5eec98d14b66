/// The look the server takes at forms: a POST of `multipart/form-data` is parsed before anything else, and
/// refused when it is none (protocol spec 1 and 20).
enum MultipartForm {
    static func isAcceptable(_ request: HTTPRequest, release: TwistedRelease) -> Bool {
        guard request.isPost, !request.body.isEmpty, let type = request.fields.first("content-type"),
            type.prefix(while: { $0 != UInt8(ascii: ";") }).trimmed(ASCII.isSpace)
                .equalsIgnoringCase("multipart/form-data")
        else { return true }
        guard let boundary = boundary(in: type) else { return false }
        return !release.checksMultipartBody || hasPart(in: request.body, boundary: boundary)
    }

    private static func boundary(in type: ArraySlice<UInt8>) -> [UInt8]? {
        for parameter in type.split(separator: UInt8(ascii: ";")).dropFirst() {
            let parts = parameter.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].trimmed().equalsIgnoringCase("boundary") else { continue }
            let value = parts[1].trimmed { ASCII.isSpace($0) || $0 == UInt8(ascii: "\"") }
            return value.isEmpty ? nil : Array(value)
        }
        return nil
    }

    /// Whether a line of the body is the boundary that opens a part.
    private static func hasPart(in body: [UInt8], boundary: [UInt8]) -> Bool {
        let opening = Array("--".utf8) + boundary
        return body.split(whereSeparator: { $0 == ASCII.lineFeed || $0 == ASCII.carriageReturn })
            .contains { line in
                line.starts(with: opening) && line.dropFirst(opening.count).allSatisfy(ASCII.isBlank)
            }
    }
}
