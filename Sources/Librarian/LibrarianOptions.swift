/// Where a librarian listens, and its limits.
package struct LibrarianOptions: Hashable, Sendable {
    /// A name or an address.
    package var host: String
    /// 0 for a port the system chooses.
    package var port: Int
    /// More connections than this wait in the backlog.
    package var maximumConnections: Int
    /// How long a connection may stay open without a request.
    package var idleTimeout: Duration
    /// How long a reader may leave a piece of a file unread before its connection is closed.
    package var stallTimeout: Duration
    /// How much of a file is in memory at a time, per connection, in bytes.
    package var chunkSize: Int
    /// The most bytes of request headers.
    package var maximumHeaderSize: Int

    package init(
        host: String = "127.0.0.1", port: Int = 0, maximumConnections: Int = 4096,
        idleTimeout: Duration = .seconds(60), stallTimeout: Duration = .seconds(120),
        chunkSize: Int = 1 << 17,
        maximumHeaderSize: Int = 1 << 15
    ) {
        self.host = host
        self.port = port
        self.maximumConnections = maximumConnections
        self.idleTimeout = idleTimeout
        self.stallTimeout = stallTimeout
        self.chunkSize = max(1, chunkSize)
        self.maximumHeaderSize = maximumHeaderSize
    }
}
