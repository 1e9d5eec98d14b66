/// A request as it came over a connection, complete with its body.
public struct HTTPRequest: Hashable, Sendable {
    /// The method as sent; methods are case sensitive.
    public var method: [UInt8]
    /// What the request asks for, as sent.
    public var target: [UInt8]
    /// The version as sent, which the answer repeats: not always `HTTP/1.1`, and not always a version.
    public var version: [UInt8]
    public var fields: HTTPFields
    public var body: [UInt8]

    public init(
        method: [UInt8], target: [UInt8], version: [UInt8], fields: HTTPFields = HTTPFields(),
        body: [UInt8] = []
    ) {
        self.method = method
        self.target = target
        self.version = version
        self.fields = fields
        self.body = body
    }

    /// Whether the connection stays open after the answer: with HTTP/1.1 only, and only when the first
    /// `Connection` header does not have the word `close`.
    public var keepsConnection: Bool { version.equals("HTTP/1.1") && !asksForClose }

    /// Whether the answer begins with `Connection: close`.
    var announcesClose: Bool { version.equals("HTTP/1.1") && asksForClose }

    var isHead: Bool { method.equals("HEAD") }
    var isPost: Bool { method.equals("POST") }

    /// Words are separated by single spaces here; `close,` is another word.
    private var asksForClose: Bool {
        fields.first("connection")?.split(separator: ASCII.space, omittingEmptySubsequences: false)
            .contains { $0.equalsIgnoringCase("close") } ?? false
    }
}
