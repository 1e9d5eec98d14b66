/// What a `Range` header asks for, applied to a file (RFC 9110, section 14).
enum ByteRange: Hashable {
    /// No range, one of an unknown form, or several: all of these may be answered with the whole file.
    case whole
    /// Part of the file; never empty.
    case part(Range<Int64>)
    /// Nothing of the file is in the range.
    case unsatisfiable

    init(header: String?, size: Int64) {
        self = .whole
        guard let header, header.hasPrefix("bytes="), header.utf8.count <= 64 else { return }
        let bounds = header.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2, let first = Self.number(bounds[0]), let last = Self.number(bounds[1]) else {
            return
        }
        switch (first, last) {
        case (nil, nil): return
        case (nil, let count?):
            guard count > 0, size > 0 else {
                self = .unsatisfiable
                return
            }
            self = .part(max(0, size - count)..<size)
        case (let start?, let last):
            if let last, last < start { return }
            self = start < size ? .part(start..<min(last ?? .max, size - 1) + 1) : .unsatisfiable
        }
    }

    /// - Returns: `.some(nil)` for no digits at all, nil for anything but digits.
    private static func number(_ text: Substring) -> Int64?? {
        if text.isEmpty { return .some(nil) }
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        // More digits than fit are as good as the end of the world's largest file.
        return .some(Int64(text) ?? .max)
    }
}
