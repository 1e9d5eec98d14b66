import ArgumentParser

extension Baikonur {
    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run a whole farm from a scenario file, to its verdict.",
            discussion: """
                Starts the scenario's slaves, the reference manager and an upload processor, and ends when all jobs are \
                final (with "until: expectations": and everything expected has come true), or at the scenario's limit. \
                In a terminal a live table is shown; otherwise a line for what has changed.

                The farm's directory holds the database, the library, the upload queue, the logs, events.jsonl (see \
                docs/events.md) and junit.xml. It is emptied first. Afterwards 'baikonur jobs', 'builders' and 'show' \
                look into it.

                \(ExitStatus.help)
                """)

        @Argument(help: "The scenario file.", completion: .scenario)
        var scenario: String

        @Option(name: .long, help: .farmDirectory, completion: .directory)
        var farm: String?

        @Option(name: .long, help: "Use this seed instead of the scenario's.")
        var seed: UInt64?

        @Option(name: .long, help: "Use this limit instead of the scenario's, such as 90s.")
        var limit: DurationArgument?

        @Flag(name: .long, help: "Plain lines even in a terminal.")
        var plain = false

        @OptionGroup var log: LogOption

        func run() async throws {
            var run = VerdictRun(path: scenario, farm: farm, isPlain: plain, log: log)
            run.adjust = { scenario in
                if let seed { scenario.seed = seed }
                if let limit { scenario.limit = limit.duration }
            }
            try await run.run()
        }
    }
}
