/// Cuts UTF-8 into the tokens that expat, the real slave's parser, would see, and finds the byte that it would
/// object to. Used after a document was refused, to say so in the peer's words.
struct ExpatScanner {
    enum Token: Equatable {
        case startTag(name: Range<Int>, isEmpty: Bool)
        case endTag(name: Range<Int>)
        case entityReference(name: Range<Int>)
        case characterReference(digits: Range<Int>, isHexadecimal: Bool)
        case text
        case cdata
        case comment
        case processingInstruction
        case xmlDeclaration
        case space
        /// `<!` and a name.
        case declaration
        /// The `<` before the document element's name, when its tag is only looked at.
        case instanceStart
        case closeBracket
        case openBracket
        case declarationEnd
        case parameterReference
        /// Anything else that may stand in a document type.
        case other
    }

    enum Outcome: Equatable {
        case token(Token, end: Int)
        /// A character that cannot stand there.
        case invalid(at: Int)
        /// The document ends inside a token.
        case partial
        /// The document ends inside a character.
        case partialCharacter
        /// The document ends.
        case none
    }

    let bytes: UnsafeRawBufferPointer
    /// A byte of a character that never came was left over at the end of a document in UTF-16.
    let hasLeftover: Bool

    /// What is found where nothing is left.
    var nothing: Outcome { hasLeftover ? .partial : .none }

    // MARK: Characters

    enum Character: Equatable {
        case nameStart(size: Int)
        case nameOnly(size: Int)
        case other(size: Int)
        case invalid
        case cut
        case end

        var size: Int {
            switch self {
            case .nameStart(let size), .nameOnly(let size), .other(let size): size
            case .invalid, .cut, .end: 0
            }
        }

        var isName: Bool {
            switch self {
            case .nameStart, .nameOnly: true
            default: false
            }
        }
    }

    func character(at index: Int) -> Character {
        guard index < bytes.count else { return .end }
        let byte = bytes[index]
        switch byte {
        case 0x61...0x7A, 0x41...0x5A, 0x5F, 0x3A: return .nameStart(size: 1)
        case 0x30...0x39, 0x2D, 0x2E: return .nameOnly(size: 1)
        case 0x09, 0x0A, 0x0D, 0x20..<0x80: return .other(size: 1)
        case 0xC0..<0xF5: return longCharacter(at: index, lead: byte)
        default: return .invalid
        }
    }

    private func longCharacter(at index: Int, lead: UInt8) -> Character {
        let size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        guard index + size <= bytes.count else { return .cut }
        var scalar = UInt32(lead) & (0x7F >> UInt32(size))
        for offset in 1..<size {
            let byte = bytes[index + offset]
            guard byte & 0xC0 == 0x80 else { return .invalid }
            scalar = scalar << 6 | UInt32(byte & 0x3F)
        }
        let smallest: [UInt32] = [0x80, 0x800, 0x10000]
        guard scalar >= smallest[size - 2], let valid = Unicode.Scalar(scalar),
            scalar & ~1 != 0xFFFE || size > 3
        else { return .invalid }
        // Expat's tables are those of XML 1.0's fourth edition: nothing beyond the basic plane is a name.
        if size == 4 { return .other(size: 4) }
        if valid.properties.isXIDStart { return .nameStart(size: size) }
        return valid.properties.isXIDContinue ? .nameOnly(size: size) : .other(size: size)
    }

    func byte(at index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }

