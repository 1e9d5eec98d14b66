import OrderedCollections

/// One paragraph of control data (deb822): fields in their order, found by name whatever its case.
///
/// A value is kept as it is written: the text behind the colon without blanks at its ends, then every continuation
/// line behind a line feed, with the blank it begins with. A value that starts on the line below its name (as
/// file lists do) therefore begins with a line feed.
public struct Stanza: Sendable {
    public struct Field: Sendable {
        /// The name as it is spelled.
        public let name: String
        public fileprivate(set) var value: String
        /// The line the field begins on, counted from 1; nil for a field that was not read.
        public let line: Int?
    }

    private var fieldsByName: OrderedDictionary<String, Field> = [:]

    public init() {}

    /// - Throws: `field-syntax` for a name or value that would not be read back as it is, `duplicate-field`.
    public init(_ fields: [(name: String, value: String)]) throws(DebianFormatsError) {
        for (name, value) in fields {
            guard self[name] == nil else {
                throw DebianFormatsError(.duplicateField, "the field \(quoted(name)) is given twice")
            }
            try set(name, to: value)
        }
    }

    public var fields: some RandomAccessCollection<Field> { fieldsByName.values }
    public var isEmpty: Bool { fieldsByName.isEmpty }

    /// The value of a field, nil if there is none of that name.
    public subscript(_ name: String) -> String? { field(name)?.value }

    public func field(_ name: String) -> Field? { fieldsByName[ASCII.lowercased(name)] }

    /// Replaces a field in its place, or adds it at the end.
    ///
    /// - Throws: `field-syntax` if the name is no field name or the value would not be read back as it is.
    public mutating func set(_ name: String, to value: String) throws(DebianFormatsError) {
        guard Self.isFieldName(name.utf8) else {
            throw DebianFormatsError(.fieldSyntax, "\(quoted(name)) cannot be the name of a field")
        }
        if let reason = Self.whyUnwritable(value) {
            throw DebianFormatsError(.fieldSyntax, "the field \(name) cannot be written: \(reason)")
        }
        let key = ASCII.lowercased(name)
        let known = fieldsByName[key]
        fieldsByName[key] = Field(name: known?.name ?? name, value: value, line: known?.line)
    }

    public mutating func remove(_ name: String) { fieldsByName[ASCII.lowercased(name)] = nil }

    /// Takes a field that the parser has checked. False if the name is taken.
    mutating func append(parsed name: String, value: String, line: Int) -> Bool {
        let key = ASCII.lowercased(name)
        guard fieldsByName[key] == nil else { return false }
        fieldsByName[key] = Field(name: name, value: value, line: line)
        return true
    }

    /// Printable ASCII without the colon; `#` would begin a comment, `-` the armour of a signature.
    static func isFieldName(_ name: some Collection<UInt8>) -> Bool {
        guard let first = name.first, first != UInt8(ascii: "#"), first != UInt8(ascii: "-") else {
            return false
        }
        return name.allSatisfy { ASCII.isGraphic($0) && $0 != UInt8(ascii: ":") }
    }

    private static func whyUnwritable(_ value: String) -> String? {
        let lines = value.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
        for byte in value.utf8 where (byte < 0x20 && byte != 0x09 && byte != 0x0A) || byte == 0x7F {
            return "it contains a control character"
        }
        if let first = lines.first,
            first.first.map(ASCII.isBlank) == true || first.last.map(ASCII.isBlank) == true
        {
            return "its first line begins or ends with a blank"
        }
        for line in lines.dropFirst() {
            guard let first = line.first, ASCII.isBlank(first) else {
                return "a continuation line does not begin with a blank"
            }
            if line.allSatisfy(ASCII.isBlank) {
                return "a continuation line is blank; an empty line is written \" .\""
            }
        }
        return nil
    }
}

extension Stanza: Hashable {
    /// Where a field was read plays no role; order and spelling do.
    public static func == (lhs: Stanza, rhs: Stanza) -> Bool {
        lhs.fields.elementsEqual(rhs.fields) { $0.name == $1.name && $0.value == $1.value }
    }

    public func hash(into hasher: inout Hasher) {
        for field in fields {
            hasher.combine(field.name)
            hasher.combine(field.value)
        }
    }
}

// Readings of a value.
extension Stanza {
    /// The lines of a list-like field (`Files`, `Package-List`) without blanks at their ends; empty ones are left
    /// out.
    public func lines(of name: String) -> [String] {
        guard let value = self[name] else { return [] }
        return value.utf8.split(separator: 0x0A)
            .map { String(decoding: $0, as: UTF8.self).trimmingBlanks() }
            .filter { !$0.isEmpty }
    }

    /// The words of a field that is separated by blanks (`Architecture`, `Binary` of a `.changes`).
    public func words(of name: String) -> [String] { self[name]?.blankSeparatedWords() ?? [] }

    /// The text of a field such as `Changes` or `Description`: one leading blank is dropped from every
    /// continuation line, and a line ` .` becomes an empty one (ppa spec 3.3).
    public func text(of name: String) -> String? {
        guard let value = self[name] else { return nil }
        let lines = value.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
        let texts = lines.enumerated().map { index, line in
            let text = index == 0 ? line : line.dropFirst()
            return String(decoding: text, as: UTF8.self)
        }
        let unescaped = texts.enumerated().map { index, text in
            index > 0 && text.trimmingBlanks() == "." ? "" : text
        }
        let isHeadless = unescaped.count > 1 && unescaped[0].isEmpty
        return unescaped.dropFirst(isHeadless ? 1 : 0).joined(separator: "\n")
    }

    /// The value for a list that begins on the line below the field's name.
    public static func value(lines: some Sequence<String>) -> String { lines.map { "\n \($0)" }.joined() }

    /// The value for a text: its first line stands beside the name or, with `headless`, below it.
    public static func value(text: String, headless: Bool = false) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let continued = lines.dropFirst(headless ? 0 : 1)
        return (headless ? "" : String(lines.first ?? ""))
            + continued.map { $0.utf8.allSatisfy(ASCII.isBlank) ? "\n ." : "\n \($0)" }.joined()
    }
}
