extension RecordedExchange {
    /// The exchanges that the core of a fake slave cannot give, with the reasons; there are none. Requests
    /// whose bytes are wrong (HTTP, XML) never reach the core and are not meant here.
    package static let exceptions: [(id: String, reason: String)] = []

    /// Why the core cannot give this exchange; nil when it can.
    package var exception: String? { Self.exceptions.first { $0.id == id }?.reason }
}
