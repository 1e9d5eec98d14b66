/// Whose reader is imitated, and how much of its tolerance is kept.
public struct XMLRPCReading: Hashable, Sendable {
    /// How closely a document must follow the XML-RPC grammar.
    public enum Grammar: Hashable, Sendable {
        /// As the real slave: only the type elements count, whatever stands around them is skipped, and of
        /// repeated members the last value wins in the first one's place (protocol spec 2).
        case lenient
        /// Elements where the grammar has them and nowhere else, no stray text, no repeated member.
        case strict
    }

    /// What a document type declaration may do.
    public enum DocumentType: Hashable, Sendable {
        /// Nothing: the document is refused at its `<!DOCTYPE`.
        case refused
        /// Declare entities that stand for short plain text, and external ones, which stand for nothing and are
        /// never fetched. Everything else in it is refused. This is as much of the real slave as is harmless.
        case literalEntities
    }

    public var grammar: Grammar
    public var documentType: DocumentType
    public var peer: XMLRPCPeer

    public init(
        grammar: Grammar = .lenient, documentType: DocumentType = .refused, peer: XMLRPCPeer = .python3
    ) {
        self.grammar = grammar
        self.documentType = documentType
        self.peer = peer
    }

    /// The real slave's tolerance, without document types.
    public static let lenient = XMLRPCReading()
    /// For what a slave says: nothing is accepted that a real slave does not say.
    public static let strict = XMLRPCReading(grammar: .strict)
    /// The real slave of today, as nearly as is safe.
    public static let slave = XMLRPCReading(documentType: .literalEntities)
    /// The real slave of 2010, as nearly as is safe.
    public static let slave2010 = XMLRPCReading(documentType: .literalEntities, peer: .python2)
}

/// The library at the other end of the wire, which decides the types that exist and the texts of complaints.
public enum XMLRPCPeer: Hashable, Sendable {
    /// `xmlrpc.client` of Python 3: the slaves of today.
    case python3
    /// `xmlrpclib` of Python 2.7: the slave of 2010. It knows neither `i1`, `i2`, `biginteger`, `float` and
    /// `bigdecimal` nor names with a prefix.
    case python2
}
