import FarmRunner
import Foundation
import Scenario
import ScenarioFiles
import TestSupport
import Testing

@Suite("The scenarios of mockslaves/")
struct ScenarioLibraryRunTests {
    @Test(
        "a fault's scenario ends in PASS, with sound records and a log that balances",
        arguments: try Repository.scenarios().filter { $0.hasPrefix("mockslaves/faults/") })
    func faults(path: String) async throws {
        let fixture = try FarmFixture()
        let report = try await fixture.run(Scenario(path: Repository.path(path)))
        #expect(report.verdict.grade == .pass, "\(report.verdict.text)")
        #expect(report.outcome.ending == .allFinal)
        let records = try fixture.records()
        #expect(try await records.audit().isEmpty)
        let events = try fixture.events()
        #expect(try await events.imbalances(records).isEmpty)
        #expect(events.lines.first?.kind == .runStarted)
        #expect(events.lines.last?.kind == .runEnded)
        #expect(events.lines.last?.text("verdict") == "PASS")
    }

    @Test("the demo ends in PASS: hung builder disabled, poison job failed, everything else built")
    func demo() async throws {
        let fixture = try FarmFixture()
        let scenario = try Scenario(path: Repository.path("mockslaves/demo/first-light.yaml"))
        let report = try await fixture.run(scenario)
        #expect(report.verdict.grade == .pass, "\(report.verdict.text)")
        let disabled = report.outcome.builders.filter { !$0.isEnabled }.map(\.name.rawValue)
        #expect(disabled == ["bos-amd64-002"])
        for job in report.outcome.jobs {
            #expect(job.status == (job.source == "crasher" ? .failedToBuild : .fullyBuilt), "\(job.name)")
        }
        let records = try fixture.records()
        #expect(try await records.audit().isEmpty)
        #expect(try await fixture.events().imbalances(records).isEmpty)
    }
}
