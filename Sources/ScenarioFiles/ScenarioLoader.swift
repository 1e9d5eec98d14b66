// The room ScenarioFiles: reads scenarios from a disk, so that the room Scenario need not.

import Foundation
public import Scenario

extension Scenario {
    /// Reads a scenario file; folders it names are relative to the file's own.
    ///
    /// - Throws: `ScenarioError`, also when the file cannot be read.
    public init(path: String, limits: ScenarioLimits = ScenarioLimits()) throws(ScenarioError) {
        func refuse(_ code: ScenarioError.Code, _ found: String, _ expected: String) -> ScenarioError {
            ScenarioError([
                .init(code: code, file: path, line: 1, column: 1, path: "", found: found, expected: expected)
            ])
        }
        var isFolder: ObjCBool = false
        guard !FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) || !isFolder.boolValue
        else {
            throw refuse(.unknownName, "a folder", "a scenario file")
        }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw refuse(.unknownName, "no file that can be read", "a scenario file")
        }
        defer { try? handle.close() }
        let data: Data
        do {
            // One byte more than allowed is enough to know that it is too much.
            data = try handle.read(upToCount: limits.fileSize.bytes + 1) ?? Data()
        } catch {
            throw refuse(
                .unknownName, "a file that cannot be read (\(error.localizedDescription))", "a scenario file")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw refuse(.syntax, "text that is not UTF-8", "YAML in UTF-8")
        }
        try self.init(reading: text, file: path, folders: DiskFolders(scenario: path), limits: limits)
    }
}

/// Folders on the disk, relative to a scenario file.
public struct DiskFolders: ScenarioFolders {
    private let base: URL

    /// - Parameter scenario: the path of the scenario file.
    public init(scenario: String) {
        base = URL(filePath: scenario).deletingLastPathComponent().absoluteURL
    }

    public func path(of name: String) -> String {
        URL(filePath: name, directoryHint: .isDirectory, relativeTo: base).standardizedFileURL.path(
            percentEncoded: false)
    }

    public func listing(of path: String) -> FolderListing {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { return .missing }
        return .files(names)
    }
}
