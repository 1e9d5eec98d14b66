import BuildManager
import ContentStore
import FarmModel
import FarmRecords
import Foundation
import Librarian
import Logging
import ManagerService
import ServiceLifecycle
import Subprocess

/// Librarian, manager and upload processor of one farm.
struct FarmParts: Sendable {
    let settings: BuildManager.ManagerSettings
    let uploadInterval: Duration
    let options: FarmRun.Options
    let records: FarmRecords
    let library: ContentStore
    let recorder: EventRecorder
    let titles: JobTitles
    let clock: @Sendable () -> Instant

    /// Runs all of them until cancelled; then running scans and downloads from the librarian are finished first.
    ///
    /// - Throws: when one of them cannot start.
    func run() async throws {
        let librarian = Librarian(
            store: library, access: FarmLibraryAccess(records), options: .init(host: options.librarianHost),
            logger: options.logger, now: clock)
        var configuration = ServiceGroupConfiguration(
            services: [.init(service: librarian)], logger: Logger(label: "farm") { _ in SwiftLogNoOpLogHandler() })
        configuration.maximumGracefulShutdownDuration = options.stopTimeout
        let services = ServiceGroup(configuration: configuration)
        // Not a child: when this task is cancelled, the services are to stop in their own time.
        let serving = Task { try await services.run() }
        try await withTaskCancellationHandler {
            let port = try await librarian.port
            await services.addServiceUnlessShutdown(
                try manager(librarianURL: "http://\(options.librarianHost):\(port)"))
            if options.runsUploadProcessor {
                try? await runUploadProcessor()
                await services.triggerGracefulShutdown()
            }
            try await serving.value
        } onCancel: {
            Task { await services.triggerGracefulShutdown() }
        }
    }

    private func manager(librarianURL: String) throws -> ManagerService {
        let translator = ManagerEventTranslator(recorder: recorder, titles: titles)
        return ManagerService(
            settings: settings,
            surroundings: .init(
                records: records, library: library,
                queue: try UploadQueue(root: options.directory.uploads), librarianURL: librarianURL,
                logger: options.logger, clock: clock,
                sink: { _, builder, event in translator.record(builder, event) }, crash: options.crash))
    }

    /// Keeps an upload processor running; one that dies is started again.
    private func runUploadProcessor() async throws {
        while !Task.isCancelled {
            let log = FileManager.default.createFile(atPath: options.directory.processorLog, contents: nil)
            guard log, let output = FileHandle(forWritingAtPath: options.directory.processorLog) else {
                throw FarmRunnerError("cannot write \(options.directory.processorLog)")
            }
            var platform = PlatformOptions()
            platform.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(10))]
            let result = try await Subprocess.run(
                .path(.init(options.program)),
                arguments: [
                    "process-uploads", "--farm", options.directory.root, "--interval",
                    "\(Int(uploadInterval.inSeconds * 1000))ms",
                ], platformOptions: platform, output: .fileDescriptor(.init(rawValue: output.fileDescriptor), closeAfterSpawningProcess: false),
                error: .fileDescriptor(.init(rawValue: output.fileDescriptor), closeAfterSpawningProcess: false))
            try Task.checkCancellation()
            recorder.headline("the upload processor ended (\(result.terminationStatus)) and is started again")
            try await Task.sleep(for: .seconds(1))
        }
    }
}
