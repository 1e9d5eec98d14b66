import Foundation
import Testing

/// Runs the real programs that our output must satisfy. `ci/setup` installs them.
enum Tool {
    /// - Parameters:
    ///   - needing: programs that must be there; the test fails at once, by name, if one is not.
    /// - Returns: what the program writes to its standard output; the test fails if it does not succeed.
    @discardableResult
    static func run(
        _ program: String, _ arguments: [String], in folder: String? = nil, input: String = "",
        needing: [String] = []
    ) throws -> String {
        for name in needing + [program] {
            _ = try #require(path(of: name), "\(name) is not installed; ci/setup installs it")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(path(of: program)))
        process.arguments = arguments
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        var environment = ProcessInfo.processInfo.environment
        environment["LC_ALL"] = "C.UTF-8"
        process.environment = environment
        // Files instead of pipes: nothing can fill up while nobody reads.
        let scratch = try ScratchFolder()
        let paths = ["in", "out", "err"].map { "\(scratch.path)/\($0)" }
        try Data(input.utf8).write(to: URL(fileURLWithPath: paths[0]))
        for path in paths[1...] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: paths[0]))
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: paths[1]))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: paths[2]))
        try process.run()
        process.waitUntilExit()
        let errors = try String(contentsOfFile: paths[2], encoding: .utf8)
        #expect(process.terminationStatus == 0, "\(program) \(arguments): \(errors)")
        return try String(contentsOfFile: paths[1], encoding: .utf8)
    }

    private static func path(of program: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}

/// A folder that lives as long as the test holds it.
final class ScratchFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "debian-formats-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }

    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
    }
}
