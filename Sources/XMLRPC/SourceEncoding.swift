/// The encodings a document may come in. Everything behind the converter is UTF-8.
enum SourceEncoding: Equatable {
    case utf8
    case ascii
    case latin1
    case utf16LittleEndian
    case utf16BigEndian

    /// Bytes of a character in the source, below U+10000 where the encoding is UTF-16; for UTF-8, of one byte.
    var unitSize: Int {
        switch self {
        case .utf8, .ascii, .latin1: 1
        case .utf16LittleEndian, .utf16BigEndian: 2
        }
    }

    /// Bytes of a character from U+10000 on; for UTF-8, of its first byte.
    var longSize: Int { unitSize == 2 ? 4 : 1 }

    var isUTF16: Bool { unitSize == 2 }

    /// The encoding a declaration names, given what the first bytes look like.
    ///
    /// The names are those built into the real slave's parser. It also takes Python's names of other eight-bit
    /// encodings; here they are refused, so that no name from a document reaches a conversion library.
    /// - Throws: `unsupportedEncoding`.
    static func named(
        _ name: String, detected: SourceEncoding, peerPosition: () -> String
    ) throws(Refusal) -> SourceEncoding {
        let wanted: SourceEncoding?
        switch name.lowercased() {
        case "utf-8": wanted = .utf8
        // By the name without a hyphen, the peer reads nothing but the ASCII in it.
        case "us-ascii", "ascii", "utf8", "u8": wanted = .ascii
        case "iso-8859-1", "latin-1", "latin1": wanted = .latin1
        case "utf-16": wanted = detected.isUTF16 ? detected : .utf16LittleEndian
        case "utf-16le": wanted = .utf16LittleEndian
        case "utf-16be": wanted = .utf16BigEndian
        default: wanted = nil
        }
        guard let wanted else {
            let shown = PythonText.representation(of: name, limit: 60)
            throw Refusal(
                .unsupportedEncoding, "encoding \(shown) is not read here",
                peerDetail: isMultiByte(name)
                    ? "multi-byte encodings are not supported" : "unknown encoding: \(name)")
        }
        guard wanted.unitSize == detected.unitSize, !detected.isUTF16 || wanted == detected else {
            throw Refusal(
                .unsupportedEncoding, "the declared encoding \(name) is not the one the document is in",
                peerDetail: "encoding specified in XML declaration is incorrect: \(peerPosition())")
        }
        return wanted
    }

    /// Encodings that Python knows and the real slave's parser still cannot use, by the usual names.
    private static func isMultiByte(_ name: String) -> Bool {
        let plain = name.lowercased().filter { $0 != "-" && $0 != "_" }
        return [
            "utf7", "utf16", "utf16le", "utf16be", "utf32", "utf32le", "utf32be", "shiftjis", "sjis",
            "eucjp", "euckr", "gb2312", "gbk", "gb18030", "big5", "iso2022jp",
        ].contains(plain)
    }
}
