internal import CLibXML2

/// What the callbacks of one document work on. libxml2 gets its address as the user data of all of them.
struct ParserSession: ~Copyable {
    private let documentType: XMLRPCReading.DocumentType
    private let mostAttributes: Int
    var unmarshaller: Unmarshaller
    private(set) var entities = LiteralEntities()
    /// The first thing that was refused here rather than by libxml2, and how many bytes of UTF-8 lay before it.
    private(set) var refusal: (Refusal, offset: Int)?
    /// libxml2's own first complaint, for people.
    private(set) var complaint: String?
    private var isInDocumentType = false
    private var namespaces = 0
    /// The parser that calls back; set once, when both exist.
    var context: xmlParserCtxtPtr?

    init(reading: XMLRPCReading, limits: XMLRPCLimits) {
        documentType = reading.documentType
        mostAttributes = limits.attributes
        unmarshaller = Unmarshaller(reading: reading, limits: limits)
    }

    mutating func reset() {
        unmarshaller.reset()
        entities.removeAll()
        refusal = nil
        complaint = nil
        isInDocumentType = false
        namespaces = 0
    }

    // MARK: What the callbacks do

    mutating func start(_ name: ElementName, attributes: Int, namespaces: Int) {
        guard refusal == nil else { return }
        isInDocumentType = false
        self.namespaces += namespaces
        do throws(Refusal) {
            if attributes > mostAttributes {
                throw Refusal(.markupTooLarge, "an element with more than \(mostAttributes) attributes")
            }
            // The parser looks through all that are declared for every name with a prefix.
            if self.namespaces > mostAttributes {
                throw Refusal(.markupTooLarge, "more than \(mostAttributes) declarations of namespaces")
            }
            try unmarshaller.start(name)
        } catch {
            stop(error)
        }
    }

    mutating func characters(_ text: UnsafeBufferPointer<UInt8>) {
        guard refusal == nil else { return }
        do throws(Refusal) { try unmarshaller.characters(text) } catch { stop(error) }
    }

    mutating func end() {
        guard refusal == nil else { return }
        do throws(Refusal) { try unmarshaller.end() } catch { stop(error) }
    }

    mutating func beginDocumentType(isExternal: Bool) {
        guard refusal == nil else { return }
        if documentType == .refused {
            stop(Refusal(.documentType, "document type declarations are refused"))
        } else if isExternal {
            stop(Refusal(.documentType, "external document types are refused"))
        }
        isInDocumentType = true
    }

    mutating func declareEntity(
        _ name: UnsafePointer<xmlChar>, kind: Int32, content: UnsafePointer<xmlChar>?
    ) {
        guard refusal == nil else { return }
        do throws(Refusal) {
            switch UInt32(bitPattern: kind) {
            case XML_INTERNAL_GENERAL_ENTITY.rawValue: try entities.declare(name, content: content)
            case XML_EXTERNAL_GENERAL_PARSED_ENTITY.rawValue: try entities.declare(name, content: nil)
            default: throw Refusal(.documentType, "parameter entities are refused")
            }
        } catch {
            stop(error)
        }
    }

    mutating func refuseDeclaration() {
        guard refusal == nil else { return }
        stop(Refusal(.documentType, "a document type may declare entities only"))
    }

    mutating func entity(named name: UnsafePointer<xmlChar>) -> UnsafeMutablePointer<xmlEntity>? {
        // While it reads the declarations the parser asks in order to leave something in the answer.
        guard refusal == nil, !isInDocumentType else { return nil }
        do throws(Refusal) {
            return try entities.expand(name)
        } catch {
            stop(error)
            return nil
        }
    }

    mutating func endDocumentType() { isInDocumentType = false }

    mutating func complain(_ message: String) {
        if complaint == nil { complaint = message }
    }

    private mutating func stop(_ reason: Refusal) {
        refusal = (reason, context.map(Self.consumed(by:)) ?? 0)
        if let context { xmlStopParser(context) }
    }

    /// Bytes of UTF-8 that a parser has left behind.
    static func consumed(by context: xmlParserCtxtPtr) -> Int {
        guard let input = context.pointee.input else { return 0 }
        return Int(input.pointee.consumed) + (input.pointee.cur - input.pointee.base)
    }
}
