import FarmModel
import Synchronization

/// What the events of a job are written with: its name, and how often it was tried.
final class JobLedger: Sendable {
    private struct Entry {
        var title: String
        var attempts: Int
    }

    private let entries = Mutex<[BuildID: Entry]>([:])

    init() {}

    /// The job's name as `BuildTitle` makes it; nil for a job that was neither known nor taken.
    func title(of build: BuildID) -> String? { entries.withLock { $0[build]?.title } }

    /// Enters a job that is in the records already.
    func know(_ build: BuildID, title: String, attempts: Int) {
        entries.withLock { $0[build] = Entry(title: title, attempts: attempts) }
    }

    /// Counts an attempt.
    ///
    /// - Returns: its number, from 1.
    func taken(_ build: BuildID, title: String) -> Int {
        entries.withLock { entries in
            let attempts = (entries[build]?.attempts ?? 0) + 1
            entries[build] = Entry(title: title, attempts: attempts)
            return attempts
        }
    }

    /// The number of the attempt that runs or ran last.
    func attempt(at build: BuildID) -> Int { entries.withLock { $0[build]?.attempts ?? 0 } }
}