    func isSpace(at index: Int) -> Bool {
        guard let byte = byte(at: index) else { return false }
        return byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    /// What to say when the character at `index` is not the one needed.
    func objection(at index: Int) -> Outcome {
        switch character(at: index) {
        case .end: .partial
        case .cut: .partialCharacter
        default: .invalid(at: index)
        }
    }

    /// Skips a name that must begin at `index`; nil and an objection when none does.
    func name(at index: Int) -> (end: Int, Outcome?) {
        guard case .nameStart(let size) = character(at: index) else { return (index, objection(at: index)) }
        let end = nameCharacters(from: index + size)
        return (end, nil)
    }

    func nameCharacters(from index: Int) -> Int {
        var end = index
        while true {
            let next = character(at: end)
            guard next.isName else { return end }
            end += next.size
        }
    }

    func skippingSpace(from index: Int) -> Int {
        var end = index
        while isSpace(at: end) { end += 1 }
        return end
    }

    // MARK: Markup that may stand anywhere

    /// What follows `<!-`.
    func comment(from start: Int) -> Outcome {
        guard byte(at: start) == UInt8(ascii: "-") else { return objection(at: start) }
        var index = start + 1
        while true {
            let next = character(at: index)
            guard next.size > 0 else { return objection(at: index) }
            if bytes[index] == UInt8(ascii: "-"), byte(at: index + 1) == UInt8(ascii: "-") {
                guard byte(at: index + 2) == UInt8(ascii: ">") else { return objection(at: index + 2) }
                return .token(.comment, end: index + 3)
            }
            index += next.size
        }
    }

    /// What follows `<?`.
    func processingInstruction(from start: Int) -> Outcome {
        let (end, objection) = name(at: start)
        if let objection { return objection }
        let isDeclaration =
            end - start == 3 && String(decoding: bytes[start..<end], as: UTF8.self).lowercased() == "xml"
        if isDeclaration && (isSpace(at: end) || byte(at: end) == UInt8(ascii: "?")) {
            guard bytes[start..<end].elementsEqual("xml".utf8) else { return .invalid(at: end) }
        }
        let token: Token = isDeclaration ? .xmlDeclaration : .processingInstruction
        if byte(at: end) == UInt8(ascii: "?") {
            guard byte(at: end + 1) == UInt8(ascii: ">") else { return self.objection(at: end + 1) }
            return .token(token, end: end + 2)
        }
        guard isSpace(at: end) else { return self.objection(at: end) }
        var index = end + 1
        while true {
            let next = character(at: index)
            guard next.size > 0 else { return self.objection(at: index) }
            if bytes[index] == UInt8(ascii: "?"), byte(at: index + 1) == UInt8(ascii: ">") {
                return .token(token, end: index + 2)
            }
            index += next.size
        }
    }

    /// What follows `&`.
    func reference(from start: Int) -> Outcome {
        if byte(at: start) == UInt8(ascii: "#") { return characterReference(from: start + 1) }
        let (end, objection) = name(at: start)
        if let objection { return objection }
        guard byte(at: end) == UInt8(ascii: ";") else { return self.objection(at: end) }
        return .token(.entityReference(name: start..<end), end: end + 1)
    }

    private func characterReference(from start: Int) -> Outcome {
        let isHexadecimal = byte(at: start) == UInt8(ascii: "x")
        let first = isHexadecimal ? start + 1 : start
        var end = first
        while let byte = byte(at: end), isDigit(byte, hexadecimal: isHexadecimal) { end += 1 }
        guard end > first, byte(at: end) == UInt8(ascii: ";") else { return objection(at: end) }
        return .token(.characterReference(digits: first..<end, isHexadecimal: isHexadecimal), end: end + 1)
    }

    private func isDigit(_ byte: UInt8, hexadecimal: Bool) -> Bool {
        (0x30...0x39).contains(byte) || hexadecimal && (0x61...0x66).contains(byte | 0x20)
    }

    /// Whether a character reference names a character that XML allows.
    func isAllowed(_ digits: Range<Int>, isHexadecimal: Bool) -> Bool {
        let text = String(decoding: bytes[digits], as: UTF8.self)
        guard let value = UInt32(text, radix: isHexadecimal ? 16 : 10), let scalar = Unicode.Scalar(value)
        else {
            return false
        }
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: return true
        case ..<0x20, 0xFFFE, 0xFFFF: return false
        default: return true
        }
    }
}
