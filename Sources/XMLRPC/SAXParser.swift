internal import CLibXML2

/// A push parser of libxml2 with its callbacks, used for one document after another.
///
/// Nothing global is touched but libxml2's own one-time start; errors go to the session, never to stderr; the
/// network and files are out of reach, for no callback that could load anything is set.
final class SAXParser {
    /// Whether libxml2 was made ready; the first use does it.
    private static let isReady: Void = xmlInitParser()
    /// Names a parser may gather from documents before it is replaced; an honest peer uses about thirty.
    private static let mostNames: Int32 = 1024

    private let context: xmlParserCtxtPtr
    let session: UnsafeMutablePointer<ParserSession>

    /// - Returns: nil when libxml2 could not get the memory.
    init?(reading: XMLRPCReading, limits: XMLRPCLimits) {
        Self.isReady
        session = .allocate(capacity: 1)
        session.initialize(to: ParserSession(reading: reading, limits: limits))
        var handler = SAXCallbacks.handler()
        guard let context = xmlCreatePushParserCtxt(&handler, session, nil, 0, nil) else {
            session.deinitialize(count: 1)
            session.deallocate()
            return nil
        }
        self.context = context
        session.pointee.context = context
        let options = XML_PARSE_NONET.rawValue | XML_PARSE_IGNORE_ENC.rawValue
        xmlCtxtUseOptions(context, Int32(bitPattern: options))
        guard restart() else { return nil }
    }

    deinit {
        // Frees the document that libxml2 makes up when entities are declared.
        xmlCtxtReset(context)
        xmlFreeParserCtxt(context)
        session.deinitialize(count: 1)
        session.deallocate()
    }

    /// Makes ready for the next document.
    /// - Returns: false when the parser should be replaced instead.
    func restart() -> Bool {
        session.pointee.reset()
        guard xmlDictSize(context.pointee.dict) <= Self.mostNames else { return false }
        // Without an encoding and a first chunk the context is set to UTF-8 and detects nothing.
        return xmlCtxtResetPush(context, nil, 0, nil, nil) == 0
    }

    /// Parses a piece of UTF-8.
    /// - Returns: whether the document is still well-formed and not refused.
    func push(_ piece: UnsafeRawBufferPointer) -> Bool {
        let start = piece.baseAddress?.assumingMemoryBound(to: CChar.self)
        xmlParseChunk(context, start, Int32(piece.count), 0)
        return isSound
    }

    /// Says that the document has ended.
    func finish() -> Bool {
        xmlParseChunk(context, nil, 0, 1)
        return isSound
    }

    private var isSound: Bool { session.pointee.refusal == nil && context.pointee.wellFormed != 0 }

    /// Bytes of UTF-8 read so far.
    var consumed: Int { ParserSession.consumed(by: context) }

    /// Where the parser stands, as far as it matters to those who look over its shoulder.
    enum Stage: Equatable {
        /// Before the document element.
        case prolog
        /// Inside it, between two tags or in text.
        case content
        /// Inside it, waiting for the end of a tag.
        case tag
        /// Behind it.
        case epilog
        /// In the middle of something.
        case elsewhere
    }

    var stage: Stage {
        switch context.pointee.instate {
        case XML_PARSER_MISC, XML_PARSER_PROLOG: .prolog
        case XML_PARSER_CONTENT: .content
        case XML_PARSER_START_TAG, XML_PARSER_END_TAG: .tag
        case XML_PARSER_EPILOG: .epilog
        default: .elsewhere
        }
    }
}
