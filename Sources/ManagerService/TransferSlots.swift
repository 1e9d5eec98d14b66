/// Bounds the transfers of the whole manager without letting one slave hold up another (invariant 17).
///
/// Every slave may have one transfer at any time; further ones of the same slave at the same time share a fixed
/// number of slots. However slowly some slaves send, the others get on, and there are never more transfers than
/// slaves and slots together.
actor TransferSlots {
    private struct Waiting {
        var id: Int
        var slave: String
        var turn: CheckedContinuation<Void, any Error>
    }

    private var free: Int
    /// Transfers under way, by slave; all but the first of each hold a slot.
    private var running: [String: Int] = [:]
    private var waiting: [Waiting] = []
    private var nextID = 0

    init(_ count: Int) { free = max(count, 0) }

    /// Runs `body` as one of a slave's transfers, when its turn has come.
    ///
    /// - Throws: `CancellationError` when cancelled while waiting, else what `body` throws.
    nonisolated func withSlot<Result: Sendable>(
        for slave: String, _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        try await acquire(slave)
        do {
            let result = try await body()
            await release(slave)
            return result
        } catch {
            await release(slave)
            throw error
        }
    }

    private func acquire(_ slave: String) async throws {
        if running[slave] == nil || free > 0 { return begin(slave) }
        nextID += 1
        let id = nextID
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (turn: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled {
                    turn.resume(throwing: CancellationError())
                } else {
                    waiting.append(Waiting(id: id, slave: slave, turn: turn))
                }
            }
        } onCancel: {
            Task { await self.giveUp(id) }
        }
    }

    private func begin(_ slave: String) {
        if running[slave] != nil { free -= 1 }
        running[slave, default: 0] += 1
    }

    private func release(_ slave: String) {
        let left = (running[slave] ?? 1) - 1
        running[slave] = left == 0 ? nil : left
        if left > 0 {
            free += 1
            admit(waiting.indices.first)
        } else {
            // What the slave has right to anyway is free again, and no slot.
            admit(waiting.firstIndex { $0.slave == slave })
        }
    }

    private func admit(_ index: Int?) {
        guard let index else { return }
        let next = waiting.remove(at: index)
        begin(next.slave)
        next.turn.resume()
    }

    private func giveUp(_ id: Int) {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
        waiting.remove(at: index).turn.resume(throwing: CancellationError())
    }
}
