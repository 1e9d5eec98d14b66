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
    /// Runs all checks against a fake.
    private func run(
        _ dialect: SlaveDialect, quirks: SlaveQuirks = .all
    ) async throws -> (summary: Summary, failed: [Check]) {
        let scratch = try ScratchDirectory()
        var options = SlaveHost.Options()
        // By status calls rather than by time: a build is over when it has been looked at often enough, however
        // busy the machine is.
        let line = Array("a line of the log of a build, of some sixty bytes in all\n".utf8)
        let log = (1...90).map { BuildScript.LogEntry(at: .seconds($0), bytes: line) }
        var script = BuildScript(progress: .statusCalls(100), log: log, results: .generated(bytes: 4096))
        // Long enough to try every method meanwhile; in 2010 it was a matter of signals.
        let abortDuration = Duration.seconds(1)
        script.killing = .init(duration: abortDuration, ignoresTermination: true)
        options.scripts = { [script] _ in ScriptedBuild(script: script) }
        options.generator = { order, bytes in
            let source = try SourceDescription(
                name: order.sourceName ?? "", version: order.sourceVersion ?? "")
            let architecture = try ArchitectureName(order.architectureTag)
            let builder = PackageBuilder(seed: 1, modified: .epoch)
            return try builder.results(of: source, architecture: architecture, totalBytes: bytes).map {
                file in
                GeneratedResult(name: file.name.rawValue, bytes: file.bytes)
            }
        }
        let host = try SlaveHost(storeDirectory: scratch.path + "/store", options: options)
        let name = try #require(BuilderName("conforming"))
        var configuration = SlaveConfiguration(name: name, dialect: dialect, quirks: quirks)
        configuration.terminationGrace = abortDuration
        let slave = HostedSlave(MockSlave(configuration, at: .systemTime), address: .ephemeral)
        let url = try #require(try await host.start([slave]).first).url

        let library = try RecordingLibrary(folder: try #require(RecordingLibrary.defaultFolder()))
        var limits = ConformanceLimits()
        limits.settle = .milliseconds(20)
        limits.poll = .milliseconds(5)
        let checks = Mutex<[Check]>([])
        let summary = try await ConformanceRun(url: url, recordings: library, limits: limits).run { check in
            checks.withLock { $0.append(check) }
        }
        await host.shutdown()
        let failed = checks.withLock { $0 }.filter { check in
            if case .failed = check.outcome { true } else { false }
        }
        return (summary, failed)
    }

    @Test("a fake of each release conforms", arguments: SlaveDialect.allCases)
    func conforms(dialect: SlaveDialect) async throws {
        let (summary, failed) = try await run(dialect)
        #expect(failed == [])
        #expect(summary.holds && summary.passed > 100)
    }

    @Test("a strict fake is found out")
    func strict() async throws {
        let names = try await run(.current, quirks: .none).failed.map(\.name)
        #expect(names.contains("BUILDING: a refused build renames the running one"))
        #expect(names.contains("WAITING: a refused build empties the log"))
    }
}
