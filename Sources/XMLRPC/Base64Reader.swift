/// Decodes base64 as it arrives, the way Python's `a2b_base64` does: characters outside the alphabet are skipped,
/// and nothing counts after the padding of the last group.
struct Base64Reader {
    private(set) var bytes: [UInt8] = []
    /// Bits of the group under way, and how many of its four characters were seen.
    private var bits: UInt32 = 0
    private var seen = 0
    private var padding = 0
    private var isComplete = false
    /// The first run of characters outside ASCII, which the peer refuses before it decodes.
    private var foreignStart: Int?
    private var foreignCount = 0
    private var foreignSample: [UInt8] = []
    private var foreignHasEnded = false
    /// Bytes seen in earlier pieces.
    private var position = 0

    /// For each place in a group of four, what each character adds to the group's 24 bits; anything outside the
    /// alphabet sets bits beyond them.
    private static let contributions: [UInt32] = {
        var table = [UInt32](repeating: .max, count: 4 * 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for place in 0..<4 {
            for (sextet, character) in alphabet.utf8.enumerated() {
                table[256 * place + Int(character)] = UInt32(sextet) << UInt32(18 - 6 * place)
            }
        }
        return table
    }()

    /// Bytes decoded at a time; one more is written, for groups are stored as whole words.
    private static let pieceSize = 3072

    mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
        Self.contributions.withUnsafeBufferPointer { table in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.pieceSize + 1) { piece in
                var index = 0
                while index < text.count {
                    let count = decode(text, from: &index, into: piece, table: table)
                    bytes.append(contentsOf: UnsafeBufferPointer(rebasing: piece[..<count]))
                }
            }
        }
    }

    /// Decodes until `piece` is full or `text` ends; returns how much it wrote.
    private mutating func decode(
        _ text: UnsafeBufferPointer<UInt8>, from index: inout Int,
        into piece: UnsafeMutableBufferPointer<UInt8>,
        table: UnsafeBufferPointer<UInt32>
    ) -> Int {
        var written = 0
        let start = index
        while index < text.count && written + 4 <= piece.count {
            if seen == 0 && !isComplete {
                // Whole groups, without a look at what else could be there.
                let quads = min((text.count - index) / 4, (piece.count - 1 - written) / 3)
                let start = index
                let target = UnsafeMutableRawBufferPointer(piece)
                for _ in 0..<quads {
                    let group =
                        table[Int(text[index])] | table[256 + Int(text[index + 1])]
                        | table[512 + Int(text[index + 2])] | table[768 + Int(text[index + 3])]
                    if group >= 1 << 24 { break }
                    target.storeBytes(of: (group << 8).bigEndian, toByteOffset: written, as: UInt32.self)
                    written += 3
                    index += 4
                }
                if index > start { padding = 0 }
                guard index < text.count, written + 4 <= piece.count else { break }
            }
            let byte = text[index]
            if byte >= 0x80 { noteForeign(byte, at: position + index - start) } else { endForeign() }
            index += 1
            written += step(byte, sextet: table[768 + Int(byte)], into: piece, at: written)
        }
        position += index - start
        return written
    }

    /// One character; returns how many bytes it finished (none or one).
    private mutating func step(
        _ byte: UInt8, sextet: UInt32, into piece: UnsafeMutableBufferPointer<UInt8>, at index: Int
    ) -> Int {
        guard !isComplete else { return 0 }
        if byte == UInt8(ascii: "=") {
            if seen >= 2 {
                padding += 1
                isComplete = seen + padding >= 4
            }
            return 0
        }
        guard sextet < 64 else { return 0 }
        padding = 0
        bits = (bits << 6 | sextet) & 0xFFF
        defer { seen = (seen + 1) & 3 }
        switch seen {
        case 0: return 0
        case 1: piece[index] = UInt8(truncatingIfNeeded: bits >> 4)
        case 2: piece[index] = UInt8(truncatingIfNeeded: bits >> 2)
        default: piece[index] = UInt8(truncatingIfNeeded: bits)
        }
        return 1
    }

    private mutating func noteForeign(_ byte: UInt8, at position: Int) {
        guard !foreignHasEnded else { return }
        if foreignStart == nil { foreignStart = position }
        if byte >= 0xC0 { foreignCount += 1 }
        if foreignSample.count < 4 { foreignSample.append(byte) }
    }

    private mutating func endForeign() {
        if foreignStart != nil { foreignHasEnded = true }
    }

    /// The decoded bytes; the reader is as new afterwards.
    /// - Throws: `badBase64`.
    mutating func finish(peer: XMLRPCPeer) throws(Refusal) -> [UInt8] {
        let ended = self
        self = Base64Reader()
        if let start = ended.foreignStart { throw ended.notASCII(from: start, peer: peer) }
        guard ended.isComplete || ended.seen == 0 else {
            if ended.seen == 1, peer == .python3 {
                throw Refusal(
                    .badBase64,
                    "Invalid base64-encoded string: number of data characters "
                        + "(\(ended.bytes.count / 3 * 4 + 1)) cannot be 1 more than a multiple of 4")
            }
            throw Refusal(.badBase64, "Incorrect padding")
        }
        return ended.bytes
    }

    private func notASCII(from start: Int, peer: XMLRPCPeer) -> Refusal {
        let place: String
        if foreignCount == 1 {
            let character = PythonText.representation(
                of: String(decoding: foreignSample, as: UTF8.self), peer: .python2)
            place = " \(peer == .python2 ? "u" : "")\(character) in position \(start)"
        } else {
            place = "s in position \(start)-\(start + foreignCount - 1)"
        }
        return Refusal(
            .badBase64, "base64 with characters that are not ASCII",
            peerDetail: "'ascii' codec can't encode character\(place): ordinal not in range(128)")
    }
}
