public import FarmModel

/// The HTTP server that a fake slave imitates, by its rules.
///
/// The room `SlaveHTTP` answers as Twisted's server does, byte for byte (protocol spec 1 and 20). Everything in
/// it is a value: bytes and the time come in, bytes and requests come out. No general HTTP parser is used,
/// because one would refuse or tidy up what Twisted accepts.
public enum TwistedRelease: String, Hashable, Sendable, CaseIterable {
    /// 10.0.0 of March 2010, on Python 2: the server of the 2010 dialect.
    case release10_0_0 = "10.0.0"
    case release22_4_0 = "22.4.0"
    /// The reference of protocol spec 1; slaves of releases 206 and 254 were recorded on it.
    case release24_3_0 = "24.3.0"
    case release25_5_0 = "25.5.0"

    /// The release on which slaves of a dialect were recorded.
    public init(recordedWith dialect: SlaveDialect) {
        switch dialect {
        case .current, .release206: self = .release24_3_0
        case .release2010: self = .release10_0_0
        }
    }

    /// The value of the header `Server`.
    var serverName: String { "TwistedWeb/" + rawValue }

    /// Whether this is the old server, with headers in hash order and pages without a charset.
    var isOld: Bool { self == .release10_0_0 }

    /// Whether the request line and the headers are held against the grammar of RFC 9112.
    var checksGrammar: Bool { self == .release25_5_0 }

    /// Whether what follows a request's body in the same read is looked at as soon as the request is answered.
    /// The others leave it lying until the next request has been answered (protocol spec 20).
    var readsOnAfterBody: Bool { self == .release25_5_0 || self == .release10_0_0 }

    /// Whether a chunked body may end in trailers.
    var acceptsTrailers: Bool { self == .release24_3_0 || self == .release25_5_0 }

    /// Whether `Expect: 100-continue` is answered.
    var answersExpect: Bool { !isOld }

    /// Whether every byte keeps a connection alive; else only a complete line or a piece of a body does.
    var anyByteKeepsAlive: Bool { self == .release25_5_0 }

    /// Whether a multipart form must have a part that begins with its boundary.
    var checksMultipartBody: Bool { self == .release24_3_0 || self == .release25_5_0 }

    /// Whether the page of a redirect escapes the address it shows.
    var escapesRedirect: Bool { self == .release25_5_0 }

    /// How long a connection may be silent. Today's server closes after a minute; the one of 2010 waited
    /// twelve hours, its library's default.
    var idleLimit: Duration { isOld ? .seconds(12 * 60 * 60) : .seconds(60) }

    /// The text of the 404 page for what lies outside `/rpc` and `/filecache`.
    var noSuchResourceText: String {
        switch self {
        case .release10_0_0, .release22_4_0: "No such child resource."
        case .release24_3_0, .release25_5_0: "Sorry. No luck finding that resource."
        }
    }
}
