extension RecordedExchange {
    /// The exchanges that the core of a fake slave cannot give, with the reasons. What is wrong with a request's
    /// bytes (HTTP, XML) is not in this list: it never reaches the core.
    package static let exceptions: [(id: String, reason: String)] = [
        (
            "echo/bigdecimal-type",
            "a decimal fraction is no value of XML-RPC; the fault is given where the request is read"
        )
    ]

    /// Why the core cannot give this exchange; nil when it can.
    package var exception: String? { Self.exceptions.first { $0.id == id }?.reason }
}
