/// Reads the numbers of a document with the tolerance of Python's `int`, `float` and `Decimal`.
struct NumberReader {
    let peer: XMLRPCPeer
    /// Python 3 reads no longer integers.
    private static let longestInteger = 4300
    /// The real slave repeats a bad number or an unknown name in full; ours is cut here, for a fault should not be megabytes long.
    static let longestQuote = 1000

    /// - Throws: `badInteger`.
    func integer(_ text: UnsafeBufferPointer<UInt8>) throws(Refusal) -> XMLRPCValue {
        if let small = Self.smallInteger(text) { return .int(small) }
        let string = String(decoding: text, as: UTF8.self)
        guard let plain = PythonText.plainNumber(string, peer: peer) else { throw badInteger(string) }
        let isNegative = plain.first == UInt8(ascii: "-")
        let digits = isNegative || plain.first == UInt8(ascii: "+") ? plain.dropFirst() : plain[...]
        guard !digits.isEmpty, digits.allSatisfy(PythonText.isDigit) else { throw badInteger(string) }
        guard digits.count <= Self.longestInteger || peer == .python2 else {
            throw Refusal(
                .badInteger,
                "Exceeds the limit (\(Self.longestInteger) digits) for integer string conversion: value has "
                    + "\(digits.count) digits; use sys.set_int_max_str_digits() to increase the limit")
        }
        let significant = digits.drop { $0 == UInt8(ascii: "0") }
        let canonical = (isNegative ? "-" : "") + String(decoding: significant, as: UTF8.self)
        if significant.isEmpty { return .int(0) }
        return Int64(canonical).map { .int($0) } ?? .bigInteger(canonical)
    }

    /// The usual case: an optional minus sign and up to 18 digits.
    private static func smallInteger(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard let first = text.first else { return nil }
        let isNegative = first == UInt8(ascii: "-")
        let start = isNegative ? 1 : 0
        guard text.count > start, text.count - start <= 18 else { return nil }
        var magnitude: Int64 = 0
        for index in start..<text.count {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            magnitude = magnitude * 10 + Int64(digit)
        }
        return isNegative ? -magnitude : magnitude
    }

    private func badInteger(_ text: String) -> Refusal {
        let quoted: String
        switch peer {
        case .python3:
            quoted = PythonText.representation(of: text, limit: 200)
        case .python2:
            if let foreign = notDecimal(text) { return Refusal(.badInteger, foreign) }
            quoted = PythonText.representation(of: String(spaced(text).prefix(200)), peer: peer)
        }
        return Refusal(.badInteger, "invalid literal for int() with base 10: \(quoted)")
    }

    /// - Throws: `badDouble`.
    func double(_ text: UnsafeBufferPointer<UInt8>) throws(Refusal) -> Double {
        let string = String(decoding: text, as: UTF8.self)
        if DecimalText.isFloat(text[...]), let number = Double(string) { return number }
        if let plain = PythonText.plainNumber(string, peer: peer), DecimalText.isFloat(plain[...]),
            let number = Double(String(decoding: plain, as: UTF8.self))
        {
            return number
        }
        throw Refusal(.badDouble, complaint(aboutDouble: string))
    }

    private func complaint(aboutDouble text: String) -> String {
        switch peer {
        case .python3:
            let quoted = PythonText.representation(of: text, limit: Self.longestQuote)
            return "could not convert string to float: \(quoted)"
        case .python2:
            if let foreign = notDecimal(text) { return foreign }
            let shown = String(spaced(text).prefix(Self.longestQuote))
            let startsAsNumber = DecimalText.startsAsFloat(Array(shown.utf8))
            return (startsAsNumber ? "invalid literal for float(): " : "could not convert string to float: ")
                + shown
        }
    }

    /// As Python 2 shows a number it could not read: without white space in front, other white space as blanks.
    private func spaced(_ text: String) -> String {
        text.unicodeScalars.drop { $0.properties.isWhitespace }
            .map { $0.properties.isWhitespace ? " " : String($0) }.joined()
    }

