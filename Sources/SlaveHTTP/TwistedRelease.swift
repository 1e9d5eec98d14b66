public import FarmModel

/// The HTTP server that a fake slave imitates, by its rules.
///
/// The room `SlaveHTTP` answers as Twisted's server does, byte for byte (protocol spec 1 and 20). Everything in
/// it is a value: bytes and the time come in, bytes and requests come out. No general HTTP parser is used,
/// because one would refuse or tidy up what Twisted accepts.
public enum TwistedRelease: String, Hashable, Sendable, CaseIterable {
    /// 10.0.0 of March 2010, on Python 2: the server of the 2010 dialect.
    case twisted10 = "10.0.0"
    case twisted22 = "22.4.0"
    /// The reference of protocol spec 1; slaves of releases 206 and 254 were recorded on it.
    case twisted24 = "24.3.0"
    case twisted25 = "25.5.0"

    /// The release on which slaves of a dialect were recorded.
    public init(recordedWith dialect: SlaveDialect) {
        switch dialect {
        case .current, .release206: self = .twisted24
        case .release2010: self = .twisted10
        }
    }

    /// The value of the header `Server`.
    var serverName: String { "TwistedWeb/" + rawValue }

    /// Whether this is the old server, with headers in hash order and pages without a charset.
    var isOld: Bool { self == .twisted10 }

    /// Whether the request line and the headers are held against the grammar of RFC 9112.
    var checksGrammar: Bool { self == .twisted25 }

    /// Whether what follows a request's body in the same read is looked at as soon as the request is answered.
    /// The others leave it lying until the next request has been answered (protocol spec 20).
    var readsOnAfterBody: Bool { self == .twisted25 || self == .twisted10 }

    /// Whether a chunked body may end in trailers.
    var acceptsTrailers: Bool { self == .twisted24 || self == .twisted25 }

    /// Whether `Expect: 100-continue` is answered.
    var answersExpect: Bool { !isOld }

    /// Whether every byte keeps a connection alive; else only a complete line or a piece of a body does.
    var anyByteKeepsAlive: Bool { self == .twisted25 }

    /// Whether a multipart form must have a part that begins with its boundary.
    var checksMultipartBody: Bool { self == .twisted24 || self == .twisted25 }

    /// Whether the page of a redirect escapes the address it shows.
    var escapesRedirect: Bool { self == .twisted25 }

    /// How long a connection may be silent. Today's server closes after a minute; the one of 2010 waited
    /// twelve hours, its library's default.
    public var idleTime: Duration { isOld ? .seconds(12 * 60 * 60) : .seconds(60) }

    /// The text of the 404 page for what lies outside `/rpc` and `/filecache`.
    var noSuchResourceText: String {
        switch self {
        case .twisted10, .twisted22: "No such child resource."
        case .twisted24, .twisted25: "Sorry. No luck finding that resource."
        }
    }
}
