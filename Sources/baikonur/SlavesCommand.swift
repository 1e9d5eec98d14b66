import ArgumentParser
import ContentStore
import FarmRunner
import Foundation
import Scenario
import ScenarioFiles

extension Baikonur {
    struct Slaves: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run only the fake slaves of a scenario, for somebody else's manager.",
            discussion: """
                Prints one line for each slave: name, address and URL, in the form of /etc/hosts where the slave has an \
                address of its own. Runs until it is interrupted. Jobs of the scenario tell the slaves what a build of \
                that source does; builds that the scenario does not know do what default-build says.
                """)

        @Argument(help: "The scenario file.", completion: .file(extensions: ["yaml", "yml"]))
        var scenario: String

        @Option(
            name: .long,
            help: ArgumentHelp("The farm's directory (default: out/ and the scenario's file name).", valueName: "dir"),
            completion: .directory)
        var farm: String?

        @Option(
            name: .long, help: "Also write the slaves as JSON to this file, once all of them listen.",
            completion: .file())
        var listing: String?

        @OptionGroup var log: LogOption

        func run() async throws {
            let scenario = try Scenario(path: self.scenario)
            let name = URL(filePath: self.scenario).deletingPathExtension().lastPathComponent
            let directory = FarmDirectory(farm ?? "out/\(name)")
            try directory.prepare()
            let library = try ContentStore.open(directory: directory.library)
            let recorder = try EventRecorder(path: directory.events, clock: FarmRun.wallClock)
            defer { recorder.close() }
            let slaves = SlaveFarm(
                scenario: scenario, library: library, directory: directory, recorder: recorder,
                start: FarmRun.wallClock(), clock: FarmRun.wallClock, logger: log.logger("slaves"))
            let all = try await slaves.start()
            for slave in all { say("\(slave.host)\t\(slave.name)\t# \(slave.url)\n") }
            if let listing {
                try JSONEncoder.forPeople.encode(all.map { ["name": $0.name.rawValue, "url": $0.url] })
                    .write(to: URL(filePath: listing), options: .atomic)
            }
            complain("\(all.count) slaves listen; reset them with: baikonur slave reset NAME --control \(directory.control)")
            await waitForStopSignal()
            await slaves.stop()
        }
    }
}

extension JSONEncoder {
    /// Indented, keys in alphabetical order, slashes as they are.
    static var forPeople: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
