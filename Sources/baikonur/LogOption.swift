import ArgumentParser
import Logging

/// How much is logged.
struct LogOption: ParsableArguments {
    enum Level: String, CaseIterable, ExpressibleByArgument {
        case trace, debug, info, notice, warning, error

        var level: Logger.Level { Logger.Level(rawValue: rawValue) ?? .notice }
    }

    @Option(name: .long, help: ArgumentHelp("The least level that is logged.", valueName: "level"))
    var logLevel = Level.notice

    /// A logger that writes to standard error.
    func logger(_ label: String) -> Logger {
        var logger = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = logLevel.level
        return logger
    }

    /// A logger that writes to a file, for programs whose terminal shows something else.
    func logger(_ label: String, file: String) throws -> Logger {
        let handler = try FileLogHandler(path: file, level: logLevel.level)
        return Logger(label: label) { _ in handler }
    }
}
