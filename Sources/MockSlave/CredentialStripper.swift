/// Removes passwords from log text the way a slave does (protocol spec 10): `USER:PASSWORD@` after `://` when
/// something follows it, and `,proxyauth=NAME:TOKEN`.
enum CredentialStripper {
    private static let newline = UInt8(ascii: "\n")
    private static let schemeEnd = Array("://".utf8)
    private static let proxyAuthorisation = Array(",proxyauth=".utf8)

    /// Strips a text of many lines and keeps its line ends.
    static func strip(_ text: [UInt8]) -> [UInt8] {
        Array(
            text.split(separator: newline, omittingEmptySubsequences: false).map { strip(line: $0) }
                .joined(separator: [newline]))
    }

    /// The lines of a text without their ends: LF, CR LF or CR. A last end begins no further line.
    static func lines(of text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        let carriageReturn = UInt8(ascii: "\r")
        var lines: [ArraySlice<UInt8>] = []
        var start = text.startIndex
        var index = start
        while index < text.endIndex {
            let byte = text[index]
            guard byte == newline || byte == carriageReturn else {
                index += 1
                continue
            }
            lines.append(text[start..<index])
            index += 1
            if byte == carriageReturn, index < text.endIndex, text[index] == newline { index += 1 }
            start = index
        }
        if start < text.endIndex { lines.append(text[start...]) }
        return lines
    }

    static func strip(line: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(line.count)
        var index = line.startIndex
        while index < line.endIndex {
            let rest = line[index...]
            if rest.starts(with: schemeEnd) {
                result += schemeEnd
                index += schemeEnd.count
                if let end = endOfCredentials(in: line[index...]) { index = end }
            } else if rest.starts(with: proxyAuthorisation),
                let end = endOfToken(in: rest.dropFirst(proxyAuthorisation.count))
            {
                index = end
            } else {
                result.append(line[index])
                index += 1
            }
        }
        return result
    }

    /// The index after `USER:PASSWORD@` when the text begins so and goes on after it.
    private static func endOfCredentials(in text: ArraySlice<UInt8>) -> Int? {
        func isPlain(_ byte: UInt8) -> Bool {
            byte != UInt8(ascii: ":") && byte != UInt8(ascii: "@") && byte != UInt8(ascii: "/")
        }
        let afterUser = text.drop(while: isPlain)
        guard afterUser.first == UInt8(ascii: ":") else { return nil }
        let password = afterUser.dropFirst().prefix(while: isPlain)
        let afterPassword = text[password.endIndex...]
        guard !password.isEmpty, afterPassword.first == UInt8(ascii: "@"), afterPassword.count > 1 else {
            return nil
        }
        return afterPassword.startIndex + 1
    }

    /// The index after `NAME:TOKEN` when the text begins so.
    private static func endOfToken(in text: ArraySlice<UInt8>) -> Int? {
        let name = text.prefix { $0 != UInt8(ascii: ":") && $0 > UInt8(ascii: " ") }
        let afterName = text[name.endIndex...]
        guard !name.isEmpty, afterName.first == UInt8(ascii: ":") else { return nil }
        let token = afterName.dropFirst().prefix { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return token.isEmpty ? nil : token.endIndex
    }
}
