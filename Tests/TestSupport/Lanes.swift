/// Lets only a few of many concurrent tests run at once: those that start processes or watch the clock.
package actor Lanes {
    /// For whole farms, over all test suites.
    package static let farms = Lanes(4)

    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    package init(_ count: Int) { free = count }

    package nonisolated func run<Result: Sendable>(_ body: () async throws -> Result) async rethrows -> Result
    {
        await enter()
        do {
            let result = try await body()
            await leave()
            return result
        } catch {
            await leave()
            throw error
        }
    }

    private func enter() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
