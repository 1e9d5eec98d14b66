import Foundation

/// Where a farm keeps what outlives its processes. The manager, the upload processor and the commands that look into
/// a farm agree on these names.
package struct FarmDirectory: Hashable, Sendable {
    package let root: String

    package init(_ root: String) { self.root = URL(filePath: root).standardizedFileURL.path }

    package var database: String { root + "/farm.sqlite" }
    package var library: String { root + "/library" }
    package var uploads: String { root + "/uploads" }
    /// JSON lines, see docs/events.md.
    package var events: String { root + "/events.jsonl" }
    package var junit: String { root + "/junit.xml" }
    package var log: String { root + "/manager.log" }
    package var processorLog: String { root + "/process-uploads.log" }
    /// Where and with which token the slave host is controlled; readable by its owner only.
    package var control: String { root + "/slaves.control" }

    /// Marks a directory that may be emptied, and is locked by the process that runs the farm.
    private static let marker = ".baikonur-farm"

    /// Takes the directory for this process and makes it when it is not there.
    ///
    /// - Parameter isEmptied: whether what an earlier farm left is removed. A directory that holds anything and was
    ///   never a farm's is refused either way.
    /// - Returns: keeps others out for as long as it lives.
    /// - Throws: `FarmRunnerError` when the directory is somebody else's or in use, or cannot be written.
    package func claim(isEmptied: Bool) throws -> FarmClaim {
        let files = FileManager.default
        do {
            try files.createDirectory(atPath: root, withIntermediateDirectories: true)
            let names = try files.contentsOfDirectory(atPath: root)
            guard names.isEmpty || names.contains(Self.marker) else {
                throw FarmRunnerError(
                    .directory,
                    "\(root) is not empty and was not made by baikonur; name another directory with --farm")
            }
            guard let claim = try FarmClaim(path: root + "/" + Self.marker) else {
                throw FarmRunnerError(
                    .directory,
                    "a farm runs in \(root) already; stop it first, or name another directory with --farm")
            }
            if isEmptied {
                for name in names where name != Self.marker {
                    try files.removeItem(atPath: root + "/" + name)
                }
            }
            return claim
        } catch let error as FarmRunnerError {
            throw error
        } catch {
            throw FarmRunnerError(.directory, "cannot prepare \(root): \(error.localizedDescription)")
        }
    }
}
