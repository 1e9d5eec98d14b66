import ArgumentParser
import FarmModel
import FarmRecords

extension Baikonur {
    struct Builder: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Enable, disable or pause a builder.",
            subcommands: [Enable.self, Disable.self, Pause.self, Resume.self])

        struct Enable: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Enable a builder; its failures are forgotten and it is cleaned first.")
            @Argument(help: "The builder's name.") var name: BuilderName
            @OptionGroup var farm: FarmOption

            func run() async throws {
                try await act(on: name, farm, "is enabled") {
                    try await $0.setBuilder(name, enabled: true, notes: nil, now: .systemTime)
                }
            }
        }

        struct Disable: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Disable a builder; its job goes back to the queue.")
            @Argument(help: "The builder's name.") var name: BuilderName
            @Option(name: .long, help: "Why.") var notes = "disabled by hand"
            @OptionGroup var farm: FarmOption

            func run() async throws {
                try await act(on: name, farm, "is disabled") {
                    try await $0.setBuilder(name, enabled: false, notes: notes, now: .systemTime)
                }
            }
        }

        struct Pause: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Give a builder no further job; a running one is followed to its end.")
            @Argument(help: "The builder's name.") var name: BuilderName
            @OptionGroup var farm: FarmOption

            func run() async throws {
                try await act(on: name, farm, "gets no further job") {
                    try await $0.setBuilder(name, manual: true)
                }
            }
        }

        struct Resume: AsyncParsableCommand {
            static let configuration = CommandConfiguration(abstract: "Give a paused builder jobs again.")
            @Argument(help: "The builder's name.") var name: BuilderName
            @OptionGroup var farm: FarmOption

            func run() async throws {
                try await act(on: name, farm, "gets jobs again") {
                    try await $0.setBuilder(name, manual: false)
                }
            }
        }

        private static func act(
            on name: BuilderName, _ farm: FarmOption, _ said: String,
            _ body: (FarmRecords) async throws -> Void
        ) async throws {
            let access = try FarmAccess(farm)
            try await body(access.records)
            say("builder \(name) of \(access.directory.root) \(said)\n")
        }
    }
}
