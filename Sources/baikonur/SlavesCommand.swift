import ArgumentParser
import ContentStore
import FarmModel
import FarmRunner
import Foundation
import Scenario
import ScenarioFiles

extension Baikonur {
    struct Slaves: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run only the fake slaves of a scenario, for somebody else's manager.",
            discussion: """
                Prints one line for each slave, in the form of /etc/hosts: address, name, and the URL behind a #. Runs \
                until it is interrupted. Jobs of the scenario tell the slaves what a build of that source does; builds \
                that the scenario does not know do what default-build says.
                """)

        @Argument(help: "The scenario file.", completion: .scenario)
        var scenario: String

        @Option(
            name: .long,
            help: ArgumentHelp(
                "The farm's directory (default: out/, the scenario's file name and -slaves).",
                valueName: "dir"),
            completion: .directory)
        var farm: String?

        @Option(
            name: .long,
            help: ArgumentHelp(
                "Also write the slaves as JSON to this file, once all of them listen.", valueName: "file"),
            completion: .file())
        var listing: String?

        @OptionGroup var log: LogOption

        func run() async throws {
            let scenario = try Scenario(path: self.scenario)
            // Not where 'baikonur manager' keeps its farm: both may run side by side.
            let directory = FarmDirectory(
                farm ?? FarmOption.defaultDirectory(scenario: self.scenario) + "-slaves")
            let claim = try directory.claim(isEmptied: false)
            defer { claim.release() }
            // Whoever waits for the file must not find that of an earlier run.
            if let listing { try? FileManager.default.removeItem(atPath: listing) }
            let recorder = try EventRecorder(path: directory.events, clock: { .systemTime })
            defer { recorder.close() }
            let slaves = SlaveFarm(
                scenario: scenario, library: try ContentStore.open(directory: directory.library),
                directory: directory, recorder: recorder, start: .systemTime, clock: { .systemTime },
                logger: log.logger("slaves"))
            do {
                let all = try await slaves.start()
                say(all.map { "\($0.host)\t\($0.name)\t# \($0.url)\n" }.joined())
                if let listing {
                    try Self.json(all).write(to: URL(filePath: listing), options: .atomic)
                }
                complain(
                    "\(counted(all.count, "slave")) listening; reset with: baikonur slave reset NAME "
                        + "--control \(directory.control)")
            } catch {
                await slaves.stop()
                throw error
            }
            await waitForStopSignal()
            await slaves.stop()
        }

        /// Indented, keys in alphabetical order, slashes as they are.
        private static func json(_ slaves: [SlaveFarm.Listing]) throws -> Data {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return try encoder.encode(slaves.map { ["name": $0.name.rawValue, "url": $0.url] })
        }
    }
}
