public import FarmModel

/// One connection to a slave, as a value: bytes come in, actions go out (protocol spec 1 and 20).
///
/// The machine follows Twisted's to the letter, including what it does with bytes that come early:
///
/// - A request is handed up with `.handle`, and nothing further is read until `answerSent` says that its answer
///   has been given to the transport.
/// - Bytes that came in the same read after a request's *body* are put aside and looked at only after the next
///   request has been answered, so that they may even be taken out of order.
/// - Bytes that come while a request is being answered lie unread, as with a daemon that has one thread. Only
///   while a file is being sent does the daemon go on reading.
public struct HTTPServerConnection: Sendable {
    /// What the owner of the connection has to do, in order.
    public enum Action: Hashable, Sendable {
        /// Send these bytes, which are no answer to a request handed up.
        case send([UInt8])
        /// Answer this request, then call `answerSent`.
        case handle(HTTPRequest)
        /// Close the connection once everything has been sent.
        case close
    }

    /// The bounds of a connection. The first three are Twisted's own.
    public struct Limits: Hashable, Sendable {
        /// The most bytes in a line of the head; a longer one closes the connection with no answer.
        public var lineBytes = 16_384
        /// The most bytes in all lines of the head.
        public var headBytes = 16_384
        /// The most header lines.
        public var headerLines = 500
        /// The most bytes in a body. The real server knows no such limit; a larger body is answered by 413.
        public var bodyBytes = 64 * 1024 * 1024
        /// The most bytes kept for later before `wantsInput` asks not to read on.
        public var heldBytes = 16_384

        public init() {}
    }

    private enum Phase: Hashable {
        /// Before the first line of a request; one empty line is skipped.
        case start(skippedEmptyLine: Bool)
        case head
        case body
        /// A request has been handed up. `tail` is what followed its body in the same read; nil when it had none.
        case answering(tail: [UInt8]?)
        case closed
    }

    private enum BodyReader: Hashable {
        case counted(left: Int)
        case chunked(ChunkedBody)
    }

    public let release: TwistedRelease
    public let limits: Limits
    private var phase = Phase.start(skippedEmptyLine: false)
    /// Bytes to be parsed, from `cursor` on.
    private var input: [UInt8] = []
    private var cursor = 0
    /// Up to here `input` is known to have no line end.
    private var searched = 0
    /// Bytes put aside until the next answer has been sent.
    private var held: [UInt8] = []
    /// Bytes that came while a request was being answered.
    private var unread: [UInt8] = []
    private var request = HTTPRequest(method: [], target: [], version: [])
    /// The header line that is complete but for lines that may continue it.
    private var pendingHeader: [UInt8] = []
    private var headBytes = 0
    private var bodyReader: BodyReader?
    private var lastActivity: Instant

    /// - Parameter now: when the connection was made.
    public init(release: TwistedRelease, limits: Limits = Limits(), at now: Instant) {
        self.release = release
        self.limits = limits
        lastActivity = now
    }

    /// Whether nothing more will happen on the connection.
    public var isClosed: Bool { phase == .closed }

    /// Whether more bytes should be read. False while a request is being answered and much has come already.
    public var wantsInput: Bool { !isClosed && held.count + unread.count <= limits.heldBytes }

    /// When `passTime` closes the connection for being silent; nil while a request is being answered.
    public var nextDeadline: Instant? {
        switch phase {
        case .answering, .closed: nil
        default: lastActivity + release.idleTime
        }
    }

    /// Takes bytes that have come.
    public mutating func receive(_ bytes: some Collection<UInt8>, at now: Instant) -> [Action] {
        switch phase {
        case .closed: return []
        case .answering:
            unread.append(contentsOf: bytes)
            return []
        default:
            if release.anyByteKeepsAlive { lastActivity = now }
            input.append(contentsOf: bytes)
            return parse(at: now)
        }
    }

    /// The answer to the request handed up last has been given to the transport.
    ///
    /// - Parameter asFile: whether it was the contents of a file, during which the daemon goes on reading.
    public mutating func answerSent(asFile: Bool, at now: Instant) -> [Action] {
        guard case .answering(let tail) = phase else { return [] }
        guard request.keepsConnection else { return close() }
        lastActivity = now
        phase = .start(skippedEmptyLine: false)
        let rest = input[cursor...]
        if asFile {
            setInput(held + (tail ?? []) + rest + unread)
            held = []
            unread = []
        } else if let tail, !release.readsOnAfterBody {
            setInput(held)
            held = tail
        } else {
            setInput(tail.map { held + $0 } ?? Array(rest) + held)
            held = []
        }
        return parse(at: now)
    }

    /// The time is now `now`: closes a connection that has been silent for too long.
    public mutating func passTime(at now: Instant) -> [Action] {
        guard let deadline = nextDeadline, now >= deadline else { return [] }
        return close()
    }

    /// The other side has closed the connection, or it broke.
    public mutating func peerClosed() { _ = close() }
}

// MARK: - Reading lines

extension HTTPServerConnection {
    private mutating func close() -> [Action] {
        phase = .closed
        (input, held, unread, cursor) = ([], [], [], 0)
        return [.close]
    }

    private mutating func setInput(_ bytes: [UInt8]) {
        input = bytes
        cursor = 0
        searched = 0
    }

    private mutating func parse(at now: Instant) -> [Action] {
        var actions: [Action] = []
        while true {
            switch phase {
            case .answering, .closed:
                return actions
            case .start, .head:
                if let line = takeLine() {
                    lastActivity = now
                    actions += receive(line: line)
                } else if input.count - cursor >= limits.lineBytes + 2 {
                    return actions + close()
                } else if !takeUnread() {
                    return actions
                }
            case .body:
                if cursor < input.count {
                    lastActivity = now
                    actions += readBody()
                } else if !takeUnread() {
                    return actions
                }
            }
        }
    }

