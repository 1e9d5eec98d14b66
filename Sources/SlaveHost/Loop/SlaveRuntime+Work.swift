import FarmModel
import MockSlave
import NIOCore

/// Fetching files and gathering results, which take time and happen away from the loop.
extension SlaveRuntime {
    func fetch(_ id: FetchID, _ request: FetchRequest) {
        note(.fetch(sum: request.sum))
        let fetcher = services.fetcher
        start(.fetch(id)) {
            let outcome = await fetcher.fetch(request)
            return { runtime in
                runtime.note(.fetched(sum: request.sum, outcome: outcome.summary))
                runtime.handle(.fetched(id, outcome))
            }
        }
    }

    func gather(_ id: GatherID, _ order: BuildOrder, _ script: BuildScript) {
        let gatherer = services.gatherer
        start(.gather(id)) {
            do {
                let files = try await gatherer.gather(order, script)
                return { runtime in
                    for file in files { runtime.resultNames[file.sum.description] = file.name }
                    runtime.note(.gathered(files: files.count))
                    runtime.handle(.gathered(id, files))
                }
            } catch {
                let detail = String(describing: error)
                return { runtime in
                    runtime.note(.gatheringFailed(detail: detail))
                    runtime.handle(.gatheringFailed(id, detail: detail))
                }
            }
        }
    }

    /// Does something away from the loop; what it returns then runs on the loop, unless it was cancelled.
    private func start(
        _ key: TaskKey, _ work: @escaping @Sendable () async -> @Sendable (SlaveRuntime) -> Void
    ) {
        let bound = NIOLoopBound(self, eventLoop: loop)
        tasks[key] = Task {
            let report = await work()
            bound.eventLoop.execute {
                guard bound.value.tasks.removeValue(forKey: key) != nil else { return }
                report(bound.value)
            }
        }
    }

    func cancelTasks() {
        for task in tasks.values { task.cancel() }
        tasks = [:]
    }
}
