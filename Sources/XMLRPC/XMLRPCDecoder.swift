/// Reads XML-RPC documents, in pieces as they arrive or whole, from peers that may be hostile.
///
/// A decoder keeps one libxml2 parser and its buffers for document after document; make one for each thread
/// (an event loop, say) rather than one for each document. It is not safe to share between threads.
///
///     let decoder = XMLRPCDecoder(reading: .slave)
///     let call = try decoder.decodeCall(body)
///
/// Neither document types (unless asked for, see ``XMLRPCReading/DocumentType``) nor files nor the network are
/// touched, and every size has a limit. Errors are ``XMLRPCDecodingError``s that name the place and what the real
/// slave would have said (protocol spec 2).
public final class XMLRPCDecoder {
    /// Bytes given to libxml2 at a time: enough to keep it busy, little enough to stay in a processor's cache.
    private static let pieceSize = 1 << 15
    /// Read bytes are dropped from the window once there are this many.
    private static let windowSize = 1 << 16

    public let reading: XMLRPCReading
    public let limits: XMLRPCLimits

    private var parser: SAXParser?
    private var converter = SourceConverter()
    private var converted: [UInt8] = []
    /// UTF-8 that was given to the parser and may be needed to explain a refusal, and where it lies.
    private var window: [UInt8] = []
    private var windowPosition = TextPosition()
    /// Bytes of UTF-8 before the window.
    private var windowOffset = 0
    private var windowStage = PeerDiagnosis.Stage.prolog(isStart: true)
    private var failure: XMLRPCDecodingError?
    /// Bytes of the current document that were fed so far.
    public private(set) var fedBytes = 0

    public init(reading: XMLRPCReading = .lenient, limits: XMLRPCLimits = XMLRPCLimits()) {
        self.reading = reading
        self.limits = limits
        parser = SAXParser(reading: reading, limits: limits)
    }

    // MARK: In pieces

    /// Takes the next piece of the document.
    /// - Throws: what is wrong with the document so far; every further piece then throws the same.
    public func feed(_ bytes: UnsafeRawBufferPointer) throws(XMLRPCDecodingError) {
        try feed(bytes, isLast: false)
    }

    private func feed(_ bytes: UnsafeRawBufferPointer, isLast: Bool) throws(XMLRPCDecodingError) {
        if let failure { throw failure }
        do throws(XMLRPCDecodingError) {
            fedBytes += bytes.count
            if fedBytes > limits.totalBytes {
                throw Refusal(.tooLarge, "a document of more than \(limits.totalBytes) bytes").at(end)
            }
            if converter.passesThrough(bytes) {
                try push(bytes, isLast: isLast)
            } else {
                try pushConverted(isLast: isLast) { converter, output throws(Refusal) in
                    try converter.convert(bytes, into: &output)
                }
            }
        } catch {
            failure = error
            throw error
        }
    }

    /// Takes the next piece of the document.
    public func feed(_ bytes: [UInt8]) throws(XMLRPCDecodingError) {
        try bytes.withUnsafeBufferPointer { piece throws(XMLRPCDecodingError) in
            try feed(UnsafeRawBufferPointer(piece))
        }
    }

    /// Ends the document and makes ready for the next one, also when this one is refused.
    /// - Throws: what is wrong with the document.
    public func finish() throws(XMLRPCDecodingError) -> XMLRPCMessage {
        defer { reset() }
        if let failure { throw failure }
        if !converter.passesThrough(UnsafeRawBufferPointer(start: nil, count: 0)) {
            try pushConverted(isLast: true) { converter, output throws(Refusal) in
                try converter.finish(into: &output)
            }
        }
        guard let parser else { throw outOfMemory }
        guard parser.finish(), !converter.hasLeftover else {
            throw explain(parser, unread: nil, isLast: true)
        }
        do throws(Refusal) {
            return try parser.session.pointee.unmarshaller.message()
        } catch {
            throw error.at(end)
        }
    }

