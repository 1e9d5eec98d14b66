import ArgumentParser
import AsyncHTTPClient
import BuildManager
import ContentStore
import FarmModel
import Foundation
import ManagerService

/// Fetching a result file the way the manager does, against curl and sha1sum.
struct DownloadBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "download",
        abstract: "Fetching a result file with its digests, against curl and sha1sum.")

    @Flag(name: .long, help: "A smaller file, fewer runs.") var quick = false

    func run() async throws {
        let megabytes = quick ? 8 : 512
        print("\ndownload: a file of \(megabytes) MB from one of our slaves")
        let folder =
            NSTemporaryDirectory() + "baikonur-bench-download-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let source = folder + "/source"
        try makeFile(source, megabytes: megabytes)
        let host = try ChildProcess.ofSelf(["serve", "--slaves", "1", "--network", "44", "--file", source])
        defer { host.stop() }
        guard let sum = SHA1Digest(host.ready[3]) else { throw BenchError("the host served no file") }
        let url = host.ready[0]
        let runs = quick ? 1 : 5
        let size = Double(megabytes)

        var cost = 0.0
        let ours = try await median(runs) {
            let path = folder + "/fetched"
            let before = ProcessFigures.ownCPUSeconds()
            let seconds = try await fetch(sum, from: url, to: path)
            cost = ProcessFigures.ownCPUSeconds() - before
            try FileManager.default.removeItem(atPath: path)
            return size / seconds
        }
        var baselineCost = 0.0
        let baseline = try await median(runs) {
            let path = folder + "/curled"
            let before = ProcessFigures.childrenCPUSeconds()
            let clock = ContinuousClock()
            let begin = clock.now
            try runToEnd("/usr/bin/curl", ["-sS", "-o", path, "\(url)/filecache/\(sum)"])
            try runToEnd("/usr/bin/sha1sum", [path])
            let seconds = (clock.now - begin) / .seconds(1)
            baselineCost = ProcessFigures.childrenCPUSeconds() - before
            try FileManager.default.removeItem(atPath: path)
            return size / seconds
        }
        figure(
            "speed (SHA-1 and SHA-256, synced to disk)", ours, "MB/s", baseline: ("curl + sha1sum", baseline))
        figure("CPU per MB", cost / size * 1e3, "ms", baseline: ("curl + sha1sum", baselineCost / size * 1e3))
    }

    private func fetch(_ sum: SHA1Digest, from url: String, to path: String) async throws -> Double {
        let http = HTTPClient(eventLoopGroupProvider: .singleton)
        let clock = ContinuousClock()
        let begin = clock.now
        do {
            _ = try await FileFetcher(http: http, settings: ManagerSettings())
                .fetch(sum.description, slave: url, to: path, expecting: sum)
        } catch {
            try await http.shutdown()
            throw error
        }
        let seconds = (clock.now - begin) / .seconds(1)
        try await http.shutdown()
        return seconds
    }

    private func makeFile(_ path: String, megabytes: Int) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw BenchError("cannot write \(path)") }
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<megabytes {
            var block = [UInt64](repeating: 0, count: 125_000)
            for index in block.indices { block[index] = generator.next() }
            try block.withUnsafeBytes { try file.write(contentsOf: Data($0)) }
        }
        try file.close()
    }

    private func runToEnd(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        while process.isRunning { usleep(2_000) }
        guard process.terminationStatus == 0 else { throw BenchError("\(program) failed") }
    }
}
