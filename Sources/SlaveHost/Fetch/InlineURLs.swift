/// `data:` addresses, which carry their contents.
enum DataURL {
    /// Nil when there is no comma, or the base64 is not whole.
    static func decode(_ url: String) -> [UInt8]? {
        guard let comma = url.firstIndex(of: ",") else { return nil }
        let header = url[..<comma].dropFirst("data:".count)
        let bytes = PercentText.decode(url[url.index(after: comma)...])
        return header.hasSuffix(";base64") ? Base64.decode(bytes) : bytes
    }
}

/// `file:` addresses, which name a file on the slave's own disk.
enum LocalFileURL {
    /// The path, made plain so that it cannot lead upwards out of a directory that it is put behind. Nil when the
    /// address names another machine, or no path.
    static func path(of url: String) -> String? {
        var rest = url.dropFirst("file:".count)
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            let host = rest.prefix { $0 != "/" }
            guard host.isEmpty || host == "localhost" || host == "127.0.0.1" else { return nil }
            rest = rest.dropFirst(host.count)
        }
        guard rest.hasPrefix("/"), let text = String(validating: PercentText.decode(rest), as: UTF8.self),
            !text.utf8.contains(0)
        else { return nil }
        var names: [Substring] = []
        for name in text.split(separator: "/") where name != "." {
            if name == ".." { _ = names.popLast() } else { names.append(name) }
        }
        return "/" + names.joined(separator: "/")
    }
}

/// Percent sequences of an address.
enum PercentText {
    static func decode(_ text: Substring) -> [UInt8] {
        let bytes = Array(text.utf8)
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let value = UInt8(String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
            {
                decoded.append(value)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return decoded
    }
}
