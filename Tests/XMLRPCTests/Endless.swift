import XMLRPC

/// A document that begins in some way and then says the same for ever.
struct Endless: Sendable, CustomStringConvertible {
    let description: String
    let head: [UInt8]
    let unit: [UInt8]

    init(_ description: String, _ head: String, _ unit: String) {
        self.description = description
        self.head = Array(head.utf8)
        self.unit = Array(unit.utf8)
    }

    init(_ description: String, bytes unit: [UInt8]) {
        self.description = description
        head = []
        self.unit = unit
    }

    /// Feeds it piece by piece until it is refused.
    /// - Returns: the error, and how many bytes were taken with the refused piece; nil when `most` bytes were taken.
    func refusal(
        by decoder: XMLRPCDecoder, pieces: Int = 4096, most: Int
    ) -> (error: XMLRPCDecodingError, taken: Int)? {
        var piece = head
        var taken = 0
        while taken < most {
            while piece.count < pieces { piece.append(contentsOf: unit) }
            taken += piece.count
            do throws(XMLRPCDecodingError) {
                try decoder.feed(piece)
            } catch {
                decoder.reset()
                return (error, taken)
            }
            piece.removeAll(keepingCapacity: true)
        }
        return nil
    }
}
