/// What the path of a request means below `/filecache`.
enum CachePath: Hashable {
    /// The cache itself, by a path without a final slash.
    case folder
    /// The cache itself, by a path with a final slash.
    case listing
    case file(String)
    /// A path that leads out of the cache or below a file.
    case missing
    /// A path below the listing, such as `/filecache//x`.
    case belowListing
    /// A name that the file system cannot be asked for: it has a NUL.
    case impossible

    /// - Parameter segments: what stands between the slashes after `/filecache`, percent sequences resolved.
    init(segments: ArraySlice<[UInt8]>) {
        var rest = segments
        // "." leads from the cache to itself, any number of times.
        while let segment = rest.first, !segment.isEmpty, Self.normalise(segment) == .here {
            rest.removeFirst()
        }
        guard let segment = rest.popFirst() else {
            self = .folder
            return
        }
        if segment.isEmpty {
            self = rest.isEmpty ? .listing : .belowListing
            return
        }
        switch Self.normalise(segment) {
        case .name(let name) where name.utf8.contains(0): self = .impossible
        case .name(let name): self = rest.isEmpty ? .file(name) : .missing
        case .here, .elsewhere: self = .missing
        }
    }

    private enum Normal: Hashable {
        case here
        case name(String)
        case elsewhere
    }

    /// Resolves slashes and dots inside one segment, which come from percent sequences, as a path.
    private static func normalise(_ segment: [UInt8]) -> Normal {
        guard let text = String(validating: segment, as: UTF8.self), !text.hasPrefix("/") else {
            return .elsewhere
        }
        var names: [Substring] = []
        for part in text.split(separator: "/") where part != "." {
            if part == ".." {
                guard names.popLast() != nil else { return .elsewhere }
            } else {
                names.append(part)
            }
        }
        switch names.count {
        case 0: return .here
        case 1: return .name(String(names[0]))
        default: return .elsewhere
        }
    }
}

/// Percent sequences of an address.
enum PercentEncoding {
    /// Resolves them; what is none stays as it is.
    static func decode(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let bytes = Array(bytes)
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = ASCII.hexValue(bytes[index + 1]), let low = ASCII.hexValue(bytes[index + 2])
            {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return decoded
    }

    /// Makes a name fit for a relative address.
    static func encode(_ name: String) -> String {
        var encoded = ""
        for byte in name.utf8 {
            let character = Character(Unicode.Scalar(byte))
            if byte < 128, character.isLetter || character.isNumber || "_.-~/".contains(character) {
                encoded.append(character)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return encoded
    }
}
