/// Text that a slave, an uploader or the network sent, on its way into a message, a log or a record.
public enum ForeignText {
    /// The text for a message: one line, of bounded length, without control characters, and with the credentials
    /// of URLs and the given secrets masked.
    ///
    /// - Parameters:
    ///   - limit: the most bytes kept, in UTF-8.
    ///   - secrets: masked wherever they occur; texts of fewer than four bytes are not looked for.
    public static func shown(_ text: some StringProtocol, limit: Int = 300, hiding secrets: [String] = [])
        -> String
    {
        // Masking comes before cutting, so that a cut never hides the end by which a secret is known.
        let window = cut(text.unicodeScalars, limit: limit + 4096)
        var bytes = Array(String(window.scalars).utf8)
        for secret in secrets { bytes = masking(Array(secret.utf8), in: bytes) }
        let masked = maskingCredentials(
            in: String(decoding: bytes, as: UTF8.self), isWhole: window.isWhole)
        let (scalars, isWhole) = cut(masked.unicodeScalars, limit: limit)
        var shown = String(String.UnicodeScalarView(scalars.map(visible)))
        if !isWhole || !window.isWhole { shown += "…" }
        return shown
    }

    /// The text as it may be stored: line feeds stay, NULs go (no database takes them), and at most `limit` bytes
    /// in UTF-8 are kept.
    public static func stored(_ text: some StringProtocol, limit: Int) -> String {
        guard text.utf8.count > limit || text.utf8.contains(0) else { return String(text) }
        var scalars = cut(text.unicodeScalars, limit: limit).scalars
        scalars.removeAll { $0.value == 0 }
        return String(scalars)
    }

    private static func cut(_ scalars: some Sequence<Unicode.Scalar>, limit: Int)
        -> (scalars: String.UnicodeScalarView, isWhole: Bool)
    {
        var kept = String.UnicodeScalarView()
        var length = 0
        for scalar in scalars {
            length += UTF8.width(scalar)
            if length > limit { return (kept, false) }
            kept.append(scalar)
        }
        return (kept, true)
    }

    private static func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        // Every kind of blank and line end.
        case 0x09...0x0D, 0x85, 0x2028, 0x2029: " "
        // Controls, and marks that turn the direction of what follows.
        case 0...0x1F, 0x7F...0x9F, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: "\u{FFFD}"
        default: scalar
        }
    }

    private static let mask = Array("…".utf8)

    private static func masking(_ secret: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        guard secret.count >= 4 else { return bytes }
        var masked: [UInt8] = []
        var rest = bytes[...]
        while let first = rest.first {
            if first == secret[0], rest.starts(with: secret) {
                masked += mask
                rest = rest.dropFirst(secret.count)
            } else {
                masked.append(first)
                rest = rest.dropFirst()
            }
        }
        return masked
    }

    /// `http://user:password@host/` becomes `http://…@host/`. An authority that is cut off at the end of a text
    /// that was longer may hold a password whose `@` is lost, and is masked too.
    private static func maskingCredentials(in text: String, isWhole: Bool) -> String {
        var masked = String.UnicodeScalarView()
        var rest = Substring(text).unicodeScalars
        while let colon = rest.firstIndex(of: ":") {
            masked.append(contentsOf: rest[...colon])
            rest = rest[rest.index(after: colon)...]
            guard rest.starts(with: "//".unicodeScalars) else { continue }
            masked.append(contentsOf: "//".unicodeScalars)
            rest = rest.dropFirst(2)
            let end = rest.firstIndex(where: endsAuthority)
            let authority = rest[..<(end ?? rest.endIndex)]
            if let at = authority.lastIndex(of: "@") {
                masked.append(contentsOf: "…".unicodeScalars)
                masked.append(contentsOf: authority[at...])
            } else if end == nil, !isWhole {
                masked.append(contentsOf: "…".unicodeScalars)
            } else {
                masked.append(contentsOf: authority)
            }
            rest = rest[authority.endIndex...]
        }
        masked.append(contentsOf: rest)
        return String(masked)
    }

    private static func endsAuthority(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "/", "?", "#", "\"", "'", "<", ">", "\\", "|", "^", "`", "{", "}": true
        default: scalar.properties.isWhitespace || scalar.value < 0x20
        }
    }
}