    /// Forgets the document under way.
    public func reset() {
        if parser?.restart() != true { parser = SAXParser(reading: reading, limits: limits) }
        converter = SourceConverter()
        converted.removeAll(keepingCapacity: converted.capacity <= Self.windowSize)
        window.removeAll(keepingCapacity: window.capacity <= 2 * Self.windowSize)
        windowPosition = TextPosition()
        windowOffset = 0
        windowStage = .prolog(isStart: true)
        failure = nil
        fedBytes = 0
    }

    // MARK: Whole documents

    /// - Throws: what is wrong with the document.
    public func decode(_ bytes: UnsafeRawBufferPointer) throws(XMLRPCDecodingError) -> XMLRPCMessage {
        if fedBytes > 0 || failure != nil { reset() }
        do throws(XMLRPCDecodingError) { try feed(bytes, isLast: true) } catch {
            reset()
            throw error
        }
        return try finish()
    }

    /// Reads a call.
    /// - Throws: what is wrong with the document; `responseInsteadOfCall` and `faultInsteadOfCall` for an answer.
    public func decodeCall(_ bytes: UnsafeRawBufferPointer) throws(XMLRPCDecodingError) -> XMLRPCCall {
        switch try decode(bytes) {
        case .call(let call): return call
        case .response(.success):
            throw Refusal(.responseInsteadOfCall, "an answer where a call was expected", peerDetail: "")
                .at(TextPosition())
        case .response(.fault(let fault)):
            throw Refusal(
                .faultInsteadOfCall, "a fault where a call was expected",
                peerDetail: FaultReader.quoted(fault, peer: reading.peer)
            ).at(TextPosition())
        }
    }

    /// Reads an answer.
    /// - Throws: what is wrong with the document; `callInsteadOfResponse` for a call.
    public func decodeResponse(_ bytes: UnsafeRawBufferPointer) throws(XMLRPCDecodingError) -> XMLRPCResponse
    {
        switch try decode(bytes) {
        case .response(let response): return response
        case .call:
            throw Refusal(.callInsteadOfResponse, "a call where an answer was expected").at(TextPosition())
        }
    }

    // MARK: Feeding the parser

    private var outOfMemory: XMLRPCDecodingError {
        Refusal(.outOfMemory, "no memory for an XML parser").at(windowPosition)
    }

    /// Where the document ends so far.
    private var end: TextPosition {
        window.withUnsafeBytes { windowPosition.advanced(over: $0, encoding: converter.encoding) }
    }

    private func pushConverted(
        isLast: Bool, _ conversion: (inout SourceConverter, inout [UInt8]) throws(Refusal) -> Void
    ) throws(XMLRPCDecodingError) {
        let wasStarted = converter.isDecided
        converted.removeAll(keepingCapacity: true)
        do throws(Refusal) { try conversion(&converter, &converted) } catch { throw error.at(windowPosition) }
        if converter.isDecided && !wasStarted && converter.byteOrderMarkSize > 0 {
            windowPosition.skipByteOrderMark(size: converter.byteOrderMarkSize)
        }
        let bytes = converted
        try bytes.withUnsafeBufferPointer { piece throws(XMLRPCDecodingError) in
            try push(UnsafeRawBufferPointer(piece), isLast: isLast)
        }
    }

    /// Gives UTF-8 to the parser, a little at a time.
    private func push(_ bytes: UnsafeRawBufferPointer, isLast: Bool) throws(XMLRPCDecodingError) {
        guard let parser else { throw outOfMemory }
        var index = windowOffset == 0 && window.isEmpty ? pushDeclaration(bytes, to: parser) : 0
        while index < bytes.count {
            let end = min(index + Self.pieceSize, bytes.count)
            let piece = UnsafeRawBufferPointer(rebasing: bytes[index..<end])
            window.append(contentsOf: piece)
            index = end
            guard parser.push(piece) else {
                throw explain(
                    parser, unread: UnsafeRawBufferPointer(rebasing: bytes[index...]), isLast: isLast)
            }
            if window.count >= Self.windowSize { try moveWindow(parser) }
        }
    }

