import Foundation
package import Scenario

/// Reads scenario files from a disk, and the folders they speak of.
package enum ScenarioFile {
    /// - Throws: `ScenarioError` with everything that is wrong; `FarmRunnerError` when the file cannot be read.
    package static func read(_ path: String) throws -> Scenario {
        let limit = ScenarioLimits().bytes
        guard let file = FileHandle(forReadingAtPath: path) else {
            throw FarmRunnerError("cannot read the scenario \(path): there is no such file, or it may not be read")
        }
        defer { try? file.close() }
        // One byte over the limit is enough for the reader to refuse the file.
        let data = try file.read(upToCount: limit + 1) ?? Data()
        guard let text = String(data: data, encoding: .utf8) else {
            throw FarmRunnerError("\(path): a scenario is text in UTF-8, and this is not")
        }
        let folder = URL(filePath: path).deletingLastPathComponent().standardizedFileURL.path
        return try Scenario(reading: text, file: path, folders: DiskFolders(base: folder))
    }
}

/// Folders named in a scenario, relative to its file.
struct DiskFolders: ScenarioFolders {
    let base: String

    func path(of name: String) -> String {
        name.hasPrefix("/") ? name : URL(filePath: base + "/" + name).standardizedFileURL.path
    }

    func listing(of path: String) -> FolderListing {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { return .missing }
        return .files(names.sorted())
    }
}
