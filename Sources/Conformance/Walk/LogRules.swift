/// How a log tail comes out of a log (protocol spec 10).
enum LogRules {
    /// Bytes of a log tail, at most.
    static let tailLength = 2048

    /// Bytes at the end of a log in which a tail is looked for.
    private static let window = 64 << 10

    /// Whether `tail` is what `status` said at some moment of a log that has since become `log`.
    static func isTail(_ tail: [UInt8], of log: [UInt8]) -> Bool {
        if tail.count < tailLength { return log.starts(with: tail) }
        return ends(of: log, with: tail).contains { end in
            end >= tailLength && log[(end - tailLength)..<end].elementsEqual(tail)
        }
    }

    /// The same for a private build: first line dropped, credentials removed, no newline at the end.
    static func isPrivateTail(_ tail: [UInt8], of log: [UInt8]) -> Bool {
        if tail.isEmpty { return true }
        return ends(of: log, with: tail).contains { end in
            privateTail(Array(log[max(0, end - tailLength)..<end])) == tail
        }
    }

    /// Where the log may have ended when the tail was taken: after the tail's last bytes, or after a newline that
    /// follows them.
    private static func ends(of log: [UInt8], with tail: [UInt8]) -> [Int] {
        let mark = tail.suffix(8)
        let begin = max(0, log.count - window)
        guard log.count - begin >= mark.count else { return [] }
        var ends: [Int] = []
        for start in begin...(log.count - mark.count) where log[start...].starts(with: mark) {
            let end = start + mark.count
            ends.append(end)
            if end < log.count, log[end] == UInt8(ascii: "\n") { ends.append(end + 1) }
        }
        return ends
    }

    static func privateTail(_ bytes: [UInt8]) -> [UInt8] {
        lines(bytes).dropFirst().map(withoutCredentials).joined(separator: [UInt8(ascii: "\n")]).map(\.self)
    }

    /// Lines without their ends; LF, CR LF and CR end a line, and there is no empty line after the last end.
    private static func lines(_ bytes: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var line: [UInt8] = []
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\r"):
                if index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "\n") { index += 1 }
                lines.append(line)
                line = []
            case UInt8(ascii: "\n"):
                lines.append(line)
                line = []
            default: line.append(bytes[index])
            }
            index += 1
        }
        return line.isEmpty ? lines : lines + [line]
    }

    /// A line with `USER:PASSWORD@` taken out of each URL.
    ///
    /// The rule of today's releases. Older ones take out more when a line has several URLs, so the checks write
    /// lines with one.
    static func withoutCredentials(_ line: [UInt8]) -> [UInt8] {
        let mark = Array("://".utf8)
        var result: [UInt8] = []
        var index = 0
        while index < line.count {
            guard line[index...].starts(with: mark) else {
                result.append(line[index])
                index += 1
                continue
            }
            result += mark
            index += mark.count
            if let end = endOfCredentials(line[index...]) { index = end }
        }
        return result
    }

    /// The index after the `@`, when the text begins with credentials that something follows.
    private static func endOfCredentials(_ text: ArraySlice<UInt8>) -> Int? {
        func end(of part: ArraySlice<UInt8>) -> Int? {
            part.firstIndex { [UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "/")].contains($0) }
        }
        guard let colon = end(of: text), text[colon] == UInt8(ascii: ":"),
            let at = end(of: text[(colon + 1)...]), text[at] == UInt8(ascii: "@"), at > colon + 1,
            at + 1 < text.endIndex, text[at + 1] != UInt8(ascii: " ")
        else { return nil }
        return at + 1
    }
}
