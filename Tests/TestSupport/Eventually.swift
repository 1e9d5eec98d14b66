/// Nothing of what was waited for happened, in a time in which it should have by far.
package struct NeverHappened: Error, CustomStringConvertible {
    package var description: String
}

/// Waits for a condition. The limit is there for defects only: no test may depend on its length.
///
/// - Parameter what: is waited for, for the message.
/// - Throws: `NeverHappened`, and what the condition throws.
package func eventually(
    _ what: String, within limit: Duration = .seconds(120), _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            throw NeverHappened(description: "waited in vain: \(what)")
        }
        try await Task.sleep(for: .milliseconds(20))
    }
}

/// As `eventually`, for a value that is there in the end.
package func eventually<Value>(
    _ what: String, within limit: Duration = .seconds(120), _ value: () async throws -> Value?
) async throws -> Value {
    var found: Value?
    try await eventually(what, within: limit) {
        found = try await value()
        return found != nil
    }
    guard let found else { throw NeverHappened(description: what) }
    return found
}
