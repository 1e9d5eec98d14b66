import Foundation
import Synchronization
import Testing

@testable import Conformance

/// Runs when BAIKONUR_CONFORM_URL names a slave, such as the one `conformance/real_slave.py` starts.
@Suite("A live slave")
struct LiveSlaveTests {
    private static let url = ProcessInfo.processInfo.environment["BAIKONUR_CONFORM_URL"]

    @Test("a live slave holds against recordings and table", .enabled(if: url != nil))
    func conforms() async throws {
        let url = try #require(Self.url)
        let library = try RecordingLibrary(folder: try #require(RecordingLibrary.defaultFolder()))
        let failed = Mutex<[Check]>([])
        let summary = try await ConformanceRun(url: url, recordings: library).run { check in
            if check.outcome != .passed { print(check) }
            if case .failed = check.outcome { failed.withLock { $0.append(check) } }
        }
        print(summary)
        #expect(failed.withLock { $0 } == [])
        #expect(summary.holds)
    }
}
