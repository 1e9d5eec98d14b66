/// Character classes of the formats in this room. All of them are ASCII; locale plays no role anywhere.
enum ASCII {
    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    static func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
    static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
    static func isLetter(_ byte: UInt8) -> Bool { isUpper(byte) || isLower(byte) }
    static func isAlphanumeric(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }
    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    /// Printable and not a blank.
    static func isGraphic(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) }

    /// The text with A-Z made small; other characters stay as they are.
    static func lowercased(_ text: some StringProtocol) -> String {
        if !text.utf8.contains(where: isUpper) { return String(text) }
        return String(decoding: text.utf8.map { isUpper($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// A non-negative decimal number in digits only: no sign, no blanks, no other base.
    static func decimal(_ text: some StringProtocol) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy(isDigit) else { return nil }
        return Int64(text)
    }
}

extension StringProtocol {
    /// Without blanks and tabs at both ends.
    func trimmingBlanks() -> String {
        var bytes = Substring(self).utf8.drop(while: ASCII.isBlank)
        while let last = bytes.last, ASCII.isBlank(last) { bytes.removeLast() }
        return String(Substring(bytes))
    }

    /// The parts between blanks, tabs and line ends.
    func blankSeparatedWords() -> [String] {
        utf8.split(whereSeparator: { ASCII.isBlank($0) || $0 == 0x0A }).map {
            String(decoding: $0, as: UTF8.self)
        }
    }
}
