import ArgumentParser
import FarmRunner
import Foundation
import Scenario
import ScenarioFiles

/// Runs a scenario before people's eyes to its verdict: what `run` and `manager FILE` have in common.
struct VerdictRun {
    var path: String
    /// The farm's directory; nil: `out/` and the file's name.
    var farm: String?
    var isPlain: Bool
    var log: LogOption
    /// Changes what the scenario says.
    var adjust: (inout Scenario) -> Void = { _ in }
    /// Changes how the farm is run.
    var configure: (inout FarmRun.Options) -> Void = { _ in }

    /// - Throws: `ExitCode` unless every expectation holds; `ScenarioError`.
    func run() async throws {
        var scenario = try Scenario(path: path)
        adjust(&scenario)
        let directory = FarmDirectory(farm ?? FarmOption.defaultDirectory(scenario: path))
        let report: FarmRun.Report
        do {
            report = try await run(scenario, in: directory)
        } catch {
            complain("Error: \(error)")
            throw ExitStatus.broken
        }
        say(report.verdict.text)
        say("farm: \(directory.root) (events.jsonl, junit.xml, manager.log); seed \(scenario.seed)\n")
        if report.outcome.ending == .interrupted { throw ExitStatus.interrupted }
        switch report.verdict.grade {
        case .pass: return
        case .fail: throw ExitStatus.failed
        case .inconclusive: throw ExitStatus.inconclusive
        }
    }

    private func run(_ scenario: Scenario, in directory: FarmDirectory) async throws -> FarmRun.Report {
        let claim = try directory.claim(isEmptied: true)
        defer { claim.release() }
        var options = FarmRun.Options(
            directory: directory, program: Baikonur.program,
            logger: try log.logger("baikonur", file: directory.log))
        configure(&options)
        let view = FarmView(isPlain: isPlain)
        let report = try await FarmRun(scenario, options: options).run { await view.show($0) }
        await view.finish()
        try JUnitReport(report.verdict, duration: report.outcome.duration).text
            .write(toFile: directory.junit, atomically: true, encoding: .utf8)
        return report
    }
}
