/// A place in a document, as expat counts: lines from 1, columns in characters from 0, LF, CR and CR LF each
/// one line end.
struct TextPosition: Equatable {
    /// Bytes of the document as it came over the wire.
    private(set) var offset = 0
    private(set) var line = 1
    private(set) var column = 0
    private var followsCarriageReturn = false

    /// Steps over a byte order mark of `size` bytes, which counts as a character.
    mutating func skipByteOrderMark(size: Int) {
        offset += size
        column += 1
    }

    /// Steps over `text`, UTF-8 that stands for bytes of `encoding`.
    mutating func advance(over text: UnsafeRawBufferPointer, encoding: SourceEncoding) {
        for byte in text {
            switch byte {
            case 0x0A:
                if !followsCarriageReturn { line += 1 }
                column = 0
                offset += encoding.unitSize
            case 0x0D:
                line += 1
                column = 0
                offset += encoding.unitSize
            case 0x80..<0xC0:  // a continuation of the character before
                if encoding == .utf8 { offset += 1 }
                continue
            default:
                column += 1
                // UTF-16 writes characters of four UTF-8 bytes as two units.
                offset += byte >= 0xF0 && byte < 0xF8 ? encoding.longSize : encoding.unitSize
            }
            followsCarriageReturn = byte == 0x0D
        }
    }

    func advanced(over text: UnsafeRawBufferPointer, encoding: SourceEncoding) -> TextPosition {
        var position = self
        position.advance(over: text, encoding: encoding)
        return position
    }
}
