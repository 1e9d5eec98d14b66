/// Control data in the format of deb822: stanzas of fields, separated by empty lines.
///
/// The reader is stricter than apt's where apt's leniency changes the meaning (ppa spec 3.3): a line without a
/// colon, a repeated field, CR LF line ends and lines of blanks only are errors with a line number.
public enum Deb822 {
    public struct Options: Sendable {
        /// Whether lines that begin with `#` are skipped (as in `debian/control`) or refused (in everything that
        /// is sent).
        public var skipsComments: Bool
        /// Fields for people, in lower case: bytes in them that are not UTF-8 are decoded by guessing instead of
        /// being refused.
        public var freeTextFields: Set<String>
        public var limits: Limits

        public init(
            skipsComments: Bool = false, freeTextFields: Set<String> = Options.personalFields,
            limits: Limits = Limits()
        ) {
            self.skipsComments = skipsComments
            self.freeTextFields = freeTextFields
            self.limits = limits
        }

        /// The fields that no program reads for decisions, only people.
        public static let personalFields: Set<String> = [
            "changed-by", "changes", "description", "maintainer", "original-maintainer", "uploaders",
            "xsbc-original-maintainer",
        ]
    }

    public struct Limits: Sendable {
        public var documentBytes = 4 << 20
        public var stanzas = 1
        public var fieldsPerStanza = 500
        public var nameBytes = 100
        public var lineBytes = 256 << 10

        public init() {}

        /// For indices such as Packages, which hold many stanzas.
        public static func index(documentBytes: Int = 512 << 20, stanzas: Int = 1_000_000) -> Limits {
            var limits = Limits()
            limits.documentBytes = documentBytes
            limits.stanzas = stanzas
            return limits
        }
    }

    /// - Parameter firstLine: the number of the first line, for text that was cut out of a larger file.
    /// - Throws: `tagfile-syntax`, `tagfile-limit`, `duplicate-field`, `encoding`.
    public static func stanzas(
        in bytes: [UInt8], options: Options = Options(), firstLine: Int = 1
    ) throws(DebianFormatsError) -> [Stanza] {
        var parser = Deb822Parser(options: options, nextLine: firstLine)
        return try parser.parse(bytes)
    }

    /// - Throws: as `stanzas(in:options:firstLine:)`, `tagfile-empty` if there is none, and `tagfile-syntax` if there
    ///   is more than one.
    public static func singleStanza(
        in bytes: [UInt8], options: Options = Options(), firstLine: Int = 1
    ) throws(DebianFormatsError) -> Stanza {
        var options = options
        options.limits.stanzas = 1
        let stanzas = try stanzas(in: bytes, options: options, firstLine: firstLine)
        guard let stanza = stanzas.first else {
            throw DebianFormatsError(.tagfileEmpty, "the file contains no field at all")
        }
        return stanza
    }

    /// The text of stanzas, each field in its place, an empty line between two stanzas.
    public static func text(of stanzas: some Sequence<Stanza>) -> String {
        stanzas.map(text(of:)).joined(separator: "\n")
    }

    /// The text of one stanza; every line ends with a line feed.
    public static func text(of stanza: Stanza) -> String {
        stanza.fields.map { field in
            let startsBelow = field.value.isEmpty || field.value.utf8.first == 0x0A
            return "\(field.name):\(startsBelow ? "" : " ")\(field.value)\n"
        }.joined()
    }
}