    /// Goes on with what came while the last request was being answered.
    private mutating func takeUnread() -> Bool {
        if cursor > 0 {
            input.removeFirst(cursor)
            searched -= min(searched, cursor)
            cursor = 0
        }
        guard !unread.isEmpty else { return false }
        input += unread
        unread = []
        return true
    }

    /// The next line without its end, or nil when it is not complete.
    private mutating func takeLine() -> Range<Int>? {
        var index = max(cursor, searched)
        let found: Int? = input.withUnsafeBufferPointer { bytes in
            while index + 1 < bytes.count {
                if bytes[index] == ASCII.carriageReturn, bytes[index + 1] == ASCII.lineFeed { return index }
                index += 1
            }
            return nil
        }
        searched = found.map { $0 + 2 } ?? index
        guard let end = found else { return nil }
        defer { cursor = end + 2 }
        return cursor..<end
    }

    private mutating func receive(line: Range<Int>) -> [Action] {
        guard line.count <= limits.lineBytes else { return close() }
        headBytes += line.count
        guard headBytes <= limits.headBytes else { return refuse() }
        guard case .start(let skippedEmptyLine) = phase else { return receive(headLine: line) }
        if line.isEmpty, !skippedEmptyLine {
            phase = .start(skippedEmptyLine: true)
            return []
        }
        guard let words = RequestLine(input[line], release: release) else { return refuse() }
        request = HTTPRequest(method: words.method, target: words.target, version: words.version)
        bodyReader = nil
        pendingHeader.removeAll(keepingCapacity: true)
        phase = .head
        return []
    }

    private mutating func receive(headLine line: Range<Int>) -> [Action] {
        if line.isEmpty {
            guard pendingHeader.isEmpty || takePendingHeader() else { return refuse() }
            return headComplete()
        }
        if ASCII.isBlank(input[line.lowerBound]) {
            pendingHeader.append(ASCII.space)
            pendingHeader.append(contentsOf: input[line].drop(while: ASCII.isBlank))
            return []
        }
        guard pendingHeader.isEmpty || takePendingHeader() else { return refuse() }
        pendingHeader.append(contentsOf: input[line])
        return []
    }

    /// Files the pending header line; false when it is not acceptable.
    private mutating func takePendingHeader() -> Bool {
        defer { pendingHeader.removeAll(keepingCapacity: true) }
        guard let colon = pendingHeader.firstIndex(of: UInt8(ascii: ":")), colon > 0,
            !ASCII.isSpace(pendingHeader[colon - 1])
        else { return false }
        let name = pendingHeader[..<colon]
        let value = pendingHeader[(colon + 1)...].trimmed()
        if release.checksGrammar {
            guard name.allSatisfy(ASCII.isToken), !value.contains(0) else { return false }
        }
        if name.equalsIgnoringCase("content-length") {
            // More digits than fit are more bytes than are accepted.
            guard bodyReader == nil, !value.isEmpty, value.allSatisfy(ASCII.isDigit) else { return false }
            let length = value.reduce(0) { min($0 * 10 + Int($1 - UInt8(ascii: "0")), .max / 16) }
            bodyReader = .counted(left: length)
        } else if name.equalsIgnoringCase("transfer-encoding"), !value.equalsIgnoringCase("identity") {
            guard bodyReader == nil, value.equalsIgnoringCase("chunked") else { return false }
            bodyReader = .chunked(ChunkedBody(acceptsTrailers: release.acceptsTrailers))
        }
        request.fields.append(name: name, value: value)
        return request.fields.count <= limits.headerLines
    }
}

// MARK: - Bodies

extension HTTPServerConnection {
    private mutating func headComplete() -> [Action] {
        var actions: [Action] = []
        if release.answersExpect, request.version.equals("HTTP/1.1"),
            request.fields.first("expect")?.equalsIgnoringCase("100-continue") ?? false
        {
            actions.append(.send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)))
        }
        switch bodyReader {
        case nil, .counted(left: 0):
            return actions + requestComplete(tail: nil)
        case .counted(let length):
            guard length <= limits.bodyBytes else { return refuseLargeBody() }
            request.body.reserveCapacity(min(length, 65_536))
        case .chunked:
            break
        }
        phase = .body
        return actions
    }

    private mutating func readBody() -> [Action] {
        var rest = input[cursor...]
        let isComplete: Bool
        switch bodyReader {
        case .counted(let left):
            let piece = rest.prefix(left)
            request.body.append(contentsOf: piece)
            rest = rest.dropFirst(piece.count)
            bodyReader = .counted(left: left - piece.count)
            isComplete = piece.count == left
        case .chunked(var reader):
            do {
                isComplete = try reader.read(&rest, into: &request.body, limit: limits.bodyBytes)
                bodyReader = .chunked(reader)
            } catch {
                return error == .tooLarge ? refuseLargeBody() : refuse()
            }
        case nil:
            isComplete = true
        }
        guard isComplete else {
            setInput([])
            return []
        }
        let tail = Array(rest)
        setInput([])
        return requestComplete(tail: tail)
    }

    private mutating func requestComplete(tail: [UInt8]?) -> [Action] {
        headBytes = 0
        guard MultipartForm.isAcceptable(request, release: release) else { return refuse() }
        phase = .answering(tail: tail)
        return [.handle(request)]
    }

    /// The real server says nothing but this first line to a request it does not understand.
    private mutating func refuse() -> [Action] {
        [.send(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))] + close()
    }

    private mutating func refuseLargeBody() -> [Action] {
        [.send(Array("HTTP/1.1 413 Request Entity Too Large\r\n\r\n".utf8))] + close()
    }
}
