/// The content type and encoding of a file, by the suffixes of its name.
///
/// A slave's cache has files named by their sums, build logs and leftovers of fetches, all without a known suffix
/// and therefore `text/html`. The table is for what people put there by hand.
struct FileType: Hashable {
    var type: String
    var encoding: String?

    init(name: String) {
        var (stem, suffix) = Self.split(name)
        encoding = Self.encodings[suffix]
        if encoding != nil { (stem, suffix) = Self.split(stem) }
        type = Self.types[suffix] ?? "text/html"
    }

    /// The headers for that many bytes of the file, in order.
    func fields(length: Int64) -> [HTTPAnswer.Field] {
        var fields: [HTTPAnswer.Field] = [
            .init(.contentLength, String(length)), .init(.contentType, type),
        ]
        if let encoding { fields.append(.init(.contentEncoding, encoding)) }
        return fields
    }

    /// Splits at the last dot, as Python does: dots at the begin of a name begin no suffix.
    private static func split(_ name: String) -> (stem: String, suffix: String) {
        guard let dot = name.lastIndex(of: "."), name[..<dot].contains(where: { $0 != "." }) else {
            return (name, "")
        }
        return (String(name[..<dot]), name[dot...].lowercased())
    }

    private static let encodings = [".gz": "gzip", ".bz2": "bzip2"]

    private static let types = [
        ".bin": "application/octet-stream",
        ".c": "text/plain",
        ".conf": "text/plain",
        ".css": "text/css",
        ".csv": "text/csv",
        ".diff": "text/plain",
        ".gif": "image/gif",
        ".h": "text/plain",
        ".htm": "text/html",
        ".html": "text/html",
        ".java": "text/plain",
        ".jpeg": "image/jpeg",
        ".jpg": "image/jpeg",
        ".js": "application/javascript",
        ".json": "application/json",
        ".patch": "text/plain",
        ".pdf": "application/pdf",
        ".pl": "text/plain",
        ".png": "image/png",
        ".py": "text/x-python",
        ".sh": "application/x-sh",
        ".so": "application/octet-stream",
        ".svg": "image/svg+xml",
        ".tar": "application/x-tar",
        ".tex": "application/x-tex",
        ".tgz": "application/x-gtar",
        ".txt": "text/plain",
        ".xml": "text/xml",
        ".zip": "application/zip",
    ]
}
