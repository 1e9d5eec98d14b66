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
    /// Marks a directory that `clear` may empty.
    private var marker: String { root + "/.baikonur-farm" }

    /// Makes the directory for a new farm. One that held a farm before is emptied; one that holds anything else is
    /// refused.
    ///
    /// - Throws: `FarmRunnerError` when the directory is somebody else's or cannot be made.
    package func clear() throws {
        let files = FileManager.default
        do {
            if files.fileExists(atPath: root) {
                let names = try files.contentsOfDirectory(atPath: root)
                guard names.isEmpty || files.fileExists(atPath: marker) else {
                    throw FarmRunnerError(
                        "\(root) is not empty and was not made by baikonur; name another directory with --farm")
                }
                for name in names { try files.removeItem(atPath: root + "/" + name) }
            }
            try prepare()
        } catch let error as FarmRunnerError {
            throw error
        } catch {
            throw FarmRunnerError("cannot prepare \(root): \(error.localizedDescription)")
        }
    }

    /// Makes what is missing and keeps what is there.
    package func prepare() throws {
        do {
            try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
            if !FileManager.default.fileExists(atPath: marker) {
                try Data("A farm of baikonur; \"baikonur run\" may empty this directory.\n".utf8).write(
                    to: URL(filePath: marker))
            }
        } catch {
            throw FarmRunnerError("cannot prepare \(root): \(error.localizedDescription)")
        }
    }
}

/// What keeps a farm from running, for people.
package struct FarmRunnerError: Error, Hashable, Sendable, CustomStringConvertible {
    package var message: String
    package init(_ message: String) { self.message = message }
    package var description: String { message }
}
