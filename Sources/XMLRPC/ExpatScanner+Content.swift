/// Tokens inside the document element.
extension ExpatScanner {
    func contentToken(at start: Int) -> Outcome {
        guard let first = byte(at: start) else { return nothing }
        switch first {
        case UInt8(ascii: "<"): return markup(from: start + 1)
        case UInt8(ascii: "&"): return reference(from: start + 1)
        default: return text(from: start)
        }
    }

    /// Everything up to the next markup; expat cuts it finer, but objects at the same places.
    private func text(from start: Int) -> Outcome {
        var index = start
        while let byte = byte(at: index), byte != UInt8(ascii: "<"), byte != UInt8(ascii: "&") {
            if byte == UInt8(ascii: "]"), self.byte(at: index + 1) == byte,
                self.byte(at: index + 2) == UInt8(ascii: ">")
            {
                return .invalid(at: index + 2)
            }
            let next = character(at: index)
            if next.size == 0 { return index > start ? .token(.text, end: index) : objection(at: index) }
            index += next.size
        }
        return .token(.text, end: index)
    }

    /// What follows `<`.
    private func markup(from start: Int) -> Outcome {
        switch byte(at: start) {
        case UInt8(ascii: "!"):
            switch byte(at: start + 1) {
            case UInt8(ascii: "-"): return comment(from: start + 2)
            case UInt8(ascii: "["): return cdata(from: start + 2)
            default: return objection(at: start + 1)
            }
        case UInt8(ascii: "?"): return processingInstruction(from: start + 1)
        case UInt8(ascii: "/"): return endTag(from: start + 1)
        default: return startTag(from: start)
        }
    }

    private func cdata(from start: Int) -> Outcome {
        var index = start
        for expected in "CDATA[".utf8 {
            guard byte(at: index) == expected else { return objection(at: index) }
            index += 1
        }
        while true {
            let next = character(at: index)
            switch next {
            // Expat is then between two pieces of the section, not inside a token.
            case .end: return .token(.cdata, end: bytes.count + 1)
            default: break
            }
            guard next.size > 0 else { return objection(at: index) }
            if bytes[index] == UInt8(ascii: "]"), byte(at: index + 1) == UInt8(ascii: "]"),
                byte(at: index + 2) == UInt8(ascii: ">")
            {
                return .token(.cdata, end: index + 3)
            }
            index += next.size
        }
    }

    private func endTag(from start: Int) -> Outcome {
        let (end, objection) = name(at: start)
        if let objection { return objection }
        let close = skippingSpace(from: end)
        guard byte(at: close) == UInt8(ascii: ">") else { return self.objection(at: close) }
        return .token(.endTag(name: start..<end), end: close + 1)
    }

    private func startTag(from start: Int) -> Outcome {
        let (end, objection) = name(at: start)
        if let objection { return objection }
        var index = end
        while true {
            let afterSpace = skippingSpace(from: index)
            switch byte(at: afterSpace) {
            case UInt8(ascii: ">"):
                return .token(.startTag(name: start..<end, isEmpty: false), end: afterSpace + 1)
            case UInt8(ascii: "/"):
                guard byte(at: afterSpace + 1) == UInt8(ascii: ">") else {
                    return self.objection(at: afterSpace + 1)
                }
                return .token(.startTag(name: start..<end, isEmpty: true), end: afterSpace + 2)
            default:
                // An attribute needs white space before it.
                guard afterSpace > index else { return self.objection(at: afterSpace) }
                switch attribute(from: afterSpace) {
                case .read(_, _, let end): index = end
                case .objection(let outcome): return outcome
                }
            }
        }
    }

    enum Attribute {
        case read(name: Range<Int>, value: Range<Int>, end: Int)
        case objection(Outcome)
    }

    func attribute(from start: Int) -> Attribute {
        let (end, objection) = name(at: start)
        if let objection { return .objection(objection) }
        let equals = skippingSpace(from: end)
        guard byte(at: equals) == UInt8(ascii: "=") else { return .objection(self.objection(at: equals)) }
        let open = skippingSpace(from: equals + 1)
        guard let quote = byte(at: open), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            return .objection(self.objection(at: open))
        }
        var index = open + 1
        while byte(at: index) != quote {
            switch byte(at: index) {
            case UInt8(ascii: "<"): return .objection(.invalid(at: index))
            case UInt8(ascii: "&"):
                switch reference(from: index + 1) {
                case .token(_, let end): index = end
                case let other: return .objection(other)
                }
            default:
                let next = character(at: index)
                guard next.size > 0 else { return .objection(self.objection(at: index)) }
                index += next.size
            }
        }
        return .read(name: start..<end, value: open + 1..<index, end: index + 1)
    }
}
