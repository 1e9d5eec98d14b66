/// Turns the bytes of a document into UTF-8, after finding out which encoding they are in.
///
/// libxml2 could convert by itself, but would then hand whatever name a document declares to the system's
/// conversion library and detect encodings no peer knows. Behind this converter it only ever sees UTF-8.
struct SourceConverter {
    /// A declaration longer than this is not looked at: the document is taken for UTF-8.
    private static let longestDeclaration = 1024
    /// Stands for what cannot be a character; never legal in UTF-8, so the parser refuses it in place.
    private static let impossible: UInt8 = 0xFF
    /// The first byte of a character of four, for one that is cut by the end of the document.
    private static let cutCharacter: UInt8 = 0xF0

    private(set) var encoding = SourceEncoding.utf8
    private(set) var byteOrderMarkSize = 0
    /// The first bytes, kept until they tell the encoding.
    private var head: [UInt8] = []
    private(set) var isDecided = false
    /// Half a unit of UTF-16.
    private var pendingByte: UInt8?
    /// The first half of a pair of units.
    private var pendingHigh: UInt16?

    /// Whether what was given so far ends with half a unit of UTF-16.
    var hasLeftover: Bool { pendingByte != nil }

    /// Whether a piece of the document is UTF-8 and can be used as it is, which spares the usual small document
    /// every copy.
    mutating func passesThrough(_ input: UnsafeRawBufferPointer) -> Bool {
        if isDecided { return encoding == .utf8 }
        guard head.isEmpty, input.count > 5, (1..<0x80).contains(input[0]), input[1] != 0 else {
            return false
        }
        if input.starts(with: "<?xml".utf8) {
            let longest = min(input.count, Self.longestDeclaration)
            guard
                let end = (6..<longest).first(where: {
                    input[$0] == UInt8(ascii: ">") && input[$0 - 1] == UInt8(ascii: "?")
                }), end > 6
            else { return false }
            let reading = XMLDeclaration.read(UnsafeRawBufferPointer(rebasing: input[5..<end - 1]))
            if case .valid(encoding: .some) = reading { return false }
        }
        isDecided = true
        return true
    }

    /// Converts a piece of the document and appends it to `output`.
    /// - Throws: `unsupportedEncoding`.
    mutating func convert(_ input: UnsafeRawBufferPointer, into output: inout [UInt8]) throws(Refusal) {
        if isDecided {
            transcode(input, into: &output)
            return
        }
        head.append(contentsOf: input)
        try decide(isLast: false, into: &output)
    }

    /// Says that the document has ended.
    /// - Throws: `unsupportedEncoding`.
    mutating func finish(into output: inout [UInt8]) throws(Refusal) {
        if !isDecided { try decide(isLast: true, into: &output) }
        if pendingHigh != nil {
            output.append(Self.cutCharacter)
            pendingHigh = nil
        }
    }

    private mutating func decide(isLast: Bool, into output: inout [UInt8]) throws(Refusal) {
        guard head.count >= 4 || isLast else { return }
        let bytes = head
        let (detected, mark) = Self.detect(bytes)
        let (ascii, isComplete) = Self.declaration(in: bytes[mark...], encoding: detected)
        guard isComplete || isLast else { return }
        encoding = detected
        if let name = Self.declaredName(in: ascii) {
            encoding = try SourceEncoding.named(
                String(decoding: ascii[name], as: UTF8.self), detected: detected
            ) {
                "line \(1 + ascii[..<name.lowerBound].count { $0 == 0x0A }), column "
                    + "\(Self.column(of: name.lowerBound, in: ascii) + (mark > 0 ? 1 : 0))"
            }
        }
        byteOrderMarkSize = mark
        isDecided = true
        head = []
        bytes.withUnsafeBytes { transcode(UnsafeRawBufferPointer(rebasing: $0[mark...]), into: &output) }
    }

    /// What the first bytes look like, and the size of the byte order mark.
    private static func detect(_ bytes: [UInt8]) -> (SourceEncoding, mark: Int) {
        let first = bytes.first ?? 1
        let second = bytes.count > 1 ? bytes[1] : 1
        switch (first, second) {
        case (0xFE, 0xFF): return (.utf16BigEndian, 2)
        case (0xFF, 0xFE): return (.utf16LittleEndian, 2)
        case (0xEF, 0xBB) where bytes.count > 2 && bytes[2] == 0xBF: return (.utf8, 3)
        case (0, _): return (.utf16BigEndian, 0)
        case (_, 0): return (.utf16LittleEndian, 0)
        default: return (.utf8, 0)
        }
    }

