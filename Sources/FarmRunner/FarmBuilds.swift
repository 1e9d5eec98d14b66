import DebianFormats
import FarmModel
import MockSlave
import Scenario
import SlaveHost
import Synchronization

/// What the builds of a scenario do, counted over the whole farm: a slave does not know how often a build was tried
/// elsewhere.
final class FarmBuilds: Sendable {
    private let scenario: Scenario
    private let scripts: ScriptBook
    private let attempts = Mutex<[BuildRun: Int]>([:])

    init(_ scenario: Scenario) {
        self.scenario = scenario
        scripts = ScriptBook(scenario)
    }

    func begin(_ order: BuildOrder) -> ScriptedBuild {
        guard var run = run(of: order) else { return ScriptedBuild(script: scenario.unknownBuild) }
        run.attempt = attempts.withLock { attempts in
            attempts[run, default: 0] += 1
            return attempts[run] ?? 1
        }
        return ScriptedBuild(run: run, script: scripts.script(for: run))
    }

    func results(of order: BuildOrder, bytes: Int) throws -> [GeneratedResult] {
        guard let run = run(of: order) else {
            throw FarmRunnerError(
                .scenario, "build \(order.buildID) has no source package to make results of")
        }
        let job = scripts.job(for: run)
        let source = try SourceDescription(
            name: run.package, version: job?.version ?? run.version, distribution: order.suite ?? "unstable",
            section: job?.section ?? "misc")
        return try PackageBuilder(scenario)
            .results(of: source, architecture: ArchitectureName(order.architectureTag), totalBytes: bytes)
            .map { GeneratedResult(name: $0.name.rawValue, bytes: $0.bytes) }
    }

    /// Attempt 0: the key under which attempts are counted.
    private func run(of order: BuildOrder) -> BuildRun? {
        guard let package = order.sourceName, let version = order.sourceVersion else { return nil }
        return BuildRun(package: package, version: version, architecture: order.architectureTag, attempt: 0)
    }
}
