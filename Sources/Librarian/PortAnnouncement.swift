import Synchronization

/// A port that is known later; any number of tasks may wait for it.
final class PortAnnouncement: Sendable {
    private struct State {
        var outcome: Result<Int, LibrarianError>?
        var waiting: [Int: CheckedContinuation<Int, any Error>] = [:]
        var nextID = 0
    }

    private let state = Mutex(State())

    /// The first call counts.
    func announce(_ outcome: Result<Int, LibrarianError>) {
        let waiting = state.withLock { state -> [CheckedContinuation<Int, any Error>] in
            guard state.outcome == nil else { return [] }
            state.outcome = outcome
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume(with: outcome.mapError { $0 }) }
    }

    /// - Throws: the `LibrarianError` announced, or `CancellationError`.
    func port() async throws -> Int {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome = state.withLock { state -> Result<Int, any Error>? in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if let outcome = state.outcome { return outcome.mapError { $0 } }
                    state.waiting[id] = continuation
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume(throwing: CancellationError())
        }
    }
}
