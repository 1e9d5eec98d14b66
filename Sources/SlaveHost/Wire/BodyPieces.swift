import SlaveHTTP

/// A piece of what goes out: made bytes, or a stretch of the file served.
enum BodyPiece: Hashable {
    case bytes([UInt8])
    case file(offset: Int64, length: Int64)
    /// One byte of the file, inverted.
    case invertedByte(offset: Int64)

    var length: Int64 {
        switch self {
        case .bytes(let bytes): Int64(bytes.count)
        case .file(_, let length): length
        case .invertedByte: 1
        }
    }
}

extension AnswerDelivery {
    /// The body in pieces, with the faults in it, up to the cut.
    ///
    /// - Parameter fileSize: the size of the file served, in bytes.
    func pieces(fileSize: Int64) -> [BodyPiece] {
        var pieces: [BodyPiece] = []
        for part in answer.body {
            switch part {
            case .bytes(let bytes): pieces.append(.bytes(bytes))
            case .file(let offset, let length):
                pieces += Self.split(offset: offset, length: length, at: inverted(fileSize: fileSize))
            }
        }
        guard let cut else { return pieces }
        return Self.prefix(of: pieces, length: cut.position)
    }

    private func inverted(fileSize: Int64) -> [Int64] {
        guard fileSize > 0 else { return [] }
        return Set(corruptedOffsets.map { (($0 % fileSize) + fileSize) % fileSize }).sorted()
    }

    private static func split(offset: Int64, length: Int64, at inverted: [Int64]) -> [BodyPiece] {
        var pieces: [BodyPiece] = []
        var position = offset
        for place in inverted where place >= offset && place < offset + length {
            if place > position { pieces.append(.file(offset: position, length: place - position)) }
            pieces.append(.invertedByte(offset: place))
            position = place + 1
        }
        if position < offset + length {
            pieces.append(.file(offset: position, length: offset + length - position))
        }
        return pieces
    }

    private static func prefix(of pieces: [BodyPiece], length: Int64) -> [BodyPiece] {
        var rest = max(0, length)
        var kept: [BodyPiece] = []
        for piece in pieces where rest > 0 {
            let count = min(rest, piece.length)
            rest -= count
            switch piece {
            case .bytes(let bytes): kept.append(.bytes(Array(bytes.prefix(Int(count)))))
            case .file(let offset, _): kept.append(.file(offset: offset, length: count))
            case .invertedByte: kept.append(piece)
            }
        }
        return kept
    }
}
