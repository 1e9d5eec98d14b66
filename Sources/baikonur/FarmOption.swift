import ArgumentParser
import ContentStore
import FarmRecords
import FarmRunner
import Foundation

/// The directory of an existing farm.
struct FarmOption: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("The farm's directory (default: the newest farm below out/).", valueName: "dir"),
        completion: .directory)
    var farm: String?

    /// - Throws: `CommandFailure` when there is no farm.
    func directory() throws -> FarmDirectory {
        let files = FileManager.default
        guard let farm else {
            guard let newest = Self.newest(below: "out") else {
                throw CommandFailure("there is no farm below out/; name a farm's directory with --farm")
            }
            return newest
        }
        let directory = FarmDirectory(farm)
        guard files.fileExists(atPath: directory.database) else {
            throw CommandFailure("there is no farm in \(farm)")
        }
        return directory
    }

    /// The farm whose run began last.
    private static func newest(below folder: String) -> FarmDirectory? {
        let files = FileManager.default
        let farms = ((try? files.contentsOfDirectory(atPath: folder)) ?? []).sorted().compactMap { name in
            let directory = FarmDirectory(folder + "/" + name)
            let date = try? files.attributesOfItem(atPath: directory.database)[.creationDate] as? Date
            return date.map { (directory, $0) }
        }
        return farms.max { $0.1 < $1.1 }?.0
    }

    /// Where a scenario's farm is unless another place is given.
    static func defaultDirectory(scenario path: String) -> String {
        "out/" + URL(filePath: path).deletingPathExtension().lastPathComponent
    }
}

extension ArgumentHelp {
    static let farmDirectory = ArgumentHelp(
        "The farm's directory (default: out/ and the scenario's file name).", valueName: "dir")
}

extension CompletionKind {
    static let scenario = CompletionKind.file(extensions: ["yaml", "yml"])
}
