import ArgumentParser
import BuildManager
import FarmModel
import FarmRecords

extension Baikonur {
    struct Job: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Cancel or retry a job.", subcommands: [Cancel.self, Retry.self])

        struct Cancel: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Cancel a job: at once when it waits, through its builder when it runs.")
            @Argument(help: "The job's name, cookie or number.") var job: String
            @OptionGroup var farm: FarmOption

            func run() async throws {
                let access = try FarmAccess(farm)
                let build = try await access.requireJob(job)
                guard try await access.records.requestCancel(build.build, now: .systemTime) else {
                    throw CommandFailure("\(build.title) is \(build.status.name) and cannot be cancelled")
                }
                let now = try await access.requireJob(build.cookie.description)
                say("job \(now.title) of \(access.directory.root) is \(now.status.name)\n")
            }
        }

        struct Retry: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Put an ended job back into the queue, with a clean slate.")
            @Argument(help: "The job's name, cookie or number.") var job: String
            @Option(name: .long, help: "Its place in the queue: jobs with higher scores come first.")
            var score = BuildScore().value
            @OptionGroup var farm: FarmOption

            func run() async throws {
                let access = try FarmAccess(farm)
                let build = try await access.requireJob(job)
                guard build.status.mayBeRetried else {
                    throw CommandFailure("\(build.title) is \(build.status.name) and cannot be retried")
                }
                try await access.records.retry(build.build, score: score, now: .systemTime)
                say("job \(build.title) of \(access.directory.root) waits again\n")
            }
        }
    }
}
