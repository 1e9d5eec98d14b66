/// What a document may cost before it is refused; all sizes are in bytes.
///
/// Memory stays below a small multiple of these whatever the document says: the decoder looks at each number
/// before it stores anything.
public struct XMLRPCLimits: Hashable, Sendable {
    /// The whole document as it came over the wire. Default 64 MiB.
    public var totalBytes: Int
    /// How deep arrays and structs may be nested. Default 64.
    public var depth: Int
    /// Elements of any name. Default 4,194,304: a full-sized document of small struct members fits.
    public var elements: Int
    /// The text of one element, before base64 is decoded. Default 64 MiB.
    public var textBytes: Int
    /// One piece of markup that must be seen whole before it can be read: a comment, a processing instruction,
    /// a CDATA section, a document type. Default 1 MiB.
    public var markupBytes: Int
    /// One tag, which must be seen whole too. Default 64 KiB, for the parser's work grows with the square of the
    /// attributes in it.
    public var tagBytes: Int
    /// Attributes of one element, and declarations of namespaces in the document; none of them means anything.
    /// Default 256.
    public var attributes: Int

    public init(
        totalBytes: Int = 64 << 20, depth: Int = 64, elements: Int = 1 << 22, textBytes: Int = 64 << 20,
        markupBytes: Int = 1 << 20, tagBytes: Int = 64 << 10, attributes: Int = 256
    ) {
        self.totalBytes = totalBytes
        self.depth = depth
        self.elements = elements
        self.textBytes = textBytes
        self.markupBytes = markupBytes
        self.tagBytes = tagBytes
        self.attributes = attributes
    }

    /// Open XML elements at the allowed depth: `methodCall`, `params`, `param`; three for each array or struct
    /// (`value`, `array`, `data`); a `value` and its type; and one to spare for an unknown element inside.
    var openElements: Int { 3 + 3 * depth + 3 }
}
