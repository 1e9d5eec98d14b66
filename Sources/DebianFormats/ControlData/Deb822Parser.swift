/// Reads deb822 line by line; the rules are those of `Deb822`.
struct Deb822Parser {
    private struct OpenField {
        var name: String
        var value: [UInt8]
        var line: Int
    }

    private let options: Deb822.Options
    private var nextLine: Int
    private var stanzas: [Stanza] = []
    private var stanza = Stanza()
    private var open: OpenField?

    init(options: Deb822.Options, nextLine: Int) {
        self.options = options
        self.nextLine = nextLine
    }

    mutating func parse(_ bytes: [UInt8]) throws(DebianFormatsError) -> [Stanza] {
        guard bytes.count <= options.limits.documentBytes else {
            throw DebianFormatsError(
                .tagfileLimit,
                "\(bytes.count) bytes are more than the \(options.limits.documentBytes) allowed")
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
            try take(line: rest[..<end])
            rest = rest[end...].dropFirst()
            nextLine += 1
        }
        try closeStanza()
        return stanzas
    }

    private mutating func take(line: ArraySlice<UInt8>) throws(DebianFormatsError) {
        guard line.count <= options.limits.lineBytes else {
            throw error(.tagfileLimit, "the line is longer than \(options.limits.lineBytes) bytes")
        }
        guard let first = line.first else { return try closeStanza() }
        try checkControlCharacters(line)
        if first == UInt8(ascii: "#") {
            guard options.skipsComments else {
                throw error(.tagfileSyntax, "comments are not allowed in this kind of file")
            }
        } else if ASCII.isBlank(first) {
            try takeContinuation(line)
        } else {
            try takeField(line)
        }
    }

    private func checkControlCharacters(_ line: ArraySlice<UInt8>) throws(DebianFormatsError) {
        guard let offence = line.first(where: { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }) else { return }
        if offence == 0x0D, line.last == 0x0D {
            throw error(.tagfileSyntax, "the line ends with CR LF; lines end with LF alone")
        }
        throw error(.tagfileSyntax, "the line contains the control character \(offence)")
    }

    private mutating func takeContinuation(_ line: ArraySlice<UInt8>) throws(DebianFormatsError) {
        guard !line.allSatisfy(ASCII.isBlank) else {
            throw error(
                .tagfileSyntax,
                "the line holds only blanks, which some programs take for the end of the stanza; write \" .\""
            )
        }
        guard open != nil else {
            throw error(.tagfileSyntax, "the line continues a field, but none has begun")
        }
        open?.value.append(0x0A)
        open?.value.append(contentsOf: line)
    }

    private mutating func takeField(_ line: ArraySlice<UInt8>) throws(DebianFormatsError) {
        try closeField()
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
            throw error(.tagfileSyntax, "the line is neither a field (it has no colon) nor a continuation")
        }
        let name = line[..<colon]
        guard Stanza.isFieldName(name) else {
            throw error(.tagfileSyntax, "\(quoted(String(decoding: name, as: UTF8.self))) is no field name")
        }
        guard name.count <= options.limits.nameBytes else {
            throw error(.tagfileLimit, "the field name is longer than \(options.limits.nameBytes) bytes")
        }
        guard stanza.fields.count < options.limits.fieldsPerStanza else {
            throw error(.tagfileLimit, "the stanza has more than \(options.limits.fieldsPerStanza) fields")
        }
        guard stanzas.count < options.limits.stanzas else {
            if options.limits.stanzas == 1 {
                throw error(.tagfileSyntax, "a second stanza begins here; the file may have only one")
            }
            throw error(.tagfileLimit, "the file has more than \(options.limits.stanzas) stanzas")
        }
        var value = line[colon...].dropFirst().drop(while: ASCII.isBlank)
        while let last = value.last, ASCII.isBlank(last) { value.removeLast() }
        open = OpenField(name: String(decoding: name, as: UTF8.self), value: Array(value), line: nextLine)
    }

    private mutating func closeField() throws(DebianFormatsError) {
        guard let field = open else { return }
        open = nil
        let value: String
        if options.freeTextFields.contains(ASCII.lowercased(field.name)) {
            value = FreeText.decode(field.value)
        } else if let text = String(validating: field.value, as: UTF8.self) {
            value = text
        } else {
            throw DebianFormatsError(
                .encoding, "the field \(field.name) contains bytes that are not UTF-8", line: field.line)
        }
        guard stanza.append(parsed: field.name, value: value, line: field.line) else {
            let before = stanza.field(field.name)?.line.map { " (first on line \($0))" } ?? ""
            throw DebianFormatsError(
                .duplicateField, "the field \(field.name) appears twice\(before)", line: field.line)
        }
    }

    private mutating func closeStanza() throws(DebianFormatsError) {
        try closeField()
        guard !stanza.isEmpty else { return }
        stanzas.append(stanza)
        stanza = Stanza()
    }

    private func error(_ code: FormatProblem.Code, _ message: String) -> DebianFormatsError {
        DebianFormatsError(code, message, line: nextLine)
    }
}
