import ArgumentParser
import FarmRunner
import ServiceLifecycle
import UploadProcessor

extension Baikonur {
    struct ProcessUploads: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Work off a farm's upload queue, as a process of its own.",
            discussion: """
                Checks each upload directory that the manager handed over, records its binary packages and ends its \
                build, then removes it or moves it aside whole. It may be stopped, killed or slow without the manager \
                noticing; only one processor works on a queue.
                """)

        @OptionGroup var farm: FarmOption

        @Flag(name: .long, help: "Go through the queue once and stop.")
        var once = false

        @Option(
            name: .long,
            help: ArgumentHelp("Time between two rounds through the queue.", valueName: "duration"))
        var interval = DurationArgument(.seconds(1))

        @Flag(name: .long, help: "Keep the directories of accepted uploads.")
        var keepAccepted = false

        @Flag(
            name: .long, help: "Stop when standard input ends, as it does when whoever started this is gone.")
        var supervised = false

        @OptionGroup var log: LogOption

        func run() async throws {
            let logger = log.logger("process-uploads")
            let access = try FarmAccess(farm)
            let processor = UploadProcessor(
                records: access.records, store: try access.library(),
                options: UploadProcessorOptions(
                    queueRoot: access.directory.uploads, pollInterval: interval.duration,
                    acceptedLeaves: keepAccepted ? .keep : .remove),
                verifier: PackageBuildVerifier(), logger: logger, report: { say("\($0)\n") })
            if once {
                try await processor.runOnce()
                return
            }
            let services = ServiceGroup(
                configuration: .init(
                    services: [.init(service: processor)], gracefulShutdownSignals: [.sigint, .sigterm],
                    logger: logger))
            if supervised {
                // Ends with the process: nothing can take back a wait for input.
                Task {
                    await waitForEndOfInput()
                    await services.triggerGracefulShutdown()
                }
            }
            try await services.run()
        }
    }
}
