import ArgumentParser
import BuildManager
import FarmModel
import FarmRecords
import FarmRunner
import Foundation
import SlaveHost

extension Baikonur {
    struct Builder: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Enable, disable or pause a builder.",
            subcommands: [Enable.self, Disable.self, Pause.self, Resume.self])

        struct Enable: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Enable a builder; its failures are forgotten and it is cleaned first.")
            @Argument(help: "The builder's name.") var name: String
            @OptionGroup var farm: FarmOption

            func run() async throws {
                try await farm.records().setBuilder(
                    try builderName(name), enabled: true, notes: nil, now: FarmRun.wallClock())
            }
        }

        struct Disable: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Disable a builder; its job goes back to the queue.")
            @Argument(help: "The builder's name.") var name: String
            @Option(name: .long, help: "Why.") var notes = "disabled by hand"
            @OptionGroup var farm: FarmOption

            func run() async throws {
                try await farm.records().setBuilder(
                    try builderName(name), enabled: false, notes: notes, now: FarmRun.wallClock())
            }
        }

        struct Pause: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Give a builder no further job; a running one is followed to its end.")
            @Argument(help: "The builder's name.") var name: String
            @OptionGroup var farm: FarmOption

            func run() async throws { try await farm.records().setBuilder(try builderName(name), manual: true) }
        }

        struct Resume: AsyncParsableCommand {
            static let configuration = CommandConfiguration(abstract: "Give a paused builder jobs again.")
            @Argument(help: "The builder's name.") var name: String
            @OptionGroup var farm: FarmOption

            func run() async throws { try await farm.records().setBuilder(try builderName(name), manual: false) }
        }
    }

    struct Job: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Cancel or retry a job.", subcommands: [Cancel.self, Retry.self])

        struct Cancel: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Cancel a job: at once when it waits, through its builder when it runs.")
            @Argument(help: "The job's name, cookie or number.") var job: String
            @OptionGroup var farm: FarmOption

            func run() async throws {
                let records = try farm.records()
                guard let build = try await find(job: job, in: records) else {
                    throw ValidationError("No job is called '\(job)' in \(farm.farm).")
                }
                guard try await records.requestCancel(build.build, now: FarmRun.wallClock()) else {
                    throw ValidationError("\(build.title) is \(build.status.name) and cannot be cancelled.")
                }
            }
        }

        struct Retry: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Put an ended job back into the queue, with a clean slate.")
            @Argument(help: "The job's name, cookie or number.") var job: String
            @Option(name: .long, help: "Its score.") var score: Int64 = 2510
            @OptionGroup var farm: FarmOption

            func run() async throws {
                let records = try farm.records()
                guard let build = try await find(job: job, in: records) else {
                    throw ValidationError("No job is called '\(job)' in \(farm.farm).")
                }
                try await records.retry(build.build, score: score, now: FarmRun.wallClock())
            }
        }
    }

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
            @Argument(help: "The slave's name.") var name: String
            @Option(name: .long, help: "The control file of the process that hosts the slave.", completion: .file())
            var control: String

            func run() async throws {
                let result = try await ResetClient.reset(name, controlFile: control)
                if !result.text.isEmpty { complain(result.text) }
                if result.exitStatus != 0 { throw ExitCode(Int32(result.exitStatus)) }
            }
        }
    }
}

func builderName(_ text: String) throws -> BuilderName {
    guard let name = BuilderName(text) else {
        throw ValidationError("'\(text)' is no builder's name: lower-case letters, digits and +.- only.")
    }
    return name
}
