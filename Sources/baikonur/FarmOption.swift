import ArgumentParser
import ContentStore
import FarmModel
import FarmRecords
import FarmRunner
import Foundation
import Logging
import Scenario

/// The directory of an existing farm.
struct FarmOption: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("The farm's directory, as made by run or manager.", valueName: "dir"),
        completion: .directory)
    var farm = "out/farm"

    var directory: FarmDirectory { FarmDirectory(farm) }

    func records() throws -> FarmRecords {
        guard FileManager.default.fileExists(atPath: directory.database) else {
            throw ValidationError(
                "There is no farm in \(farm); name its directory with --farm (baikonur run prints it).")
        }
        return try FarmRecords.open(path: directory.database)
    }

    func library() throws -> ContentStore { try ContentStore.open(directory: directory.library) }
}

/// How much is logged.
struct LogOption: ParsableArguments {
    @Option(name: .long, help: "Least level that is logged: trace, debug, info, notice, warning, error.")
    var logLevel = "notice"

    func validate() throws {
        guard Logger.Level(rawValue: logLevel) != nil else {
            throw ValidationError("'\(logLevel)' is no log level.")
        }
    }

    /// A logger that writes to standard error.
    func logger(_ label: String) -> Logger {
        var logger = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = Logger.Level(rawValue: logLevel) ?? .notice
        return logger
    }

    /// A logger that writes to a file, for programs whose terminal shows something else.
    func logger(_ label: String, file: String) throws -> Logger {
        let handler = try FileLogHandler(path: file, level: Logger.Level(rawValue: logLevel) ?? .notice)
        return Logger(label: label) { _ in handler }
    }
}

/// A duration on the command line: `250ms`, `5s`, `2m`.
struct DurationArgument: ExpressibleByArgument {
    var duration: Duration

    init?(argument: String) {
        guard let duration = DurationText.read(argument) else { return nil }
        self.duration = duration
    }

    init(_ duration: Duration) { self.duration = duration }

    var defaultValueDescription: String { DurationText.write(duration) }
}