    /// Shows the parser a comment in place of a good XML declaration, of which nothing matters any more: libxml2
    /// refuses versions that the peers read.
    /// - Returns: the size of the declaration.
    private func pushDeclaration(_ bytes: UnsafeRawBufferPointer, to parser: SAXParser) -> Int {
        guard let size = XMLDeclaration.size(in: bytes) else { return 0 }
        window.append(contentsOf: bytes[..<size])
        let comment = Array("<!--".utf8) + Array(repeating: 0x20, count: size - 7) + Array("-->".utf8)
        // A comment at the start is never refused.
        _ = comment.withUnsafeBytes { parser.push($0) }
        return size
    }

    /// Drops what the parser has done with.
    private func moveWindow(_ parser: SAXParser) throws(XMLRPCDecodingError) {
        let stage = parser.stage
        switch stage {
        case .prolog: windowStage = .prolog(isStart: false)
        case .content, .tag: windowStage = .content
        case .epilog: windowStage = .epilog
        case .elsewhere: break
        }
        if stage != .elsewhere {
            let done = min(parser.consumed - windowOffset, window.count)
            window.withUnsafeBytes {
                windowPosition.advance(
                    over: UnsafeRawBufferPointer(rebasing: $0[..<done]), encoding: converter.encoding)
            }
            window.removeFirst(done)
            windowOffset += done
        }
        if stage == .tag && window.count > limits.tagBytes {
            throw Refusal(.markupTooLarge, "a tag of more than \(limits.tagBytes) bytes").at(windowPosition)
        }
        if window.count > limits.markupBytes {
            throw Refusal(.markupTooLarge, "markup of more than \(limits.markupBytes) bytes").at(
                windowPosition)
        }
    }

    // MARK: Explaining

    /// The error for a document that the parser or the session has refused.
    /// - Parameters:
    ///   - unread: what was given after the refused piece.
    ///   - isLast: nothing follows it.
    private func explain(
        _ parser: SAXParser, unread: UnsafeRawBufferPointer?, isLast: Bool
    ) -> XMLRPCDecodingError {
        let refusal = parser.session.pointee.refusal
        // At the end of the document libxml2 reports the tag that was cut there, too.
        if let (refusal, offset) = refusal, refusal.isOurs, unread != nil {
            return refusal.at(position(of: offset - windowOffset))
        }
        let lookahead = unread?.prefix(Self.windowSize)
        if let lookahead { window.append(contentsOf: lookahead) }
        let session = parser.session
        let finding = window.withUnsafeBytes { stretch in
            var diagnosis = PeerDiagnosis(
                stretch, isWhole: isLast && lookahead?.count == unread?.count,
                hasLeftover: converter.hasLeftover,
                openNames: windowOffset > 0 ? session.pointee.unmarshaller.openNames : [],
                entities: session.pointee.entities.names)
            return diagnosis.find(from: windowStage)
        }
        // libxml2 may report an element whose tag is not finished, or not right to the end.
        if let (refusal, offset) = refusal, finding.map({ $0.tokenStart >= offset - windowOffset }) ?? true {
            return refusal.at(position(of: offset - windowOffset))
        }
        let complaint = session.pointee.complaint?.prefix { $0 != "\n" }.prefix(200) ?? "not well-formed"
        let place = position(of: finding?.offset ?? parser.consumed - windowOffset)
        let text = finding?.text ?? "not well-formed (invalid token)"
        let isTruncation = finding?.isTruncation ?? false
        return Refusal(
            isTruncation ? .truncated : .notWellFormed,
            isTruncation
                ? "the document ends too early: \(text)" : "not well-formed XML: \(text) (\(complaint))",
            peerDetail: "\(text): line \(place.line), column \(place.column)"
        ).at(place)
    }

    private func position(of offset: Int) -> TextPosition {
        window.withUnsafeBytes {
            windowPosition.advanced(
                over: UnsafeRawBufferPointer(rebasing: $0.prefix(max(0, offset))),
                encoding: converter.encoding)
        }
    }
}
