import BuildManager
import ContentStore
import FarmModel
import FarmRecords

/// Works on an existing farm, without a scenario, until it is stopped.
package struct FarmService: Sendable {
    private let parts: FarmParts
    private let stop: @Sendable () async -> Void

    /// - Throws: when the farm's database or library cannot be opened.
    package init(scanInterval: Duration, options: FarmRun.Options) throws {
        var settings = BuildManager.ManagerSettings()
        settings.scanInterval = scanInterval
        settings.refreshInterval = scanInterval
        settings.resetCommand = options.resetCommand ?? options.ownResetCommand
        let records = try FarmRecords.open(path: options.directory.database)
        stop = options.stop
        parts = FarmParts(
            settings: settings, uploadInterval: .seconds(1), stopTimeout: .seconds(60), options: options,
            records: records, library: try ContentStore.open(directory: options.directory.library),
            recorder: try EventRecorder(path: options.directory.events, clock: options.clock),
            jobs: JobLedger(), clock: options.clock)
    }

    /// Runs until it is stopped; running scans are finished first.
    package func run() async throws {
        for build in try await parts.records.builds() {
            parts.jobs.know(build.build, title: build.title, attempts: build.attempts)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await parts.run() }
            group.addTask { await stop() }
            defer { group.cancelAll() }
            try await group.next()
        }
        parts.recorder.close()
    }
}
