/// An answer to a request, without what every answer has: version, `Server`, `Date`.
public struct HTTPAnswer: Hashable, Sendable {
    public enum Status: Int, Hashable, Sendable {
        case ok = 200
        case partialContent = 206
        case found = 302
        case notModified = 304
        case notFound = 404
        case methodNotAllowed = 405
        case rangeNotSatisfiable = 416
        case internalServerError = 500
        case notImplemented = 501

        /// The words after the number, as the imitated server has them.
        public var reason: StaticString {
            switch self {
            case .ok: "OK"
            case .partialContent: "Partial Content"
            case .found: "Found"
            case .notModified: "Not Modified"
            case .notFound: "Not Found"
            case .methodNotAllowed: "Method Not Allowed"
            case .rangeNotSatisfiable: "Requested Range not satisfiable"
            case .internalServerError: "Internal Server Error"
            case .notImplemented: "Not Implemented"
            }
        }
    }

    /// The headers that answers have, in the order in which the old server's hash table sees them first.
    public enum FieldName: UInt8, Hashable, Sendable, CaseIterable {
        case connection, server, date, contentType, acceptRanges, allow, location, contentRange,
            contentLength, contentEncoding, lastModified

        /// The name on the wire.
        public var text: StaticString {
            switch self {
            case .connection: "Connection"
            case .server: "Server"
            case .date: "Date"
            case .contentType: "Content-Type"
            case .acceptRanges: "Accept-Ranges"
            case .allow: "Allow"
            case .location: "Location"
            case .contentRange: "Content-Range"
            case .contentLength: "Content-Length"
            case .contentEncoding: "Content-Encoding"
            case .lastModified: "Last-Modified"
            }
        }
    }

    /// A header line.
    public struct Field: Hashable, Sendable {
        public var name: FieldName
        public var value: [UInt8]

        public init(_ name: FieldName, _ value: [UInt8]) {
            self.name = name
            self.value = value
        }

        init(_ name: FieldName, _ value: String) { self.init(name, Array(value.utf8)) }
    }

    /// A piece of a body.
    public enum Part: Hashable, Sendable {
        case bytes([UInt8])
        /// A piece of the file that was asked for.
        case file(offset: Int64, length: Int64)

        /// The number of bytes.
        public var length: Int64 {
            switch self {
            case .bytes(let bytes): Int64(bytes.count)
            case .file(_, let length): length
            }
        }
    }

    public var status: Status
    /// The headers after `Server` and `Date`, in order.
    public var fields: [Field]
    public var body: [Part]
    /// Whether the body is a file that the server sends piece by piece, and reads on meanwhile.
    public var isFile: Bool

    public init(_ status: Status, fields: [Field] = [], body: [Part] = [], isFile: Bool = false) {
        self.status = status
        self.fields = fields
        self.body = body
        self.isFile = isFile
    }

    /// The number of bytes in the body.
    public var bodyLength: Int64 { body.reduce(0) { $0 + $1.length } }
}
