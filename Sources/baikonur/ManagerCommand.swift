import ArgumentParser
import FarmModel
import FarmRunner
import Foundation

extension Baikonur {
    struct Manager: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run only the manager, for slaves that are there already.",
            discussion: """
                With a scenario file, its slaves are taken as builders at the addresses it gives (or --builder gives), its \
                jobs are queued, and the run ends with a verdict as in 'baikonur run'. Faults are up to whoever hosts the \
                slaves, so expectations about them prove nothing here.

                Without one, the builders and jobs of an existing farm (--farm) are worked on until the manager is \
                interrupted.

                \(ExitStatus.help)
                """)

        @Argument(help: "A scenario file.", completion: .scenario)
        var scenario: String?

        @Option(name: .long, help: .farmDirectory, completion: .directory)
        var farm: String?

        @Option(
            name: .long,
            help: ArgumentHelp("Where a builder of the scenario is; may be repeated.", valueName: "name=url"))
        var builder: [BuilderPlace] = []

        @Option(
            name: .long,
            help: ArgumentHelp(
                "The command that resets a virtual builder; {vm_host} and {buildd_name} are replaced.",
                valueName: "command"))
        var resetCommand: String?

        @Option(
            name: .long,
            help: ArgumentHelp("The address at which slaves reach the librarian.", valueName: "address"))
        var librarianHost = "127.0.0.1"

        @Option(
            name: .long,
            help: ArgumentHelp(
                "Time between two scans of a builder, for a farm without a scenario.", valueName: "duration"))
        var scanInterval = DurationArgument(.seconds(15))

        @Flag(name: .long, inversion: .prefixedNo, help: "Also run an upload processor.")
        var uploads = true

        @Flag(name: .long, help: "Plain lines even in a terminal.")
        var plain = false

        @OptionGroup var log: LogOption

        func validate() throws {
            if scenario == nil, farm == nil {
                throw ValidationError("Name a scenario file, or an existing farm with --farm.")
            }
            if scenario == nil, !builder.isEmpty {
                throw ValidationError("--builder goes with a scenario file.")
            }
        }

        func run() async throws {
            if let scenario {
                var run = VerdictRun(path: scenario, farm: farm, isPlain: plain, log: log)
                run.configure = configure
                try await run.run()
            } else if let farm {
                try await work(on: farm)
            }
        }

        private func work(on farm: String) async throws {
            let directory = FarmDirectory(farm)
            guard FileManager.default.fileExists(atPath: directory.database) else {
                throw CommandFailure("there is no farm in \(farm)")
            }
            let claim = try directory.claim(isEmptied: false)
            defer { claim.release() }
            var options = FarmRun.Options(
                directory: directory, program: Baikonur.program, logger: log.logger("baikonur"))
            configure(&options)
            let service = try FarmService(scanInterval: scanInterval.duration, options: options)
            complain("the manager works on \(directory.root) until it is interrupted")
            try await service.run()
        }

        private func configure(_ options: inout FarmRun.Options) {
            options.externalSlaves = Dictionary(
                builder.map { ($0.name, $0.url) }, uniquingKeysWith: { _, last in last })
            options.resetCommand = resetCommand
            options.librarianHost = librarianHost
            options.runsUploadProcessor = uploads
        }
    }
}

/// Where a builder is: `NAME=URL`.
struct BuilderPlace: ExpressibleByArgument {
    var name: BuilderName
    /// Without a slash at its end.
    var url: String

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let name = BuilderName(parts[0]), parts[1].hasPrefix("http://") else {
            return nil
        }
        self.name = name
        url = String(parts[1].hasSuffix("/") ? parts[1].dropLast() : parts[1])
    }
}
