/// Reads the numbers of a document with the tolerance of Python's `int`, `float` and `Decimal`.
struct NumberReader {
    let peer: XMLRPCPeer
    /// Python 3 reads no longer integers; nor do we for the older peer, which has no limit.
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
        guard digits.count <= Self.longestInteger else {
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
        let quoted = PythonText.representation(of: text, limit: 200, peer: peer)
        return Refusal(.badInteger, "invalid literal for int() with base 10: \(quoted)")
    }

    /// - Throws: `badDouble`.
    func double(_ text: String) throws(Refusal) -> Double {
        if let plain = PythonText.plainNumber(text, peer: peer), DecimalText.isFloat(plain),
            let number = Double(String(decoding: plain, as: UTF8.self))
        {
            return number
        }
        throw Refusal(.badDouble, complaint(aboutDouble: text))
    }

    private func complaint(aboutDouble text: String) -> String {
        switch peer {
        case .python3:
            let quoted = PythonText.representation(of: text, limit: Self.longestQuote)
            return "could not convert string to float: \(quoted)"
        case .python2:
            let shown = text.unicodeScalars.drop { $0.properties.isWhitespace }.prefix(Self.longestQuote)
                .map { $0.properties.isWhitespace ? " " : String($0) }.joined()
            let startsAsNumber = DecimalText.startsAsFloat(Array(shown.utf8))
            return (startsAsNumber ? "invalid literal for float(): " : "could not convert string to float: ")
                + shown
        }
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
    static func isFloat(_ text: [UInt8]) -> Bool {
        let body = unsigned(text)
        return isFinite(body) || ["inf", "infinity", "nan"].contains(lowercased(body))
    }

    /// Whether a number of this kind could be read off the front.
    static func startsAsFloat(_ text: [UInt8]) -> Bool {
        let body = unsigned(text)
        let word = lowercased(body.prefix(3))
        let digits = body.first == UInt8(ascii: ".") ? body.dropFirst() : body
        return digits.first.map(PythonText.isDigit) ?? false || word == "inf" || word == "nan"
    }

    /// The same with payloads of not-a-number.
    static func isDecimal(_ text: [UInt8]) -> Bool {
        let body = unsigned(text)
        let word = lowercased(body)
        if isFinite(body) || word == "inf" || word == "infinity" { return true }
        let payload =
            word.hasPrefix("snan") ? word.dropFirst(4) : word.hasPrefix("nan") ? word.dropFirst(3) : nil
        return payload.map { $0.utf8.allSatisfy(PythonText.isDigit) } ?? false
    }

    private static func unsigned(_ text: [UInt8]) -> ArraySlice<UInt8> {
        text.first == UInt8(ascii: "-") || text.first == UInt8(ascii: "+") ? text.dropFirst() : text[...]
    }

    private static func lowercased(_ text: ArraySlice<UInt8>) -> String {
        text.count > 64 ? "" : String(decoding: text, as: UTF8.self).lowercased()
    }

    private static func isFinite(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        func takeDigits() -> Int {
            let digits = rest.prefix(while: PythonText.isDigit).count
            rest = rest.dropFirst(digits)
            return digits
        }
        var digits = takeDigits()
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            digits += takeDigits()
        }
        guard digits > 0 else { return false }
        if let exponent = rest.first, exponent | 0x20 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard takeDigits() > 0 else { return false }
        }
        return rest.isEmpty
    }
}
