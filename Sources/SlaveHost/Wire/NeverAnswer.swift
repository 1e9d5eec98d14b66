import SlaveHTTP

/// The request is read and never answered; the connection stays open.
struct NeverAnswer: WireEffect {
    func change(_ delivery: inout AnswerDelivery, site: SlaveSite) { delivery.isWithheld = true }
}
