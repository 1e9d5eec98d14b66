/// An element's name as the parser keeps it: texts ended by NUL in its table of names, which lives as long as the
/// parser and holds each name once.
struct ElementName {
    let local: UnsafePointer<UInt8>
    let prefix: UnsafePointer<UInt8>?

    @inline(__always)
    func isLocal(_ word: StaticString) -> Bool {
        let expected = word.utf8Start
        var index = 0
        // The word ends with a NUL too, so that a longer name differs there.
        while local[index] == expected[index] {
            if expected[index] == 0 { return true }
            index += 1
        }
        return false
    }

    /// The name as written.
    var qualified: String {
        let name = String(cString: local)
        return prefix.map { "\(String(cString: $0)):\(name)" } ?? name
    }

    /// What follows a further colon; the parser splits at the first.
    var afterLastColon: UnsafePointer<UInt8>? {
        var found: UnsafePointer<UInt8>?
        var cursor = local
        while cursor.pointee != 0 {
            if cursor.pointee == UInt8(ascii: ":") { found = cursor + 1 }
            cursor += 1
        }
        return found
    }
}
