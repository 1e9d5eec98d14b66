public import FarmModel
public import XMLRPC

/// Names a request while a slave works on it. The host chooses the numbers; no two requests that a slave has
/// not answered yet may share one.
public struct CallID: Hashable, Sendable {
    public var rawValue: UInt64
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// Names a fetch of `ensurepresent`. A slave never uses a number twice.
public struct FetchID: Hashable, Sendable {
    public var rawValue: UInt64
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// Names a request for a build's result files. A slave never uses a number twice.
public struct GatherID: Hashable, Sendable {
    public var rawValue: UInt64
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// A file that a slave is to fetch. It holds secrets; do not log it.
public struct FetchRequest: Hashable, Sendable {
    /// The sum that the contents must have, as the call named it.
    public var sum: String
    /// A URL whose scheme is http, https, ftp, file or data.
    public var url: String
    /// Nil: no credentials are used.
    public var user: String?
    public var password: String?
    /// The credentials go out with the first request; else only after a challenge (protocol spec 11).
    public var sendsCredentialsAtOnce: Bool
}

/// How a fetch ended (protocol spec 11).
public enum FetchOutcome: Hashable, Sendable {
    /// The digest matched; the contents, of this many bytes, are in the content store.
    case stored(size: Int64)
    /// All of it came, and the digest did not match. So it is when the source closes early.
    case digestMismatch
    /// The source answered with an error or could not be reached.
    /// - Parameter detail: the text after `Error accessing Librarian: `.
    case failed(detail: String)
    /// The source reset the connection during the body.
    case broken
}

/// What happens to a slave.
public enum SlaveEvent: Sendable {
    /// A call came in.
    /// - Parameter effects: the scripted faults of this call. Those of the connection and the answer's bytes
    ///   are the host's business and are not looked at here.
    case call(CallID, XMLRPCCall, effects: [FaultEffect])
    /// A file of the cache is asked for.
    /// - Parameter name: the percent-decoded name directly inside the cache.
    case readFile(CallID, name: String)
    case listCache(CallID)
    case fetched(FetchID, FetchOutcome)
    /// The result files of a build lie in the content store.
    case gathered(GatherID, [ResultFile])
    case gatheringFailed(GatherID, detail: String)
    /// A scripted fault now, outside of any call.
    case apply(FaultEffect)
    /// The daemon restarts: it is IDLE and forgets every request; cache, log and build directories stay.
    case restart
    /// The virtual machine is reset: the slave is as new, and its cache is empty.
    case reset
    /// A file is put into the cache behind the daemon's back.
    case addToCache(CachedFile)
    /// A file is taken from the cache behind the daemon's back; this may be the log.
    case removeFromCache(name: String)
    /// Nothing but that time has passed.
    case wake
}

/// The answer to a request.
public enum SlaveAnswer: Hashable, Sendable {
    case response(XMLRPCResponse)
    case file(CachedFile)
    case notFound
    /// The files of the cache by name.
    case listing([CacheEntry])
}

/// What a slave wants done, in this order.
public enum SlaveReaction: Sendable {
    case answer(CallID, SlaveAnswer)
    /// Fetch a file and report by `fetched`.
    case fetch(FetchID, FetchRequest)
    /// Put the result files that the script names into the content store and report by `gathered`.
    case gather(GatherID, BuildOrder, BuildScript)
    /// Something for the journal.
    case note(SlaveNote)
    /// The slave goes down for good: close its listener and every connection; only a reset brings it back.
    case die
}
