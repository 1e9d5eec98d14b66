/// Reads a body in chunks, with Twisted's opinion of what is well-formed (protocol spec 1 and 20).
struct ChunkedBody: Hashable, Sendable {
    private enum State: Hashable {
        case size
        case data(left: Int)
        case dataEnd
        case trailers
    }

    enum Failure: Error {
        case malformed
        case tooLarge
    }

    private var state = State.size
    /// The part of a line that has come so far.
    private var line: [UInt8] = []
    private var trailerBytes = 0
    private let acceptsTrailers: Bool

    private static let maximumSizeLine = 1024
    private static let maximumTrailers = 65_536

    init(acceptsTrailers: Bool) { self.acceptsTrailers = acceptsTrailers }

    /// Takes from the front of `input` what belongs to the body.
    ///
    /// - Parameter limit: the most bytes the body may have in all.
    /// - Returns: true when the body is complete; what is left of `input` comes after it.
    mutating func read(
        _ input: inout ArraySlice<UInt8>, into body: inout [UInt8], limit: Int
    ) throws(Failure) -> Bool {
        while !input.isEmpty {
            switch state {
            case .size:
                guard try readLine(&input, limit: Self.maximumSizeLine) else { return false }
                let size = try chunkSize(limit: limit - body.count)
                line.removeAll(keepingCapacity: true)
                state = size == 0 ? .trailers : .data(left: size)
            case .data(let left):
                let piece = input.prefix(left)
                body.append(contentsOf: piece)
                input = input.dropFirst(piece.count)
                state = piece.count == left ? .dataEnd : .data(left: left - piece.count)
            case .dataEnd:
                line.append(input.removeFirst())
                guard line.count == 2 else { continue }
                guard line == [ASCII.carriageReturn, ASCII.lineFeed] else { throw .malformed }
                line.removeAll(keepingCapacity: true)
                state = .size
            case .trailers where !acceptsTrailers:
                line.append(input.removeFirst())
                guard line.count == 2 else { continue }
                guard line == [ASCII.carriageReturn, ASCII.lineFeed] else { throw .malformed }
                return true
            case .trailers:
                guard try readLine(&input, limit: Self.maximumTrailers - trailerBytes) else { return false }
                if line.isEmpty { return true }
                trailerBytes += line.count + 2
                line.removeAll(keepingCapacity: true)
            }
        }
        return false
    }

    /// Moves bytes to `line` up to a CR LF, which is left out.
    private mutating func readLine(_ input: inout ArraySlice<UInt8>, limit: Int) throws(Failure) -> Bool {
        while let byte = input.popFirst() {
            if byte == ASCII.lineFeed, line.last == ASCII.carriageReturn {
                line.removeLast()
                guard line.count < limit else { throw .malformed }
                return true
            }
            line.append(byte)
            guard line.count <= limit else { throw .malformed }
        }
        return false
    }

    private func chunkSize(limit: Int) throws(Failure) -> Int {
        let digits = line.prefix { $0 != UInt8(ascii: ";") }
        guard !digits.isEmpty, line.dropFirst(digits.count + 1).allSatisfy(Self.mayStandInExtension) else {
            throw .malformed
        }
        var size = 0
        var isTooLarge = false
        for digit in digits {
            guard let value = ASCII.hexValue(digit) else { throw .malformed }
            if !isTooLarge { size = size << 4 | Int(value) }
            isTooLarge = isTooLarge || size > limit
        }
        guard !isTooLarge else { throw .tooLarge }
        return size
    }

    /// Everything printable but the backslash, and everything beyond ASCII.
    private static func mayStandInExtension(_ byte: UInt8) -> Bool {
        byte == ASCII.tab || (byte >= ASCII.space && byte != UInt8(ascii: "\\") && byte != 0x7F)
    }
}
