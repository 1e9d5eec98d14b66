package import FarmModel
import Foundation
package import Scenario
import Synchronization

/// Collects what happens in a farm: counts it and writes it as JSON lines (docs/events.md).
package final class EventRecorder: Sendable {
    private struct State {
        var file: FileHandle?
        var counts: [FarmEvent.Kind: Int] = [:]
        var dispatches: [BuilderName: Int] = [:]
        var resets: [BuilderName: Int] = [:]
        var headlines = HeadlineList()
    }

    private let state: Mutex<State>
    private let clock: @Sendable () -> Instant

    /// - Parameter path: of the event log, which is continued when it is there; nil keeps counts only.
    /// - Throws: `FarmRunnerError` when the file cannot be written.
    package init(path: String?, clock: @escaping @Sendable () -> Instant) throws {
        var state = State()
        if let path {
            let files = FileManager.default
            guard files.fileExists(atPath: path) || files.createFile(atPath: path, contents: nil),
                let file = FileHandle(forWritingAtPath: path), (try? file.seekToEnd()) != nil
            else { throw FarmRunnerError(.directory, "cannot write the event log \(path)") }
            state.file = file
        }
        self.state = Mutex(state)
        self.clock = clock
    }

    package func record(
        _ kind: FarmEvent.Kind, builder: BuilderName? = nil, job: String? = nil,
        fields: [FarmEvent.Field: FarmEvent.Value] = [:]
    ) {
        state.withLock { state in
            // Within the lock, so that the lines of the log are in the order of their times.
            let event = FarmEvent(kind, at: clock(), builder: builder, job: job, fields: fields)
            state.counts[kind, default: 0] += 1
            if let builder {
                if kind == .dispatched { state.dispatches[builder, default: 0] += 1 }
                if kind == .builderReset { state.resets[builder, default: 0] += 1 }
            }
            // A full disk must not stop the farm; the counts go on.
            try? state.file?.write(contentsOf: Data((event.jsonLine + "\n").utf8))
        }
    }

    package var counts: [FarmEvent.Kind: Int] { state.withLock { $0.counts } }

    package func dispatches(to builder: BuilderName) -> Int { state.withLock { $0.dispatches[builder] ?? 0 } }

    package func resets(of builder: BuilderName) -> Int { state.withLock { $0.resets[builder] ?? 0 } }

    /// Nothing is written any more; counting goes on.
    package func close() {
        state.withLock { state in
            try? state.file?.close()
            state.file = nil
        }
    }

    /// A line for people, shown while the farm runs. What a slave said may be part of it.
    package func headline(_ text: String) { state.withLock { $0.headlines.add(text) } }

    /// The newest headlines.
    package var headlines: HeadlineList { state.withLock { $0.headlines } }
}
