/// Text for people whose encoding nobody declared (ppa spec 3.3).
enum FreeText {
    /// UTF-8 if it is, else Windows-1252 if it uses the bytes 80 to 9F (which are unused controls in the ISO
    /// sets), else ISO-8859-15 if it uses a byte in which that differs from ISO-8859-1, else ISO-8859-1.
    static func decode(_ bytes: [UInt8]) -> String {
        let marker: [UInt8] = [0xEF, 0xBB, 0xBF]
        let body = bytes.starts(with: marker) ? bytes[3...] : bytes[...]
        if let text = String(validating: body, as: UTF8.self) { return text }
        if body.contains(where: { (0x80...0x9F).contains($0) }) {
            return decode(body) { (0x80...0x9F).contains($0) ? windows1252[Int($0) - 0x80] : UInt16($0) }
        }
        return decode(body) { latin9[$0] ?? UInt16($0) }
    }

    private static func decode(_ bytes: ArraySlice<UInt8>, _ unit: (UInt8) -> UInt16) -> String {
        String(decoding: bytes.map(unit), as: UTF16.self)
    }

    /// 80 to 9F; the five bytes without a character become the replacement character.
    private static let windows1252: [UInt16] = [
        0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
        0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD,
        0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
        0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178,
    ]

    /// Where ISO-8859-15 differs from ISO-8859-1.
    private static let latin9: [UInt8: UInt16] = [
        0xA4: 0x20AC, 0xA6: 0x0160, 0xA8: 0x0161, 0xB4: 0x017D, 0xB8: 0x017E, 0xBC: 0x0152, 0xBD: 0x0153,
        0xBE: 0x0178,
    ]
}
