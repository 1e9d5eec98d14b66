import SlaveHTTP

/// The connection is reset in the middle of the answer's body.
struct ResetInBody: WireEffect {
    /// Bytes of the body that still arrive.
    var afterBytes: Int

    func change(_ delivery: inout AnswerDelivery, site: SlaveSite) {
        delivery.cut(.resetInBody(after: Int64(afterBytes)))
    }
}
