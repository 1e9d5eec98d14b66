public import SlaveHTTP

/// How a slave host works: threads, addresses and limits. Every default suits a farm of some thousand slaves in
/// one process.
public struct SlaveHostConfiguration: Sendable {
    /// Threads that serve slaves; each slave lives on one of them. Default: one for each core.
    public var threads: Int?
    /// The port of slaves with their own loopback address, and of the shared listener.
    public var port = 8221
    /// Own loopback addresses are `127.N.0.1` and so on, beginning with this N.
    public var loopbackNetwork: UInt8 = 8
    /// Connections that the system may hold for a slave before they are accepted.
    public var backlog = 16
    /// Connections of one slave at a time; a further one is closed as soon as it is accepted.
    public var connectionsPerSlave = 256
    /// The bounds of one connection.
    public var connectionLimits = HTTPServerConnection.Limits()
    /// How many slaves open their listeners at the same time when a host starts.
    public var listenersAtOnce = 64
    /// How `ensurepresent` fetches files.
    public var fetching = FetchConfiguration()
    /// How long a graceful stop waits for answers that are on their way.
    public var gracePeriod: Duration = .seconds(5)
    /// How often a listener that cannot be opened again is tried, ten times a second.
    public var listenAttempts = 50

    public init() {}
}

/// How `ensurepresent` fetches files (protocol spec 11).
public struct FetchConfiguration: Sendable {
    /// PEM file of certificates that https servers may be signed by; nil: those of the system.
    public var trustedCertificates: String?
    /// The directory that stands for the root of a slave's disk in `file` URLs; nil: such URLs fail.
    public var fileRoot: String?
    /// How many redirects are followed.
    public var redirects = 10
    /// How long a connection may take to be made.
    public var connectTimeout: Duration = .seconds(30)
    /// How long a source may be silent. The real slave waits for ever.
    public var silenceLimit: Duration = .seconds(300)
    /// The largest file taken, in bytes.
    public var fileLimit: Int64 = 16 << 30

    public init() {}
}
