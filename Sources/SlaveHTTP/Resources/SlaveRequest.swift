/// What a request wants of a slave.
public enum SlaveRequest: Hashable, Sendable {
    /// An XML-RPC call; answered by `SlaveSite.answer(toCall:)` or `SlaveSite.processingFailed()`.
    case call(body: [UInt8])
    /// A file of the cache; answered by `SlaveSite.answer(file:for:…)`.
    case file(FileRequest)
    /// The list of the cache; answered by `SlaveSite.answer(listing:for:)`.
    case listing(ListingRequest)
    /// Something whose answer does not depend on the slave.
    case page(HTTPAnswer)
}

/// A request for a file of the cache.
public struct FileRequest: Hashable, Sendable {
    /// The file's name inside the cache. It has no slash and is neither empty nor `.` or `..`.
    public var name: String
    public var method: [UInt8]
    /// What was asked for, as sent.
    public var target: [UInt8]
    /// The header `Range`.
    public var range: [UInt8]?
    /// The header `If-Modified-Since`.
    public var modifiedSince: [UInt8]?

    public init(
        name: String, method: [UInt8] = Array("GET".utf8), target: [UInt8]? = nil, range: [UInt8]? = nil,
        modifiedSince: [UInt8]? = nil
    ) {
        self.name = name
        self.method = method
        self.target = target ?? Array("/filecache/\(name)".utf8)
        self.range = range
        self.modifiedSince = modifiedSince
    }
}

/// A request for the list of the cache.
public struct ListingRequest: Hashable, Sendable {
    /// What was asked for, as sent; the page shows it.
    public var target: [UInt8]

    public init(target: [UInt8]) { self.target = target }
}
