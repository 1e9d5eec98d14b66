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
    private static var nothing: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

    public let reading: XMLRPCReading
    public let limits: XMLRPCLimits

    private var parser: SAXParser?
    private var converter = SourceConverter()
    private var converted: [UInt8] = []
    private var window = ReadWindow()
    private var windowStage = PeerDiagnosis.Stage.prolog(isStart: true)
    /// Elements that were open where the window begins.
    private var windowNames: [ElementName] = []
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
                let reason = Refusal(.tooLarge, "a document of more than \(limits.totalBytes) bytes")
                throw error(reason, at: window.count)
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
        if !converter.passesThrough(Self.nothing) {
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
            throw self.error(error, at: window.count)
        }
    }

    /// Forgets the document under way.
    public func reset() {
        if parser?.restart() != true { parser = SAXParser(reading: reading, limits: limits) }
        converter = SourceConverter()
        converted.removeAll(keepingCapacity: converted.capacity <= Self.windowSize)
        window.reset()
        windowStage = .prolog(isStart: true)
        windowNames = []
        failure = nil
        fedBytes = 0
    }

    // MARK: Whole documents

    /// - Throws: what is wrong with the document.
    public func decode(_ bytes: UnsafeRawBufferPointer) throws(XMLRPCDecodingError) -> XMLRPCMessage {
        if fedBytes > 0 || failure != nil { reset() }
        if converter.passesThrough(bytes) { window.borrow(bytes) }
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

    /// An error at a place some bytes of UTF-8 into the window.
    private func error(_ refusal: Refusal, at distance: Int = 0) -> XMLRPCDecodingError {
        refusal.at(window.position(at: distance, encoding: converter.encoding))
    }

    private var outOfMemory: XMLRPCDecodingError {
        error(Refusal(.outOfMemory, "no memory for an XML parser"))
    }

    private func pushConverted(
        isLast: Bool, _ conversion: (inout SourceConverter, inout [UInt8]) throws(Refusal) -> Void
    ) throws(XMLRPCDecodingError) {
        let wasStarted = converter.isDecided
        converted.removeAll(keepingCapacity: true)
        do throws(Refusal) { try conversion(&converter, &converted) } catch { throw self.error(error) }
        if converter.isDecided && !wasStarted && converter.byteOrderMarkSize > 0 {
            window.skipByteOrderMark(size: converter.byteOrderMarkSize)
        }
        let bytes = converted
        try bytes.withUnsafeBufferPointer { piece throws(XMLRPCDecodingError) in
            try push(UnsafeRawBufferPointer(piece), isLast: isLast)
        }
    }

    /// Gives UTF-8 to the parser, a little at a time.
    private func push(_ bytes: UnsafeRawBufferPointer, isLast: Bool) throws(XMLRPCDecodingError) {
        guard let parser else { throw outOfMemory }
        var index = window.end == 0 ? pushDeclaration(bytes, to: parser) : 0
        while index < bytes.count {
            let end = min(index + Self.pieceSize, bytes.count)
            let piece = UnsafeRawBufferPointer(rebasing: bytes[index..<end])
            window.append(piece)
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
        window.append(UnsafeRawBufferPointer(rebasing: bytes[..<size]))
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
            window.drop(to: parser.consumed, encoding: converter.encoding)
            windowNames = parser.session.pointee.unmarshaller.openNames
        }
        if stage == .tag && window.count > limits.tagBytes {
            throw error(Refusal(.markupTooLarge, "a tag of more than \(limits.tagBytes) bytes"))
        }
        if window.count > limits.markupBytes {
            throw error(Refusal(.markupTooLarge, "markup of more than \(limits.markupBytes) bytes"))
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
        let session = parser.session
        let refusal = session.pointee.refusal.map { (reason: $0.0, distance: $0.offset - window.offset) }
        // At the end of the document libxml2 reports the tag that was cut there, too.
        if let refusal, refusal.reason.isOurs, unread != nil {
            return error(refusal.reason, at: refusal.distance)
        }
        let unread = unread ?? Self.nothing
        let lookahead = min(unread.count, Self.windowSize)
        window.append(UnsafeRawBufferPointer(rebasing: unread[..<lookahead]))
        let finding = window.withBytes { stretch in
            var diagnosis = PeerDiagnosis(
                stretch, isWhole: isLast && lookahead == unread.count, hasLeftover: converter.hasLeftover,
                openNames: windowNames.map(\.qualified), entities: session.pointee.entities.names)
            return diagnosis.find(from: windowStage)
        }
        // libxml2 may report an element whose tag is not finished, or not right to the end.
        if let refusal, finding.map({ $0.tokenStart >= refusal.distance }) ?? true {
            return error(refusal.reason, at: refusal.distance)
        }
        let complaint = session.pointee.complaint?.prefix { $0 != "\n" }.prefix(200) ?? "not well-formed"
        let distance = finding?.offset ?? parser.consumed - window.offset
        let place = window.position(at: distance, encoding: converter.encoding)
        let text = finding?.text ?? "not well-formed (invalid token)"
        let isTruncation = finding?.isTruncation ?? false
        return Refusal(
            isTruncation ? .truncated : .notWellFormed,
            isTruncation
                ? "the document ends too early: \(text)" : "not well-formed XML: \(text) (\(complaint))",
            peerDetail: "\(text): line \(place.line), column \(place.column)"
        ).at(place)
    }
}
