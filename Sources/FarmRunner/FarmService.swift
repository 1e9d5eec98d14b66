import BuildManager
import ContentStore
import FarmModel
import FarmRecords

/// Works on an existing farm, without a scenario, until it is interrupted.
package struct FarmService: Sendable {
    private let parts: FarmParts

    /// - Throws: when the farm's database or library cannot be opened.
    package init(directory: FarmDirectory, scanInterval: Duration, options: FarmRun.Options) throws {
        try directory.prepare()
        var settings = BuildManager.ManagerSettings()
        settings.scanInterval = scanInterval
        settings.refreshInterval = scanInterval
        settings.resetCommand = options.resetCommand ?? FarmRun.resetCommand(options)
        let clock = FarmRun.wallClock
        let records = try FarmRecords.open(path: directory.database)
        parts = FarmParts(
            settings: settings, uploadInterval: .seconds(1), options: options, records: records,
            library: try ContentStore.open(directory: directory.library),
            recorder: try EventRecorder(path: directory.events, clock: clock), titles: JobTitles(),
            clock: clock)
    }

    /// Runs until SIGINT or SIGTERM; running scans are finished first.
    package func run() async throws {
        for build in try await parts.records.builds() { parts.titles[build.build] = build.title }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await parts.run() }
            group.addTask { await waitForStopSignal() }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
