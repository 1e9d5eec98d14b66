/// The part of a document that may still be needed to explain a refusal: from the last place known to be between two
/// tokens up to what was given to the parser.
///
/// A document that is there as a whole is only pointed at. One that comes in pieces is copied as far as needed, and
/// lines and columns are counted as pieces go.
struct ReadWindow {
    /// The document, when it is all there.
    private var whole: UnsafeRawBufferPointer?
    private var copied: [UInt8] = []
    /// Bytes of UTF-8 before the window.
    private(set) var offset = 0
    /// Bytes of UTF-8 given to the parser.
    private(set) var end = 0
    /// Where the window begins when it is copied, else where the document begins.
    private var origin = TextPosition()

    private static let longestKept = 1 << 17

    var count: Int { end - offset }

    mutating func reset() {
        whole = nil
        copied.removeAll(keepingCapacity: copied.capacity <= Self.longestKept)
        offset = 0
        end = 0
        origin = TextPosition()
    }

    /// Points at a document, which must stay where it is until `reset`.
    mutating func borrow(_ document: UnsafeRawBufferPointer) { whole = document }

    mutating func skipByteOrderMark(size: Int) { origin.skipByteOrderMark(size: size) }

    mutating func append(_ piece: UnsafeRawBufferPointer) {
        if whole == nil { copied.append(contentsOf: piece) }
        end += piece.count
    }

    /// Drops everything before `newOffset`.
    mutating func drop(to newOffset: Int, encoding: SourceEncoding) {
        let count = min(newOffset, end) - offset
        guard count > 0 else { return }
        if whole == nil {
            copied.withUnsafeBytes {
                origin.advance(over: UnsafeRawBufferPointer(rebasing: $0[..<count]), encoding: encoding)
            }
            copied.removeFirst(count)
        }
        offset += count
    }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        guard let whole else { return copied.withUnsafeBytes(body) }
        return body(UnsafeRawBufferPointer(rebasing: whole[offset..<end]))
    }

    /// The place `distance` bytes into the window.
    func position(at distance: Int, encoding: SourceEncoding) -> TextPosition {
        if let whole {
            let before = whole.prefix(max(0, offset + distance))
            return origin.advanced(over: UnsafeRawBufferPointer(rebasing: before), encoding: encoding)
        }
        return copied.withUnsafeBytes {
            origin.advanced(
                over: UnsafeRawBufferPointer(rebasing: $0.prefix(max(0, distance))), encoding: encoding)
        }
    }
}
