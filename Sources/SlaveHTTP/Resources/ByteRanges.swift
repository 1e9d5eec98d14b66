/// The header `Range`, read and applied as the imitated server does (protocol spec 1).
struct ByteRanges: Hashable {
    private enum Range: Hashable {
        case from(Int64, through: Int64?)
        case last(Int64)
    }

    private var ranges: [Range]

    /// Nil when the header is malformed or names another unit: it is then ignored.
    init?(_ header: some Collection<UInt8>) {
        let parts = header.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, Array(parts[0]).trimmed(ASCII.isSpace).equals("bytes") else { return nil }
        ranges = []
        for part in parts[1].split(separator: UInt8(ascii: ",")) {
            let text = Array(part).trimmed(ASCII.isSpace)
            guard !text.isEmpty else { continue }
            let ends = text.split(
                separator: UInt8(ascii: "-"), maxSplits: 1, omittingEmptySubsequences: false)
            guard ends.count == 2 else { return nil }
            switch (ends[0].isEmpty, ends[1].isEmpty) {
            case (true, true): return nil
            case (true, false):
                guard let count = Self.number(ends[1]) else { return nil }
                ranges.append(.last(count))
            case (false, true):
                guard let start = Self.number(ends[0]) else { return nil }
                ranges.append(.from(start, through: nil))
            case (false, false):
                guard let start = Self.number(ends[0]), let end = Self.number(ends[1]), start <= end else {
                    return nil
                }
                ranges.append(.from(start, through: end))
            }
        }
    }

    /// A piece of a file. A suffix longer than the file begins before it: the server does not look.
    struct Piece: Hashable {
        var offset: Int64
        var length: Int64
    }

    /// Whether the header names exactly one range.
    var isSingle: Bool { ranges.count == 1 }

    /// The pieces of a file of that size, nil for each range that begins beyond its end.
    func pieces(ofSize size: Int64) -> [Piece?] {
        ranges.map { range in
            let (start, end): (Int64, Int64) =
                switch range {
                case .last(let count): (size.subtractingReportingOverflow(count).partialValue, size)
                case .from(let start, let last): (start, last.map { $0 < size ? $0 + 1 : size } ?? size)
                }
            return start >= size ? nil : Piece(offset: start, length: end - start)
        }
    }

    private static func number(_ text: some Collection<UInt8>) -> Int64? {
        let digits = Array(text).trimmed(ASCII.isSpace)
        return Int64(String(decoding: digits, as: UTF8.self))
    }
}
