import DebianFormats
import Foundation

/// Access to the recorded files at the root of the repository.
enum Golden {
    static let root: String = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.appendingPathComponent("golden").path
    }()

    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(root)/\(path)")))
    }

    /// The names in a folder, sorted.
    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)").sorted()
    }

    /// The paths of all files below a folder that end in one of the endings, sorted.
    static func files(below folder: String, ending endings: String...) throws -> [String] {
        let all = try FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(folder)")
        return all.filter { path in endings.contains { path.hasSuffix($0) } }.sorted().map {
            "\(folder)/\($0)"
        }
    }

    /// The files of a folder as an upload in memory.
    static func upload(_ folder: String) throws -> MemoryUpload {
        var files: [String: [UInt8]] = [:]
        for name in try names(in: folder) { files[name] = try bytes("\(folder)/\(name)") }
        return MemoryUpload(files)
    }

    /// One row of `bad/index.json`.
    struct BadUpload: Decodable {
        var id: Int
        var dir: String
        var code: String
        var expect: String
        var stage: String
    }

    static func badUploads() throws -> [BadUpload] {
        try JSONDecoder().decode([BadUpload].self, from: Data(try bytes("ppa/bad/index.json")))
    }
}
