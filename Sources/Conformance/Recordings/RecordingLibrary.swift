internal import Foundation

/// The recordings of a folder such as `golden/protocol`.
package struct RecordingLibrary: Sendable {
    /// By id, in the order of the index.
    let base: [Recording]
    /// Those that come out differently under another Twisted: by the variant's name, then by id.
    let variants: [String: [String: Recording]]

    /// - Parameter folder: path of a folder with an `index.json`.
    /// - Throws: `ConformanceError` with the code `recordings`.
    package init(folder: String) throws {
        let root = URL(fileURLWithPath: folder, isDirectory: true)
        func read<Value: Decodable>(_ type: Value.Type, _ path: String) throws -> Value {
            do {
                return try JSONDecoder().decode(
                    type, from: Data(contentsOf: root.appendingPathComponent(path)))
            } catch {
                throw ConformanceError(
                    .recordings, "\(root.appendingPathComponent(path).path) cannot be read: \(error)")
            }
        }
        let index = try read(Index.self, "index.json")
        base = try index.exchanges.map { try read(Recording.self, $0.file) }
        var variants: [String: [String: Recording]] = [:]
        for entry in index.variants {
            variants[entry.variant ?? "", default: [:]][entry.id] = try read(Recording.self, entry.file)
        }
        self.variants = variants
    }

    private struct Index: Decodable {
        struct Entry: Decodable {
            var id: String
            var file: String
            var variant: String?
        }

        var exchanges: [Entry]
        var variants: [Entry]
    }

    /// The folder `golden/protocol` of this project: looked for from the current directory upwards, then from the
    /// folder of the running program upwards. Nil when there is none.
    package static func defaultFolder() -> String? {
        let program = (Bundle.main.executablePath ?? CommandLine.arguments.first ?? "") as NSString
        for start in [FileManager.default.currentDirectoryPath, program.deletingLastPathComponent] {
            var folder = URL(fileURLWithPath: start, isDirectory: true).resolvingSymlinksInPath()
            while true {
                let candidate = folder.appendingPathComponent("golden/protocol", isDirectory: true)
                let index = candidate.appendingPathComponent("index.json").path
                if FileManager.default.fileExists(atPath: index) { return candidate.path }
                guard folder.path != "/", folder.pathComponents.count > 1 else { break }
                folder.deleteLastPathComponent()
            }
        }
        return nil
    }
}
