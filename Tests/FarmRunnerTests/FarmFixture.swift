import FarmModel
import FarmRecords
import FarmRunner
import Foundation
import Logging
import Scenario
import ScenarioFiles
import TestSupport

/// A farm of a test's own, run in this process.
struct FarmFixture {
    let scratch: ScratchDirectory
    let directory: FarmDirectory

    init() throws {
        scratch = try ScratchDirectory()
        directory = FarmDirectory(scratch.path("farm"))
    }

    /// Runs a scenario; a few farms run at a time.
    ///
    /// - Parameters:
    ///   - limit: how long it may take on a busy machine; the scenario's own is not what is tested.
    ///   - stop: as the option of `FarmRun`.
    func run(
        _ scenario: Scenario, limit: Duration? = .seconds(240),
        stop: @escaping @Sendable () async -> Void = { try? await Task.sleep(for: .seconds(1000)) },
        observe: @escaping @Sendable (FarmTable) async -> Void = { _ in }
    ) async throws -> FarmRun.Report {
        var scenario = scenario
        if let limit { scenario.limit = limit }
        let claim = try directory.claim(isEmptied: true)
        defer { claim.release() }
        var options = FarmRun.Options(
            directory: directory, program: BaikonurProgram.path,
            logger: Self.quiet)
        options.stop = stop
        return try await Lanes.farms.run { [scenario, options] in
            try await FarmRun(scenario, options: options).run(observe: observe)
        }
    }

    static let quiet = Logger(label: "farm") { _ in SwiftLogNoOpLogHandler() }

    func records() throws -> FarmRecords { try FarmRecords.open(path: directory.database) }

    func events() throws -> EventLog { try EventLog(path: directory.events) }
}

extension Scenario {
    /// Reads a scenario of a test; folders are relative to the root of the project.
    init(text: String) throws {
        let path = Repository.path("test.yaml")
        try self.init(reading: text, file: path, folders: DiskFolders(scenario: path))
    }
}
