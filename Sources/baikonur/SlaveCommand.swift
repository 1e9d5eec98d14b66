import ArgumentParser
import Foundation
import SlaveHost

extension Baikonur {
    struct Slave: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Act on a running fake slave.", subcommands: [Reset.self])

        struct Reset: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Reset a virtual slave, as the reset command of a manager does.",
                discussion: """
                    Meant as a manager's vm_resume_command: baikonur slave reset NAME --control FILE, where FILE is the \
                    control file that 'baikonur slaves' and 'baikonur run' write. Ends with the status that the \
                    scenario's faults give it.
                    """)
            @Argument(help: "The name of the slave or of its machine, the manager's vm_host.") var name:
                String
            @Option(
                name: .long,
                help: ArgumentHelp(
                    "The control file of the process that hosts the slave.", valueName: "file"),
                completion: .file())
            var control: String

            func run() async throws {
                let result = try await ResetClient.reset(name, controlFile: control)
                let text = result.text.trimmingCharacters(in: .newlines)
                if !text.isEmpty { complain(text) }
                if result.exitStatus != 0 { throw ExitCode(Int32(result.exitStatus)) }
            }
        }
    }
}
