import ArgumentParser
import FarmRunner
import FarmModel
import Foundation
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

        @Option(name: .long, help: "Time between two rounds through the queue.")
        var interval = DurationArgument(.seconds(1))

        @Flag(name: .long, help: "Keep the directories of accepted uploads.")
        var keepAccepted = false

        @OptionGroup var log: LogOption

        func run() async throws {
            let logger = log.logger("process-uploads")
            let processor = UploadProcessor(
                records: try farm.records(), store: try farm.library(),
                options: UploadProcessorOptions(
                    queueRoot: farm.directory.uploads, pollInterval: interval.duration,
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
            try await services.run()
        }
    }
}
