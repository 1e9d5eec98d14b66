/// The three words of a request's first line.
struct RequestLine: Hashable {
    var method: [UInt8]
    var target: [UInt8]
    var version: [UInt8]

    /// Nil when the line is refused: it has not three words or, where the grammar counts, not the right ones.
    init?(_ line: ArraySlice<UInt8>, release: TwistedRelease) {
        let words =
            release.checksGrammar
            ? line.split(separator: ASCII.space, omittingEmptySubsequences: false)
            : line.split(whereSeparator: ASCII.isSpace)
        guard words.count == 3 else { return nil }
        (method, target, version) = (Array(words[0]), Array(words[1]), Array(words[2]))
        if release.checksGrammar {
            guard !method.isEmpty, method.allSatisfy(ASCII.isToken),
                !target.isEmpty, target.allSatisfy({ $0 > ASCII.space && $0 <= 176 }),
                version.equals("HTTP/1.1") || version.equals("HTTP/1.0")
            else { return nil }
        } else if !release.isOld {
            guard method.allSatisfy({ $0 < 128 }) else { return nil }
        }
    }
}
