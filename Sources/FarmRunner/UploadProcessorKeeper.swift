import ContentStore
import FarmModel
import Glibc
import Logging
import Scenario
import ServiceLifecycle
import Subprocess

/// Keeps an upload processor running in a process of its own. One that ends by itself is started again.
struct UploadProcessorKeeper: Service {
    let program: String
    let directory: FarmDirectory
    /// Time between two rounds of the processor.
    let interval: Duration
    let recorder: EventRecorder
    let logger: Logger
    /// Between the end of a processor and the start of the next.
    var pause: Duration = .seconds(1)
    /// How long a processor may take to stop before it is killed.
    var stopTimeout: Duration = .seconds(10)

    /// Runs until the task is cancelled or a graceful shutdown begins.
    ///
    /// - Throws: `FarmRunnerError` when a processor cannot be started at all.
    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await keepRunning() }
        } catch is CancellationError {
            // The way a keeper stops.
        }
    }

    private func keepRunning() async throws {
        while true {
            let end = try await runOnce()
            recorder.record(.processorEnded, fields: [.reason: .text(end)])
            recorder.headline("the upload processor ended by itself (\(end)) and is started again")
            logger.warning("the upload processor ended by itself", metadata: ["end": "\(end)"])
            try await Task.sleep(for: pause)
        }
    }

    /// - Returns: how the processor ended, for people.
    /// - Throws: `CancellationError` when it was stopped, `FarmRunnerError` when it cannot be started.
    private func runOnce() async throws -> String {
        let log = try OwnedDescriptor.open(
            directory.processorLog, flags: O_WRONLY | O_CREAT | O_APPEND, mode: 0o644)
        // The processor stops when this pipe is closed, and that happens whatever becomes of this process.
        let lifeline = try Lifeline()
        defer { lifeline.cut() }
        do {
            let result = try await Subprocess.run(
                .path(.init(program)), arguments: .init(arguments), platformOptions: platformOptions,
                input: .fileDescriptor(.init(rawValue: lifeline.end), closeAfterSpawningProcess: false),
                output: .fileDescriptor(.init(rawValue: log.raw), closeAfterSpawningProcess: false),
                error: .fileDescriptor(.init(rawValue: log.raw), closeAfterSpawningProcess: false))
            try Task.checkCancellation()
            return "\(result.terminationStatus)"
        } catch {
            try Task.checkCancellation()
            throw FarmRunnerError(.process, "the upload processor \(program) cannot be started: \(error)")
        }
    }

    private var arguments: [String] {
        [
            "process-uploads", "--farm", directory.root, "--supervised", "--interval",
            DurationText.write(interval),
        ]
    }

    private var platformOptions: PlatformOptions {
        var options = PlatformOptions()
        // A terminal sends its interrupt to the whole group; the processor is to stop after the manager.
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: stopTimeout)]
        return options
    }
}
