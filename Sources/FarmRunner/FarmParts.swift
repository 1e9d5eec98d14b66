import BuildManager
import ContentStore
import FarmModel
import FarmRecords
import Librarian
import Logging
import ManagerService
import ServiceLifecycle

/// Librarian, manager and upload processor of one farm.
struct FarmParts: Sendable {
    let settings: BuildManager.ManagerSettings
    let uploadInterval: Duration
    /// How long a stop waits for running scans and transfers.
    let stopTimeout: Duration
    let options: FarmRun.Options
    let records: FarmRecords
    let library: ContentStore
    let recorder: EventRecorder
    let jobs: JobLedger
    let clock: @Sendable () -> Instant

    /// Runs all of them until cancelled. Then the manager stops first, after its running scans; then the librarian;
    /// and last the upload processor.
    ///
    /// - Throws: what any of them threw; the others are stopped then.
    func run() async throws {
        let librarian = Librarian(
            store: library, access: FarmLibraryAccess(records), options: .init(host: options.librarianHost),
            logger: options.logger, now: clock)
        var services: [any Service] = [librarian]
        // Services are stopped in the reverse order.
        if options.runsUploadProcessor { services.insert(keeper, at: 0) }
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) },
            logger: Logger(label: "farm") { _ in SwiftLogNoOpLogHandler() })
        configuration.maximumGracefulShutdownDuration = stopTimeout
        let group = ServiceGroup(configuration: configuration)
        // Not a child: when this task is cancelled, the services are to stop in their own time.
        let serving = Task { try await group.run() }
        try await withTaskCancellationHandler {
            do {
                // The manager tells slaves where the librarian is, so it has to be there first.
                let url = try await "http://\(options.librarianHost):\(librarian.port)"
                await group.addServiceUnlessShutdown(try manager(librarianURL: url))
            } catch {
                await group.triggerGracefulShutdown()
                try await serving.value
                throw error
            }
            try await serving.value
        } onCancel: {
            Task { await group.triggerGracefulShutdown() }
        }
    }

    private var keeper: UploadProcessorKeeper {
        UploadProcessorKeeper(
            program: options.program, directory: options.directory, interval: uploadInterval,
            recorder: recorder,
            logger: options.logger)
    }

    private func manager(librarianURL: String) throws -> ManagerService {
        let translator = ManagerEventTranslator(recorder: recorder, jobs: jobs)
        return ManagerService(
            settings: settings,
            surroundings: .init(
                records: records, library: library,
                queue: try UploadQueue(root: options.directory.uploads), librarianURL: librarianURL,
                logger: options.logger, clock: clock,
                sink: { _, builder, event in translator.record(builder, event) }, crash: options.crash))
    }
}
