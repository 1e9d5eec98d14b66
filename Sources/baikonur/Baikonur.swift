import ArgumentParser
import Foundation

@main
struct Baikonur: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baikonur",
        abstract: "Reproduces the faults of a build farm at a desk.",
        discussion: """
            Fake build slaves that misbehave as a scenario file says, a reference manager that has to cope with them, \
            and a verdict on how it did.

              baikonur run mockslaves/demo/first-light.yaml     a whole farm, from begin to verdict
              baikonur slaves FILE                              only the slaves, for your own manager
              baikonur manager FILE                             only the manager, for your own slaves
              baikonur conform http://HOST:8221                 does a slave speak the protocol?

            Scenario files are described in docs/scenario.md, faults in docs/faults.md. Shell completion: baikonur \
            --generate-completion-script bash (or zsh, fish).
            """,
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(
                name: "Farms:",
                subcommands: [Run.self, Check.self, Slaves.self, Manager.self, ProcessUploads.self]),
            CommandGroup(name: "Looking into a farm:", subcommands: [Builders.self, Jobs.self, Show.self]),
            CommandGroup(
                name: "Acting on a farm:", subcommands: [Builder.self, Job.self, Slave.self]),
            CommandGroup(name: "Protocol:", subcommands: [Conform.self]),

        ])

    static func main() async {
        // A reader that goes away (a closed pager) must not kill a farm.
        signal(SIGPIPE, SIG_IGN)
        await main(nil)
    }
}

/// Prints to standard output at once, also when nobody sits at the other end.
func say(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

/// Prints to standard error.
func complain(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
}
