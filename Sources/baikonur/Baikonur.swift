import ArgumentParser
import Foundation
import Scenario

@main
struct Baikonur: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baikonur",
        abstract: "Reproduces the faults of a build farm at a desk.",
        discussion: """
            Fake build slaves that misbehave as a scenario file says, a reference manager that has to cope with them, \
            and a verdict on how it did.

              baikonur run mockslaves/demo/first-light.yaml   a farm, to its verdict
              baikonur slaves FILE               only slaves, for your own manager
              baikonur manager FILE              only a manager, for your own slaves
              baikonur conform http://HOST:8221  does a slave speak the protocol?

            Scenario files are described in docs/scenario.md, faults in docs/faults.md. Shell completion: baikonur \
            --generate-completion-script bash (or zsh, fish).
            """,
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(
                name: "Farm",
                subcommands: [Run.self, Check.self, Slaves.self, Manager.self, ProcessUploads.self]),
            CommandGroup(name: "Looking into a farm", subcommands: [Builders.self, Jobs.self, Show.self]),
            CommandGroup(name: "Acting on a farm", subcommands: [Builder.self, Job.self, Slave.self]),
            CommandGroup(name: "Protocol", subcommands: [Conform.self]),
        ])

    static func main() async {
        // A reader that goes away (a closed pager) must not kill a farm.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try await asyncParseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as ScenarioError {
            // Without a prefix: editors take a line that begins with file, line and column for a link.
            complain("\(error)")
            exit(withError: ExitStatus.mistaken)
        } catch {
            exit(withError: error)
        }
    }

    /// The path of this very program, for the processes it starts.
    static var program: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? CommandLine.arguments[0]
    }
}
