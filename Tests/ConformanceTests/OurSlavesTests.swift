import BuilddProtocol
import DebianFormats
import FarmModel
import MockSlave
import SlaveHost
import Synchronization
import TestSupport
import Testing

@testable import Conformance

@Suite("Slaves of our own")
struct OurSlavesTests {
    /// Runs all checks against a fake; gives the summary and the checks that did not pass.
    private func run(
        _ dialect: SlaveDialect, quirks: SlaveQuirks = .all, expectsOddities: Bool = true
    ) async throws -> (summary: Summary, failed: [Check], skipped: [Check]) {
        let scratch = try ScratchDirectory()
        var options = SlaveHost.Options()
        // By status calls rather than by time: a build is over when it has been looked at often enough, however
        // busy the machine is.
        let line = BuildScript.LogEntry(at: .seconds(1), bytes: Array("a line of some fifty bytes in the log\n".utf8))
        let log = (1...90).map { BuildScript.LogEntry(at: .seconds($0), bytes: line.bytes) }
        let script = BuildScript(progress: .statusCalls(100), log: log, results: .generated(bytes: 4096))
        options.scripts = { _ in ScriptedBuild(script: script) }
        options.generator = { order, bytes in
            let source = try SourceDescription(name: order.sourceName ?? "", version: order.sourceVersion ?? "")
            let architecture = try ArchitectureName(order.architectureTag)
            let builder = PackageBuilder(seed: 1, modified: .epoch)
            return try builder.results(of: source, architecture: architecture, totalBytes: bytes).map { file in
                GeneratedResult(name: file.name.rawValue, bytes: file.bytes)
            }
        }
        let host = try SlaveHost(storeDirectory: scratch.path + "/store", options: options)
        let name = try #require(BuilderName("conforming"))
        var configuration = SlaveConfiguration(name: name, dialect: dialect, quirks: quirks)
        // So long a fake is ABORTING, among others.
        configuration.stepDuration = .milliseconds(100)
        let slave = HostedSlave(MockSlave(configuration, at: .systemTime), address: .ephemeral)
        let url = try #require(try await host.start([slave]).first).url

        let library = try RecordingLibrary(folder: try #require(RecordingLibrary.defaultFolder()))
        var limits = ConformanceLimits()
        limits.settle = .milliseconds(20)
        limits.poll = .milliseconds(5)
        let checks = Mutex<[Check]>([])
        let summary = try await ConformanceRun(
            url: url, recordings: library, limits: limits, expectsOddities: expectsOddities
        ).run { check in
            checks.withLock { $0.append(check) }
        }
        await host.shutdown()
        let all = checks.withLock { $0 }
        let failed = all.filter { if case .failed = $0.outcome { true } else { false } }
        let skipped = all.filter { if case .skipped = $0.outcome { true } else { false } }
        return (summary, failed, skipped)
    }

    @Test("a fake of each release conforms", arguments: SlaveDialect.allCases)
    func conforms(dialect: SlaveDialect) async throws {
        let (summary, failed, skipped) = try await run(dialect)
        #expect(failed == [])
        #expect(summary.holds && summary.passed > 100)
        print(dialect, summary, skipped)
    }

    @Test("a strict fake is found out, unless that was to be expected")
    func strict() async throws {
        let lenient = try await run(.current, quirks: .none, expectsOddities: false)
        #expect(lenient.failed == [])
        let found = try await run(.current, quirks: .none)
        #expect(found.failed.contains { $0.name.contains("renames") })
    }
}
