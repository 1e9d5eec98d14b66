import ArgumentParser
import FarmRunner
import Foundation
import Scenario
import ScenarioFiles

extension Baikonur {
    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run a whole farm from a scenario file, to its verdict.",
            discussion: """
                Starts the scenario's slaves, the reference manager and an upload processor, and ends when all jobs are \
                final and everything expected has come true, or at the scenario's limit. In a terminal a live table \
                is shown; otherwise a line for each change. The exit status is 0 only if every expectation holds.

                The farm's directory holds the database, the library, the upload queue, the logs, events.jsonl (see \
                docs/events.md) and junit.xml. It is emptied first.
                """)

        @Argument(help: "The scenario file.", completion: .file(extensions: ["yaml", "yml"]))
        var scenario: String

        @Option(
            name: .long,
            help: ArgumentHelp("The farm's directory (default: out/ and the scenario's file name).", valueName: "dir"),
            completion: .directory)
        var farm: String?

        @Option(name: .long, help: "Use this seed instead of the scenario's.")
        var seed: UInt64?

        @Option(name: .long, help: "Use this limit instead of the scenario's, such as 90s.")
        var limit: DurationArgument?

        @Flag(name: .long, help: "Plain lines even in a terminal.")
        var plain = false

        @OptionGroup var log: LogOption

        func run() async throws {
            var scenario = try Scenario(path: self.scenario)
            if let seed { scenario.seed = seed }
            if let limit { scenario.limit = limit.duration }
            let name = URL(filePath: self.scenario).deletingPathExtension().lastPathComponent
            let directory = FarmDirectory(farm ?? "out/\(name)")
            try directory.clear()
            let view = FarmView(isLive: !plain && isatty(STDOUT_FILENO) == 1)
            let options = FarmRun.Options(
                directory: directory, program: Self.program,
                logger: try log.logger("baikonur", file: directory.log))
            let report = try await FarmRun(scenario, options: options).run { await view.show($0) }
            await view.finish()
            try JUnitReport(report.verdict, duration: report.outcome.duration).text
                .write(toFile: directory.junit, atomically: true, encoding: .utf8)
            print(report.verdict.text, terminator: "")
            print("farm: \(directory.root) (events.jsonl, junit.xml, manager.log); seed \(scenario.seed)")
            if report.verdict.grade != .pass { throw ExitCode.failure }
        }

        /// The path of this very program, for the processes it starts.
        static var program: String {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
                ?? CommandLine.arguments[0]
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read a scenario file and say what is wrong with it, without running it.")

        @Argument(help: "The scenario files.", completion: .file(extensions: ["yaml", "yml"]))
        var scenarios: [String]

        func run() throws {
            var isGood = true
            for path in scenarios {
                do {
                    let scenario = try Scenario(path: path)
                    print(
                        "\(path): \(scenario.slaves.count) slaves, \(scenario.jobs.count) jobs, "
                            + "\(scenario.rules.count) fault rules, \(scenario.expectations.count) expectations")
                } catch {
                    complain("\(error)")
                    isGood = false
                }
            }
            if !isGood { throw ExitCode.failure }
        }
    }
}

/// Shows a farm while it runs: a table that is drawn anew in a terminal, else a line for each change.
actor FarmView {
    private let isLive: Bool
    private var drawnLines = 0
    private var lastProgress = ""
    private var lastHeadlines: [String] = []

    init(isLive: Bool) { self.isLive = isLive }

    func show(_ table: FarmTable) {
        if isLive {
            draw(table)
            return
        }
        if table.progress != lastProgress {
            lastProgress = table.progress
            say("\(Int(table.elapsed / .seconds(1))) s  \(table.progress)\n")
        }
        for headline in table.headlines where !lastHeadlines.contains(headline) { say("     \(headline)\n") }
        lastHeadlines = table.headlines
    }

    /// Leaves the last table standing.
    func finish() { drawnLines = 0 }

    private func draw(_ table: FarmTable) {
        var size = winsize()
        let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        let lines = table.lines(
            width: isKnown ? Int(size.ws_col) : 80, height: (isKnown ? Int(size.ws_row) : 24) - 1)
        // Up to the first line of the last table, then each line anew, then clear what is left of the old one.
        let up = drawnLines > 0 ? "\u{1B}[\(drawnLines)A" : ""
        say(up + lines.map { $0 + "\u{1B}[K\n" }.joined() + "\u{1B}[J")
        drawnLines = lines.count
    }
}
