import ArgumentParser
import FarmModel
import FarmRunner
import Foundation
import Scenario
import ScenarioFiles

extension Baikonur {
    struct Manager: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run only the manager, for slaves that are there already.",
            discussion: """
                With a scenario file, its slaves are taken as builders at the addresses it gives (or --builder gives), its \
                jobs are queued, and the run ends with a verdict as in 'baikonur run'. Without one, the builders and \
                jobs of an existing farm (--farm) are worked on until the manager is interrupted.
                """)

        @Argument(help: "A scenario file.", completion: .file(extensions: ["yaml", "yml"]))
        var scenario: String?

        @Option(
            name: .long,
            help: ArgumentHelp(
                "The farm's directory (default with a scenario: out/ and its file name).", valueName: "dir"),
            completion: .directory)
        var farm: String?

        @Option(
            name: .long, help: ArgumentHelp("Where a builder of the scenario is; may be repeated.", valueName: "name=url"))
        var builder: [String] = []

        @Option(name: .long, help: "The command that resets a virtual builder; {vm_host} and {buildd_name} are replaced.")
        var resetCommand: String?

        @Option(name: .long, help: "The address at which slaves reach the librarian.")
        var librarianHost = "127.0.0.1"

        @Option(name: .long, help: "Time between two scans of a builder, for a farm without a scenario.")
        var scanInterval = DurationArgument(.seconds(15))

        @Flag(name: .long, inversion: .prefixedNo, help: "Also run an upload processor.")
        var uploads = true

        @OptionGroup var log: LogOption

        func validate() throws {
            if scenario == nil, farm == nil {
                throw ValidationError("Name a scenario file, or an existing farm with --farm.")
            }
            for entry in builder where urlEntry(entry) == nil {
                throw ValidationError("'\(entry)' is not NAME=URL.")
            }
        }

        func run() async throws {
            if let scenario {
                try await run(scenario)
            } else if let farm {
                try await work(on: FarmDirectory(farm))
            }
        }

        private func run(_ path: String) async throws {
            let scenario = try Scenario(path: path)
            let name = URL(filePath: path).deletingPathExtension().lastPathComponent
            let directory = FarmDirectory(farm ?? "out/\(name)")
            var options = try self.options(directory)
            options.externalSlaves = Dictionary(
                builder.compactMap(urlEntry), uniquingKeysWith: { _, last in last })
            try directory.clear()
            options.logger = try log.logger("baikonur", file: directory.log)
            let view = FarmView(isLive: isatty(STDOUT_FILENO) == 1)
            let report = try await FarmRun(scenario, options: options).run { await view.show($0) }
            await view.finish()
            print(report.verdict.text, terminator: "")
            if report.verdict.grade != .pass { throw ExitCode.failure }
        }

        private func work(on directory: FarmDirectory) async throws {
            let service = try FarmService(
                directory: directory, scanInterval: scanInterval.duration, options: try options(directory))
            try await service.run()
        }

        private func options(_ directory: FarmDirectory) throws -> FarmRun.Options {
            var options = FarmRun.Options(
                directory: directory, program: Baikonur.Run.program, logger: log.logger("baikonur"))
            options.externalSlaves = [:]
            options.resetCommand = resetCommand
            options.librarianHost = librarianHost
            options.runsUploadProcessor = uploads
            return options
        }

        private func urlEntry(_ text: String) -> (BuilderName, String)? {
            let parts = text.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let name = BuilderName(parts[0]), parts[1].hasPrefix("http://") else { return nil }
            return (name, String(parts[1].hasSuffix("/") ? parts[1].dropLast() : parts[1]))
        }
    }
}
