import SlaveHTTP

/// The XML of an answer to a call is replaced; everything else is as in a good answer.
struct ReplaceBody: WireEffect {
    var bytes: [UInt8]

    func change(_ delivery: inout AnswerDelivery, site: SlaveSite) {
        guard delivery.isCall else { return }
        delivery.answer = site.answer(toCall: bytes)
    }
}
