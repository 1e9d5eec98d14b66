/// Reads `<?xml version=... encoding=... standalone=...?>` as expat does.
enum XMLDeclaration {
    enum Reading: Equatable {
        /// Well-formed; the range of the encoding's name when there is one.
        case valid(encoding: Range<Int>?)
        /// Malformed, with the place expat names.
        case malformed(at: Int)
    }

    /// A declaration longer than this is not looked at.
    static let longest = 1024

    /// The size of the well-formed declaration that a document begins with; nil when it begins with none.
    static func size(in document: UnsafeRawBufferPointer) -> Int? {
        guard let end = end(in: document),
            case .valid = read(UnsafeRawBufferPointer(rebasing: document[5..<end - 2]))
        else { return nil }
        return end
    }

    /// Where the declaration that a document begins with, well-formed or not, ends.
    static func end(in document: UnsafeRawBufferPointer) -> Int? {
        guard document.starts(with: "<?xml".utf8), document.count > 7 else { return nil }
        return (7..<min(document.count, longest)).first {
            document[$0] == UInt8(ascii: ">") && document[$0 - 1] == UInt8(ascii: "?")
        }.map { $0 + 1 }
    }

    /// - Parameter text: what stands between `<?xml` and `?>`, in ASCII or UTF-8.
    static func read(_ text: UnsafeRawBufferPointer) -> Reading {
        var scanner = PseudoAttributes(text: text)
        var encoding: Range<Int>?
        switch scanner.next() {
        case .end: return .malformed(at: scanner.position)
        case .malformed: return .malformed(at: scanner.position)
        case .attribute(let name, _) where !scanner.matches(name, "version"):
            return .malformed(at: name.lowerBound)
        case .attribute: break
        }
        var following = scanner.next()
        if case .attribute(let name, let value) = following, scanner.matches(name, "encoding") {
            guard let first = scanner.byte(at: value.lowerBound), isLetter(first) else {
                return .malformed(at: value.lowerBound)
            }
            encoding = value
            following = scanner.next()
        }
        if case .attribute(let name, let value) = following {
            guard scanner.matches(name, "standalone") else { return .malformed(at: name.lowerBound) }
            guard scanner.matches(value, "yes") || scanner.matches(value, "no") else {
                return .malformed(at: value.lowerBound)
            }
            scanner.skipSpace()
            return scanner.position == text.count
                ? .valid(encoding: encoding) : .malformed(at: scanner.position)
        }
        if case .malformed = following { return .malformed(at: scanner.position) }
        return .valid(encoding: encoding)
    }

    static func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20)
    }
}

/// The `name="value"` pairs of an XML declaration.
private struct PseudoAttributes {
    enum Item {
        case end
        case malformed
        case attribute(name: Range<Int>, value: Range<Int>)
    }

    let text: UnsafeRawBufferPointer
    private(set) var position = 0

    init(text: UnsafeRawBufferPointer) { self.text = text }

    func byte(at index: Int) -> UInt8? { index < text.count ? text[index] : nil }

    func matches(_ range: Range<Int>, _ word: StaticString) -> Bool {
        range.count == word.utf8CodeUnitCount
            && range.indices.allSatisfy { text[$0] == word.utf8Start[$0 - range.lowerBound] }
    }

    mutating func skipSpace() {
        while let byte = byte(at: position), isSpace(byte) { position += 1 }
    }

    /// The next pair. After `.malformed`, `position` is where it went wrong; after `.end`, where it began to look.
    mutating func next() -> Item {
        guard let first = byte(at: position) else { return .end }
        guard isSpace(first) else { return .malformed }
        let start = position
        skipSpace()
        guard position < text.count else {
            position = start
            return .end
        }
        let nameStart = position
        while let byte = byte(at: position), byte < 0x80, byte != UInt8(ascii: "="), !isSpace(byte) {
            position += 1
        }
        let name = nameStart..<position
        skipSpace()
        guard byte(at: position) == UInt8(ascii: "="), !name.isEmpty else { return .malformed }
        position += 1
        skipSpace()
        guard let quote = byte(at: position), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            return .malformed
        }
        position += 1
        let valueStart = position
        while let byte = byte(at: position), byte != quote {
            guard isValueByte(byte) else { return .malformed }
            position += 1
        }
        guard position < text.count else { return .malformed }
        position += 1
        return .attribute(name: name, value: valueStart..<position - 1)
    }

    private func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private func isValueByte(_ byte: UInt8) -> Bool {
        XMLDeclaration.isLetter(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
}