    /// What Python 2 says before it looks at a number, of characters beyond ISO-8859-1.
    private func notDecimal(_ text: String) -> String? {
        func isForeign(_ scalar: Unicode.Scalar) -> Bool {
            scalar.value > 0xFF && !scalar.properties.isWhitespace
                && scalar.properties.numericType != .decimal
        }
        let scalars = Array(text.unicodeScalars)
        guard let start = scalars.firstIndex(where: isForeign) else { return nil }
        let count = scalars[start...].prefix(while: isForeign).count
        let shown = PythonText.representation(of: String(scalars[start]), peer: .python2)
        let place =
            count == 1 ? " u\(shown) in position \(start)" : "s in position \(start)-\(start + count - 1)"
        return "'decimal' codec can't encode character\(place): invalid decimal Unicode string"
    }

    /// - Throws: `badDecimal`.
    func decimal(_ text: String) throws(Refusal) -> String {
        let stripped = PythonText.stripped(text)
        // Unlike the other two, Decimal does not mind where underscores stand.
        let plain = PythonText.plainNumber(stripped.filter { $0 != "_" }, peer: peer)
        guard let plain, DecimalText.isDecimal(plain) else {
            throw Refusal(
                .badDecimal, "not a decimal number", peerDetail: "[<class 'decimal.ConversionSyntax'>]")
        }
        return stripped
    }
}

/// The grammar of Python's decimal numbers, over ASCII.
private enum DecimalText {
    /// A number as `float` takes it: no hexadecimal, which Swift would read.
    static func isFloat<Text: RandomAccessCollection<UInt8>>(_ text: Text) -> Bool where Text.Index == Int {
        isFinite(text) || ["inf", "infinity", "nan"].contains(unsignedWord(text))
    }

    /// Whether a number of this kind could be read off the front.
    static func startsAsFloat(_ text: [UInt8]) -> Bool {
        let word = unsignedWord(text)
        let digits = word.hasPrefix(".") ? word.utf8.dropFirst() : word.utf8[...]
        return digits.first.map(PythonText.isDigit) ?? false || word.hasPrefix("inf") || word.hasPrefix("nan")
    }

    /// The same with payloads of not-a-number.
    static func isDecimal(_ text: [UInt8]) -> Bool {
        let word = unsignedWord(text)
        if isFinite(text) || word == "inf" || word == "infinity" { return true }
        let payload =
            word.hasPrefix("snan") ? word.dropFirst(4) : word.hasPrefix("nan") ? word.dropFirst(3) : nil
        return payload.map { $0.utf8.allSatisfy(PythonText.isDigit) } ?? false
    }

    /// The first letters, without a sign and in lower case.
    private static func unsignedWord<Text: RandomAccessCollection<UInt8>>(_ text: Text) -> String {
        let isSigned = text.first == UInt8(ascii: "-") || text.first == UInt8(ascii: "+")
        return String(decoding: text.dropFirst(isSigned ? 1 : 0).prefix(64), as: UTF8.self).lowercased()
    }

    private static func isFinite<Text: RandomAccessCollection<UInt8>>(_ text: Text) -> Bool
    where Text.Index == Int {
        var index = text.startIndex
        func take(_ first: UInt8, or second: UInt8) -> Bool {
            guard index < text.endIndex, text[index] == first || text[index] == second else { return false }
            index += 1
            return true
        }
        func takeDigits() -> Bool {
            let start = index
            while index < text.endIndex, PythonText.isDigit(text[index]) { index += 1 }
            return index > start
        }
        _ = take(UInt8(ascii: "-"), or: UInt8(ascii: "+"))
        var hasDigits = takeDigits()
        if take(UInt8(ascii: "."), or: UInt8(ascii: ".")) { hasDigits = takeDigits() || hasDigits }
        guard hasDigits else { return false }
        if take(UInt8(ascii: "e"), or: UInt8(ascii: "E")) {
            _ = take(UInt8(ascii: "-"), or: UInt8(ascii: "+"))
            guard takeDigits() else { return false }
        }
        return index == text.endIndex
    }
}
