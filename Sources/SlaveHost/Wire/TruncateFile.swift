import SlaveHTTP

/// A file ends early, by a plain close, although its length was promised.
struct TruncateFile: WireEffect {
    var afterBytes: Int

    func change(_ delivery: inout AnswerDelivery, site: SlaveSite) {
        guard delivery.answer.isFile, delivery.answer.bodyLength > afterBytes else { return }
        delivery.cut(.closeInBody(after: Int64(afterBytes)))
    }
}
