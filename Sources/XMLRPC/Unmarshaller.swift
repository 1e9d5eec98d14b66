internal import OrderedCollections

/// Builds a message from the elements of a document.
///
/// The real slave's reader is a stack machine: a type element leaves its value on a stack when it ends, an
/// array or struct gathers what was put there since it began, and nothing else in the document matters.
/// This one works alike, so that it reads the same oddities the same way, and adds limits and, on demand,
/// the grammar.
struct Unmarshaller: ~Copyable {
    private struct OpenElement {
        let tag: Tag
        let name: ElementName
        var children = 0
    }

    private let reading: XMLRPCReading
    private let limits: XMLRPCLimits
    private let numbers: NumberReader

    private var open: [OpenElement] = []
    private var root: Tag?
    private var values = ValueStack()
    /// Where on the stack the open arrays and structs began.
    private var marks: [Int] = []
    /// Text since the last start tag: an end tag does not clear it (protocol spec 2, as the peer reads).
    private var text: [UInt8] = []
    /// Takes the text of a `base64` in place of `text`, while nothing has been opened inside and no element
    /// around it could ask for the text again.
    private var base64 = Base64Reader()
    private var isReadingBase64 = false
    private var openTextElements = 0
    private var textBytes = 0
    /// The last start tag was a `value`, and no type has ended since.
    private var isInBareValue = false
    private var elements = 0
    private var method: String?
    /// The element that said last what the document is: `params`, `fault` or `methodName`.
    private var ending: Tag?

    init(reading: XMLRPCReading, limits: XMLRPCLimits) {
        self.reading = reading
        self.limits = limits
        numbers = NumberReader(peer: reading.peer)
    }

    /// Forgets the document, keeps the modest buffers.
    mutating func reset() {
        open.removeAll(keepingCapacity: true)
        root = nil
        values.removeAll()
        marks.removeAll(keepingCapacity: true)
        text.removeAll(keepingCapacity: text.capacity <= 1 << 16)
        base64 = Base64Reader()
        isReadingBase64 = false
        openTextElements = 0
        textBytes = 0
        isInBareValue = false
        elements = 0
        method = nil
        ending = nil
    }

    /// Names of the elements open now, outermost first.
    var openNames: [ElementName] { open.map(\.name) }

    // MARK: What the parser reports

    /// - Throws: limits, `unknownType`, and by the grammar when strict.
    mutating func start(_ name: ElementName) throws(Refusal) {
        let tag = Tag(name, peer: reading.peer)
        elements += 1
        if elements > limits.elements {
            throw Refusal(.tooManyElements, "more than \(limits.elements) elements")
        }
        if tag == .array || tag == .structure {
            if marks.count >= limits.depth {
                throw Refusal(.tooDeep, "arrays and structs nested more than \(limits.depth) deep")
            }
            marks.append(values.count)
        }
        if open.count >= limits.openElements {
            throw Refusal(.tooDeep, "elements nested more than \(limits.openElements) deep")
        }
        if reading.grammar == .strict && isInBareValue && !text.allSatisfy(Self.isSpace) {
            throw Refusal(.unexpectedText, "text has no place before a type")
        }
        text.removeAll(keepingCapacity: true)
        textBytes = 0
        if isReadingBase64 { base64 = Base64Reader() }
        isReadingBase64 = tag == .base64 && openTextElements == 0
        if tag.readsText { openTextElements += 1 }
        if isInBareValue && !tag.isHandledByPeer { throw unknownType(name.qualified) }
        isInBareValue = tag == .value
        if reading.grammar == .strict {
            try MessageGrammar.enter(tag, in: open.last?.tag, after: open.last?.children ?? 0)
        }
        if open.isEmpty { root = tag } else { open[open.count - 1].children += 1 }
        open.append(OpenElement(tag: tag, name: name))
    }

    private func unknownType(_ name: String) -> Refusal {
        var shown = name
        if reading.peer == .python3, let colon = name.lastIndex(of: ":") {
            shown = String(name[name.index(after: colon)...])
        }
        let sentence =
            "unknown tag \(reading.peer == .python2 ? "u" : "")"
            + PythonText.representation(of: shown, limit: NumberReader.longestQuote, peer: reading.peer)
        let quoted = PythonText.representation(of: sentence, peer: reading.peer)
        return Refusal(
            .unknownType, String(sentence.prefix(100)),
            peerDetail: reading.peer == .python2 ? "ResponseError(\(quoted),)" : "ResponseError(\(quoted))")
    }

