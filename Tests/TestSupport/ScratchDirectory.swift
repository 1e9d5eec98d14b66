import Foundation

/// A directory of a test's own that goes, with all that is in it, when the value goes.
package final class ScratchDirectory: Sendable {
    package let path: String

    package init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "baikonur-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        path = url.resolvingSymlinksInPath().path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of something below the directory.
    package func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, with the directories above it, and gives its path.
    @discardableResult
    package func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let url = URL(fileURLWithPath: path(name))
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        return url.path
    }

    /// The whole content of a file.
    package func read(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
    }

    /// The names in a directory, sorted; empty when there is no such directory.
    package func names(in directory: String = "") -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: path(directory)).sorted()) ?? []
    }
}