    /// The XML declaration up to its `?>` as ASCII, and whether enough is there to know it.
    private static func declaration(
        in bytes: ArraySlice<UInt8>, encoding: SourceEncoding
    ) -> (ascii: [UInt8], isComplete: Bool) {
        let opening = Array("<?xml".utf8)
        var ascii: [UInt8] = []
        var index = bytes.startIndex
        while index + encoding.unitSize <= bytes.endIndex {
            let high: UInt8
            let low: UInt8
            switch encoding {
            case .utf16BigEndian: (high, low) = (bytes[index], bytes[index + 1])
            case .utf16LittleEndian: (high, low) = (bytes[index + 1], bytes[index])
            default: (high, low) = (0, bytes[index])
            }
            let character = high == 0 ? low : 0xFF
            index += encoding.unitSize
            if ascii.count < opening.count && character != opening[ascii.count] { return ([], true) }
            ascii.append(character)
            if ascii.count > opening.count && character == UInt8(ascii: ">")
                && ascii[ascii.count - 2] == UInt8(ascii: "?")
            {
                return (ascii, true)
            }
            if ascii.count > longestDeclaration { return ([], true) }
        }
        return (ascii, false)
    }

    private static func declaredName(in ascii: [UInt8]) -> Range<Int>? {
        guard ascii.count > 7 else { return nil }
        let reading = ascii.withUnsafeBytes {
            XMLDeclaration.read(UnsafeRawBufferPointer(rebasing: $0[5..<ascii.count - 2]))
        }
        guard case .valid(let encoding?) = reading else { return nil }
        return encoding.lowerBound + 5..<encoding.upperBound + 5
    }

    private static func column(of index: Int, in ascii: [UInt8]) -> Int {
        let lineStart = ascii[..<index].lastIndex { $0 == 0x0A || $0 == 0x0D }.map { $0 + 1 } ?? 0
        return index - lineStart
    }

    private mutating func transcode(_ input: UnsafeRawBufferPointer, into output: inout [UInt8]) {
        switch encoding {
        case .utf8:
            output.append(contentsOf: input)
        case .ascii:
            output.append(contentsOf: input.lazy.map { $0 < 0x80 ? $0 : Self.impossible })
        case .latin1:
            output.reserveCapacity(output.count + input.count)
            for byte in input { Self.append(UInt32(byte), to: &output) }
        case .utf16LittleEndian, .utf16BigEndian:
            output.reserveCapacity(output.count + input.count)
            for byte in input {
                guard let first = pendingByte else {
                    pendingByte = byte
                    continue
                }
                pendingByte = nil
                let unit =
                    encoding == .utf16BigEndian
                    ? UInt16(first) << 8 | UInt16(byte) : UInt16(byte) << 8 | UInt16(first)
                appendUnit(unit, to: &output)
            }
        }
    }

    private mutating func appendUnit(_ unit: UInt16, to output: inout [UInt8]) {
        if let high = pendingHigh {
            pendingHigh = nil
            if UTF16.isTrailSurrogate(unit) {
                let scalar = 0x10000 + (UInt32(high) & 0x3FF) << 10 + UInt32(unit) & 0x3FF
                Self.append(scalar, to: &output)
                return
            }
            output.append(Self.impossible)
        }
        if UTF16.isLeadSurrogate(unit) {
            pendingHigh = unit
        } else if UTF16.isTrailSurrogate(unit) {
            output.append(Self.impossible)
        } else {
            Self.append(UInt32(unit), to: &output)
        }
    }

    private static func append(_ scalar: UInt32, to output: inout [UInt8]) {
        switch scalar {
        case ..<0x80:
            output.append(UInt8(scalar))
        case ..<0x800:
            output.append(0xC0 | UInt8(scalar >> 6))
            output.append(0x80 | UInt8(scalar & 0x3F))
        case ..<0x10000:
            output.append(0xE0 | UInt8(scalar >> 12))
            output.append(0x80 | UInt8(scalar >> 6 & 0x3F))
            output.append(0x80 | UInt8(scalar & 0x3F))
        default:
            output.append(0xF0 | UInt8(scalar >> 18))
            output.append(0x80 | UInt8(scalar >> 12 & 0x3F))
            output.append(0x80 | UInt8(scalar >> 6 & 0x3F))
            output.append(0x80 | UInt8(scalar & 0x3F))
        }
    }
}
