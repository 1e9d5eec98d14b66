import SlaveHTTP

/// One byte of a file comes inverted. An offset beyond the end of the file counts on from its begin, so that
/// every file that is not empty is hit.
struct CorruptFile: WireEffect {
    var offset: Int

    func change(_ delivery: inout AnswerDelivery, site: SlaveSite) {
        guard delivery.answer.isFile else { return }
        delivery.corruptedOffsets.append(Int64(offset))
    }
}
