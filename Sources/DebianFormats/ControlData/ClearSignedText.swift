/// A document that may stand inside an OpenPGP clear-signed message. The signature is **not** verified here.
///
/// Text outside the signed block has no influence (ppa spec 3.2): it is left out of `body`, and `hasOutsideText`
/// lets the caller refuse it or say so. Two blocks are refused.
public struct ClearSignedText: Sendable {
    /// The signed text with dash escapes undone, or the whole document if it is not signed.
    public let body: [UInt8]
    /// The number of the body's first line in the document.
    public let firstLine: Int
    /// The armoured signature, markers included; nil if the document is not signed.
    public let signature: [UInt8]?
    /// Whether anything but blank lines stands before or after the signed block.
    public let hasOutsideText: Bool

    public var isSigned: Bool { signature != nil }

    private static let begin = Array("-----BEGIN PGP SIGNED MESSAGE-----".utf8)
    private static let beginSignature = Array("-----BEGIN PGP SIGNATURE-----".utf8)
    private static let endSignature = Array("-----END PGP SIGNATURE-----".utf8)
    private static let armour = Array("-----".utf8)

    /// - Parameter maximumBytes: larger documents are refused unread.
    /// - Throws: `signature-syntax`, `signature-multiple`, `tagfile-limit`.
    public init(reading document: [UInt8], maximumBytes: Int = 4 << 20) throws(DebianFormatsError) {
        guard document.count <= maximumBytes else {
            throw DebianFormatsError(
                .tagfileLimit, "\(document.count) bytes are more than the \(maximumBytes) allowed")
        }
        let lines = document.split(separator: 0x0A, omittingEmptySubsequences: false)
        let begins = lines.indices.filter { Self.isMarker(lines[$0], Self.begin) }
        guard let start = begins.first else {
            self.init(body: document, firstLine: 1, signature: nil, hasOutsideText: false)
            return
        }
        if begins.count > 1 {
            throw DebianFormatsError(
                .signatureMultiple, "the file holds \(begins.count) signed messages; only one is allowed",
                line: begins[1] + 1)
        }
        let bodyStart = try Self.skipHeaders(lines, from: start + 1)
        let bodyEnd = try Self.endOfBody(lines, from: bodyStart)
        guard let end = lines[bodyEnd...].firstIndex(where: { Self.isMarker($0, Self.endSignature) }) else {
            throw DebianFormatsError(.signatureSyntax, "the signature has no end", line: bodyEnd + 1)
        }
        let outside = lines[..<start] + lines[(end + 1)...]
        if let second = lines[(end + 1)...].firstIndex(where: { Self.isMarker($0, Self.beginSignature) }) {
            throw DebianFormatsError(.signatureMultiple, "a second signature begins here", line: second + 1)
        }
        self.init(
            body: Self.unescape(lines[bodyStart..<bodyEnd]), firstLine: bodyStart + 1,
            signature: Array(lines[bodyEnd...end].joined(separator: [0x0A])) + [0x0A],
            hasOutsideText: outside.contains { !$0.allSatisfy { ASCII.isBlank($0) || $0 == 0x0D } })
    }

    private init(body: [UInt8], firstLine: Int, signature: [UInt8]?, hasOutsideText: Bool) {
        self.body = body
        self.firstLine = firstLine
        self.signature = signature
        self.hasOutsideText = hasOutsideText
    }

    /// Blanks behind a marker are allowed, as gpg allows them.
    private static func isMarker(_ line: ArraySlice<UInt8>, _ marker: [UInt8]) -> Bool {
        line.starts(with: marker)
            && line.dropFirst(marker.count).allSatisfy { ASCII.isBlank($0) || $0 == 0x0D }
    }

    /// Only `Hash` is a header of a clear-signed message; anything else could smuggle text past the signature.
    private static func skipHeaders(
        _ lines: [ArraySlice<UInt8>], from start: Int
    ) throws(DebianFormatsError) -> Int {
        for (index, line) in zip(start..., lines[min(start, lines.count)...]) {
            if line.isEmpty { return index + 1 }
            guard line.starts(with: Array("Hash: ".utf8)) else {
                throw DebianFormatsError(
                    .signatureSyntax,
                    "a signed message may have no header but \"Hash\" before its empty line",
                    line: index + 1)
            }
        }
        throw DebianFormatsError(.signatureSyntax, "the signed message has no text", line: start)
    }

    private static func endOfBody(
        _ lines: [ArraySlice<UInt8>], from start: Int
    ) throws(DebianFormatsError) -> Int {
        for (index, line) in zip(start..., lines[min(start, lines.count)...]) where line.starts(with: armour)
        {
            guard isMarker(line, beginSignature) else {
                throw DebianFormatsError(
                    .signatureSyntax, "the signed text contains an armour line that is not escaped",
                    line: index + 1)
            }
            return index
        }
        throw DebianFormatsError(.signatureSyntax, "the signed message has no signature", line: start)
    }

    private static func unescape(_ lines: ArraySlice<ArraySlice<UInt8>>) -> [UInt8] {
        let dash: [UInt8] = [UInt8(ascii: "-"), UInt8(ascii: " ")]
        var body: [UInt8] = []
        for line in lines {
            body.append(contentsOf: line.starts(with: dash) ? line.dropFirst(2) : line)
            body.append(0x0A)
        }
        return body
    }
}
