/// Why a document was refused: what, where, and what the real slave would have said.
public struct XMLRPCDecodingError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// Not well-formed XML.
        case notWellFormed
        /// Well-formed as far as it goes, but it ends too early; also the empty document.
        case truncated
        /// An encoding other than UTF-8, UTF-16, ISO-8859-1 and US-ASCII, or one that contradicts the bytes.
        case unsupportedEncoding
        /// A document type declaration, or something in it that is not allowed.
        case documentType
        case tooLarge
        case markupTooLarge
        case textTooLarge
        case tooDeep
        case tooManyElements
        /// XML, but no XML-RPC: nothing in it was a call or an answer.
        case notXMLRPC
        case unknownType
        case badInteger
        case badBoolean
        case badDouble
        case badDecimal
        case badBase64
        case badDate
        /// A struct whose names and values do not pair up.
        case badStruct
        /// A fault without its two members, or with members of other types.
        case badFault
        /// Strict reading only: a member given twice.
        case duplicateMember
        /// Strict reading only: an element where the grammar has none.
        case unexpectedElement
        /// Strict reading only: text where the grammar has none.
        case unexpectedText
        /// Strict reading only: an element that is required and missing.
        case missingElement
        /// A call without a method name. The real slave answers HTTP 500.
        case noMethodName
        /// An answer where a call was expected. The real slave answers HTTP 500.
        case responseInsteadOfCall
        /// A fault where a call was expected.
        case faultInsteadOfCall
        /// A call where an answer was expected.
        case callInsteadOfResponse
        /// libxml2 could not be given the memory for a parser.
        case outOfMemory
    }

    public let code: Code
    /// Bytes of the document that lie before the offence; for a bad value, before the end of its element.
    public let offset: Int
    /// Line of the offence, counted from 1.
    public let line: Int
    /// Characters that lie before the offence on its line.
    public let column: Int
    /// What is wrong, for people.
    public let message: String
    /// What the real slave puts behind `Can't deserialize input: ` (protocol spec 2). Empty when it answers
    /// HTTP 500 instead. For what only we refuse (limits, document types, strictness) it is our own text.
    public let peerDetail: String

    /// The real slave answers HTTP 500 instead of a fault (`faults/no-method-name`).
    public var peerFailsInternally: Bool { code == .noMethodName || code == .responseInsteadOfCall }

    public var description: String {
        "XML-RPC document refused at byte \(offset) (line \(line), column \(column)): \(message)"
    }
}

/// An offence before its place in the document is known.
struct Refusal: Error {
    let code: XMLRPCDecodingError.Code
    let message: String
    let peerDetail: String

    init(_ code: XMLRPCDecodingError.Code, _ message: String, peerDetail: String? = nil) {
        self.code = code
        self.message = message
        self.peerDetail = peerDetail ?? message
    }

    /// The peer would not have stopped here; it may have found fault with something earlier in the same tag.
    var isOurs: Bool {
        switch code {
        case .documentType, .tooLarge, .markupTooLarge, .textTooLarge, .tooDeep, .tooManyElements,
            .duplicateMember, .unexpectedElement, .unexpectedText, .missingElement, .outOfMemory:
            true
        default:
            false
        }
    }

    func at(_ position: TextPosition) -> XMLRPCDecodingError {
        XMLRPCDecodingError(
            code: code, offset: position.offset, line: position.line, column: position.column,
            message: message, peerDetail: peerDetail)
    }
}
