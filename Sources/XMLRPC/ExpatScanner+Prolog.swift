/// Tokens outside the document element.
extension ExpatScanner {
    func prologToken(at start: Int) -> Outcome {
        guard let first = byte(at: start) else { return nothing }
        switch first {
        case UInt8(ascii: "<"): return markupOutside(from: start + 1)
        case 0x20, 0x0A, 0x0D, 0x09: return .token(.space, end: skippingSpace(from: start))
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return literal(from: start + 1, quote: first)
        case UInt8(ascii: "%"): return percent(from: start + 1)
        case UInt8(ascii: "["): return .token(.openBracket, end: start + 1)
        case UInt8(ascii: "]"): return .token(.closeBracket, end: start + 1)
        case UInt8(ascii: ">"): return .token(.declarationEnd, end: start + 1)
        case UInt8(ascii: ","), UInt8(ascii: "("), UInt8(ascii: "|"): return .token(.other, end: start + 1)
        case UInt8(ascii: ")"): return closingParenthesis(from: start + 1)
        case UInt8(ascii: "#"):
            let (end, objection) = name(at: start + 1)
            return objection ?? terminated(at: end, isToken: false)
        default: return word(at: start)
        }
    }

    /// What follows `<`.
    private func markupOutside(from start: Int) -> Outcome {
        switch byte(at: start) {
        case UInt8(ascii: "!"):
            switch byte(at: start + 1) {
            case UInt8(ascii: "-"): return comment(from: start + 2)
            case UInt8(ascii: "["): return .token(.other, end: start + 2)
            default: return declaration(from: start + 1)
            }
        case UInt8(ascii: "?"): return processingInstruction(from: start + 1)
        default:
            if case .nameStart = character(at: start) { return .token(.instanceStart, end: start - 1) }
            // Any character of several bytes is taken for the start of a tag, which is then looked at closely.
            if let byte = byte(at: start), byte >= 0xC0, byte < 0xF8 {
                return .token(.instanceStart, end: start - 1)
            }
            return objection(at: start)
        }
    }

    /// What follows `<!`: letters, then white space.
    private func declaration(from start: Int) -> Outcome {
        guard let first = byte(at: start), isLetter(first) else { return objection(at: start) }
        var index = start + 1
        while let byte = byte(at: index), isLetter(byte) { index += 1 }
        guard isSpace(at: index) else { return objection(at: index) }
        return .token(.declaration, end: index)
    }

    private func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ":")
    }

    private func literal(from start: Int, quote: UInt8) -> Outcome {
        var index = start
        while byte(at: index) != quote {
            let next = character(at: index)
            guard next.size > 0 else { return objection(at: index) }
            index += next.size
        }
        guard let following = byte(at: index + 1) else { return .token(.other, end: index + 1) }
        let isEnded = isSpace(at: index + 1) || ">%[".utf8.contains(following)
        return isEnded ? .token(.other, end: index + 1) : objection(at: index + 1)
    }

    private func percent(from start: Int) -> Outcome {
        if isSpace(at: start) || byte(at: start) == UInt8(ascii: "%") { return .token(.other, end: start) }
        let (end, objection) = name(at: start)
        if let objection { return objection }
        guard byte(at: end) == UInt8(ascii: ";") else { return self.objection(at: end) }
        return .token(.parameterReference, end: end + 1)
    }

    private func closingParenthesis(from start: Int) -> Outcome {
        guard let following = byte(at: start) else { return .token(.other, end: start) }
        if "*?+".utf8.contains(following) { return .token(.other, end: start + 1) }
        let isEnded = isSpace(at: start) || ">,|)".utf8.contains(following)
        return isEnded ? .token(.other, end: start) : objection(at: start)
    }

    private func word(at start: Int) -> Outcome {
        let first = character(at: start)
        guard first.isName else { return objection(at: start) }
        let end = nameCharacters(from: start)
        if case .nameStart = first { return terminated(at: end, isToken: false) }
        return terminated(at: end, isToken: true)
    }

    /// A name may be followed by what separates it; a mere name token by no repetition mark.
    private func terminated(at end: Int, isToken: Bool) -> Outcome {
        guard let following = byte(at: end) else { return .token(.other, end: end) }
        if isSpace(at: end) || ">),|[%".utf8.contains(following) { return .token(.other, end: end) }
        if !isToken, "+*?".utf8.contains(following) { return .token(.other, end: end + 1) }
        return objection(at: end)
    }
}