    /// - Throws: `textTooLarge`; `unexpectedText` when strict.
    mutating func characters(_ piece: UnsafeBufferPointer<UInt8>) throws(Refusal) {
        textBytes += piece.count
        if textBytes > limits.textBytes {
            throw Refusal(.textTooLarge, "a text of more than \(limits.textBytes) bytes")
        }
        if reading.grammar == .strict,
            !MessageGrammar.allowsText(in: open.last?.tag, after: open.last?.children ?? 0),
            !piece.allSatisfy(Self.isSpace)
        {
            throw Refusal(.unexpectedText, "text has no place in <\(open.last?.tag.spelling ?? "document")>")
        }
        if isReadingBase64 {
            base64.append(piece)
        } else if openTextElements > 0 || isInBareValue {
            // Elsewhere nobody will ask for it.
            text.append(contentsOf: piece)
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D
    }

    /// - Throws: the codes for bad values; by the grammar when strict.
    mutating func end() throws(Refusal) {
        guard let element = open.popLast() else { return }
        if element.tag.readsText { openTextElements -= 1 }
        if reading.grammar == .strict { try MessageGrammar.leave(element.tag, after: element.children) }
        switch element.tag {
        case .value:
            if isInBareValue { push(.string(textString())) }
        case .name:
            push(.string(textString()))
        case .methodName:
            method = textString()
            ending = .methodName
        case .params, .fault:
            ending = element.tag
        case .array:
            endArray()
        case .structure:
            try endStructure()
        case .methodCall, .methodResponse, .param, .data, .member, .foreign:
            break
        default:
            push(try scalar(element.tag))
        }
    }

    // MARK: Values

    private mutating func push(_ value: XMLRPCValue) {
        values.push(value)
        isInBareValue = false
    }

    private func textString() -> String { String(decoding: text, as: UTF8.self) }

    private mutating func scalar(_ tag: Tag) throws(Refusal) -> XMLRPCValue {
        switch tag {
        case .nil: return .nil
        case .boolean:
            switch text {
            case [UInt8(ascii: "0")]: return .boolean(false)
            case [UInt8(ascii: "1")]: return .boolean(true)
            default: throw Refusal(.badBoolean, "bad boolean value")
            }
        case .int:
            let numbers = numbers
            return try text.withUnsafeBufferPointer { digits throws(Refusal) in try numbers.integer(digits) }
        case .double:
            let numbers = numbers
            let number = try text.withUnsafeBufferPointer { digits throws(Refusal) in
                try numbers.double(digits)
            }
            return .double(number)
        case .bigDecimal: return .bigDecimal(try numbers.decimal(textString()))
        case .dateTime: return .dateTime(try date())
        case .base64:
            if !isReadingBase64 {
                text.withUnsafeBufferPointer { base64.append($0) }
            }
            isReadingBase64 = false
            return .base64(try base64.finish(peer: reading.peer))
        default: return .string(textString())
        }
    }

    private func date() throws(Refusal) -> String {
        let string = textString()
        if reading.peer == .python2, let first = string.unicodeScalars.first(where: { !$0.isASCII }) {
            let position = string.unicodeScalars.prefix { $0.isASCII }.count
            let shown = PythonText.representation(of: String(first), peer: .python2)
            throw Refusal(
                .badDate, "a date with characters that are not ASCII",
                peerDetail: "'ascii' codec can't encode character u\(shown) in position \(position): "
                    + "ordinal not in range(128)")
        }
        return PythonText.stripped(string)
    }

    private mutating func endArray() {
        push(.array(values.popArray(from: marks.removeLast())))
    }

    private mutating func endStructure() throws(Refusal) {
        let peer = reading.peer
        let (members, repeated) = try values.popStructure(from: marks.removeLast()) { name throws(Refusal) in
            guard let name else {
                throw Refusal(
                    .badStruct, "a struct member lacks its value", peerDetail: "list index out of range")
            }
            if let detail = Self.complaint(aboutName: name, peer: peer) {
                throw Refusal(.badStruct, "a struct member's name is no string", peerDetail: detail)
            }
        }
        if let repeated, reading.grammar == .strict {
            let shown = PythonText.representation(of: repeated, limit: 60)
            throw Refusal(.duplicateMember, "the struct member \(shown) is there twice")
        }
        push(.structure(members))
    }

    /// What the peer says at once of a value that cannot be a member's name; nil when it says so only when it has
    /// to write the struct.
    private static func complaint(aboutName value: XMLRPCValue, peer: XMLRPCPeer) -> String? {
        let type = PythonText.typeName(of: value, peer: peer)
        switch (value, peer) {
        case (.array, .python3), (.structure, .python3), (.base64, .python3), (.dateTime, .python3):
            return "unhashable type: '\(type)'"
        case (_, .python3):
            return nil
        case (.base64, .python2), (.dateTime, .python2):
            return "'str' object has no attribute 'write'"
        case (_, .python2):
            return "'\(type)' object has no attribute 'encode'"
        }
    }

    // MARK: The message

    /// The message, once the document has ended.
    /// - Throws: `notXMLRPC`, `noMethodName`, `badFault`, `missingElement`.
    func message() throws(Refusal) -> XMLRPCMessage {
        guard let ending else {
            throw Refusal(.notXMLRPC, "neither a call nor an answer", peerDetail: "ResponseError()")
        }
        if ending == .fault {
            return .response(.fault(try FaultReader.fault(from: values.first, peer: reading.peer)))
        }
        if let method { return .call(XMLRPCCall(method, values.array)) }
        guard root == .methodResponse else {
            throw Refusal(.noMethodName, "a call without a method name", peerDetail: "")
        }
        guard let value = values.first, values.count == 1 || reading.grammar == .lenient else {
            throw Refusal(
                .missingElement, "an answer holds one value, this one holds \(values.count)", peerDetail: "")
        }
        return .response(.success(value))
    }
}
