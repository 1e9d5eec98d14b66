/// Finds what expat would say about a document that is not well-formed.
///
/// libxml2 decides what is refused; it only words it differently and points elsewhere. The diagnosis reads the
/// refused stretch again as expat would and stops at the first thing expat would not accept.
struct PeerDiagnosis {
    struct Finding: Equatable {
        let text: String
        /// Bytes of the stretch before the offence.
        let offset: Int
        /// Bytes of the stretch before the token that it is in.
        let tokenStart: Int
        /// The document ended too early, rather than being wrong.
        let isTruncation: Bool
    }

    enum Stage {
        case prolog(isStart: Bool)
        case content
        case epilog
    }

    private let scanner: ExpatScanner
    /// Whether the stretch reaches the end of the document.
    private let isWhole: Bool
    private let entities: Set<String>
    private var open: [[UInt8]]
    private var index = 0

    init(
        _ stretch: UnsafeRawBufferPointer, isWhole: Bool, hasLeftover: Bool, openNames: [String],
        entities: [String]
    ) {
        scanner = ExpatScanner(bytes: stretch, hasLeftover: hasLeftover)
        self.isWhole = isWhole
        self.entities = Set(entities)
        open = openNames.map { Array($0.utf8) }
    }

    /// The first offence; nil when expat would find nothing wrong.
    mutating func find(from stage: Stage) -> Finding? {
        var stage = stage
        while true {
            switch stage {
            case .prolog(let isStart):
                if let finding = prolog(isStart: isStart) { return finding }
                stage = .content
            case .content:
                if let finding = content() { return finding }
                stage = .epilog
            case .epilog:
                return epilog()
            }
            if index >= scanner.bytes.count && !isWhole { return nil }
        }
    }

    // MARK: The three parts of a document

    /// Up to the document element's tag.
    private mutating func prolog(isStart: Bool) -> Finding? {
        var isFirst = isStart
        while true {
            let start = index
            switch scanner.prologToken(at: start) {
            case .token(.instanceStart, _): return nil
            case .token(.space, let end), .token(.comment, let end), .token(.processingInstruction, let end):
                index = end
            case .token(.xmlDeclaration, let end):
                guard isFirst else {
                    return offence("XML or text declaration not at start of entity", at: start)
                }
                let body = UnsafeRawBufferPointer(rebasing: scanner.bytes[start + 5..<end - 2])
                if case .malformed(let place) = XMLDeclaration.read(body) {
                    return offence("XML declaration not well-formed", at: start + 5 + place)
                }
                index = end
            case .token(.declaration, let end)
            where scanner.bytes[start..<end].elementsEqual("<!DOCTYPE".utf8):
                index = end
                if let finding = documentType() { return finding }
            case .token(.parameterReference, _):
                return offence("illegal parameter entity reference", at: start)
            case .token: return offence("syntax error", at: start)
            case .none: return ended("no element found", at: start)
            case let other: return objection(other, tokenStart: start)
            }
            isFirst = false
        }
    }

    /// Skips to the end of a document type declaration, which the parser has read without complaint or refused.
    private mutating func documentType() -> Finding? {
        var brackets = 0
        while true {
            let start = index
            switch scanner.prologToken(at: start) {
            case .token(let token, let end):
                if token == .instanceStart { return offence("syntax error", at: start) }
                index = end
                if token == .openBracket { brackets += 1 }
                if token == .closeBracket { brackets -= 1 }
                if token == .declarationEnd && brackets <= 0 { return nil }
            case .none: return ended("no element found", at: start)
            case let other: return objection(other, tokenStart: start)
            }
        }
    }

    /// Up to the end of the document element.
    private mutating func content() -> Finding? {
        while true {
            let start = index
            switch scanner.contentToken(at: start) {
            case .token(.startTag(let name, let isEmpty), let end):
                if let finding = attributes(after: name.upperBound, tagStart: start) { return finding }
                index = end
                if !isEmpty { open.append(Array(scanner.bytes[name])) }
                if open.isEmpty { return nil }
            case .token(.endTag(let name), let end):
                guard let expected = open.popLast(), scanner.bytes[name].elementsEqual(expected) else {
                    return offence("mismatched tag", at: name.lowerBound)
                }
                index = end
                if open.isEmpty { return nil }
            case .token(.cdata, let end) where end > scanner.bytes.count:
                // Brackets that could have begun the section's end count as a token.
                let brackets = scanner.bytes.suffix(2).reversed().prefix { $0 == UInt8(ascii: "]") }.count
                return ended("unclosed CDATA section", at: scanner.bytes.count - brackets)
            case .token(.xmlDeclaration, _):
                return offence("XML or text declaration not at start of entity", at: start)
            case .token(let token, let end):
                if let finding = reference(token, at: start) { return finding }
                index = end
            case .none: return ended("no element found", at: start)
            case let other: return objection(other, tokenStart: start)
            }
        }
    }

    /// After the document element.
    private mutating func epilog() -> Finding? {
        while true {
            let start = index
            switch scanner.prologToken(at: start) {
            case .token(.space, let end), .token(.comment, let end), .token(.processingInstruction, let end):
                index = end
            case .token: return offence("junk after document element", at: start)
            case .none: return nil
            case let other: return objection(other, tokenStart: start)
            }
        }
    }

    // MARK: Parts of a tag

    /// Looks through the attributes of a tag that was scanned without objection.
    private func attributes(after nameEnd: Int, tagStart: Int) -> Finding? {
        var names: Set<[UInt8]> = []
        var index = scanner.skippingSpace(from: nameEnd)
        while case .read(let name, let value, let end) = scanner.attribute(from: index) {
            guard names.insert(Array(scanner.bytes[name])).inserted else {
                return offence("duplicate attribute", at: name.lowerBound)
            }
            var cursor = value.lowerBound
            while cursor < value.upperBound {
                if scanner.bytes[cursor] == UInt8(ascii: "&"),
                    case .token(let token, let end) = scanner.reference(from: cursor + 1)
                {
                    // Of an undefined entity expat gives the place of the tag.
                    let place = if case .entityReference = token { tagStart } else { cursor }
                    if let finding = reference(token, at: place) { return finding }
                    cursor = end
                } else {
                    cursor += 1
                }
            }
            index = scanner.skippingSpace(from: end)
        }
        return nil
    }

    private func reference(_ token: ExpatScanner.Token, at start: Int) -> Finding? {
        switch token {
        case .characterReference(let digits, let isHexadecimal):
            return scanner.isAllowed(digits, isHexadecimal: isHexadecimal)
                ? nil : offence("reference to invalid character number", at: start)
        case .entityReference(let range):
            let name = String(decoding: scanner.bytes[range], as: UTF8.self)
            let isKnown = ["amp", "lt", "gt", "quot", "apos"].contains(name) || entities.contains(name)
            return isKnown ? nil : offence("undefined entity", at: start)
        default:
            return nil
        }
    }

    // MARK: Findings

    private func objection(_ outcome: ExpatScanner.Outcome, tokenStart: Int) -> Finding? {
        switch outcome {
        case .invalid(let place): offence("not well-formed (invalid token)", at: place)
        case .partial: ended("unclosed token", at: tokenStart)
        case .partialCharacter: ended("partial character", at: tokenStart)
        case .token, .none: nil
        }
    }

    private func offence(_ text: String, at offset: Int) -> Finding {
        Finding(text: text, offset: offset, tokenStart: index, isTruncation: false)
    }

    private func ended(_ text: String, at offset: Int) -> Finding? {
        isWhole ? Finding(text: text, offset: offset, tokenStart: index, isTruncation: true) : nil
    }
}
