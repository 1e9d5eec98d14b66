/// Where checks are counted and handed on, one after the other, in the order in which they are made.
actor Report {
    private(set) var summary = Summary()
    private let receive: @Sendable (Check) -> Void

    init(_ receive: @escaping @Sendable (Check) -> Void) {
        self.receive = receive
    }

    func add(_ check: Check) {
        summary.count(check)
        receive(check)
    }

    func pass(_ name: String) { add(Check(name, .passed)) }

    func skip(_ name: String, because reason: String) { add(Check(name, .skipped(reason: reason))) }

    func fail(_ name: String, expected: String, got: String) {
        add(Check(name, .failed(expected: expected, got: got)))
    }

    /// Checks that two values are the same.
    func expect<Value: Equatable & Sendable>(_ name: String, _ got: Value, is expected: Value) {
        if got == expected {
            pass(name)
        } else {
            fail(name, expected: Excerpt.of(expected), got: Excerpt.of(got))
        }
    }

    /// Checks that the bytes are the same, and shows where they are not.
    func expect(_ name: String, bytes got: [UInt8], are expected: [UInt8]) {
        if got == expected { return pass(name) }
        let difference = Excerpt.difference(expected: expected, got: got)
        fail(name, expected: difference.expected, got: difference.got)
    }

    /// Checks a condition, described in words by `expected`.
    func expect(_ name: String, _ holds: Bool, expected: String, got: @autoclosure () -> String) {
        if holds {
            pass(name)
        } else {
            fail(name, expected: expected, got: Excerpt.shortened(got()))
        }
    }
}
