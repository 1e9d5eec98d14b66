import SlaveHTTP

/// The answer is held back; several delays add up.
struct Delay: WireEffect {
    var duration: Duration

    func change(_ delivery: inout AnswerDelivery, site: SlaveSite) { delivery.delay += duration }
}
