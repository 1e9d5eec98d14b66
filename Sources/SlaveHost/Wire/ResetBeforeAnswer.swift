import SlaveHTTP

/// The connection is reset before the first byte of the answer.
struct ResetBeforeAnswer: WireEffect {
    func change(_ delivery: inout AnswerDelivery, site: SlaveSite) { delivery.cut(.resetBeforeAnswer) }
}
