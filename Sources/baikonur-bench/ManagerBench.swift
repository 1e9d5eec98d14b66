import ArgumentParser
import BuildManager
import ContentStore
import FarmModel
import FarmRecords
import Foundation
import Logging
import ManagerService

/// What a scan costs the manager, and how punctual scans are, with farms of several sizes.
struct ManagerBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manager",
        abstract: "CPU per scan and the worst start delay, with 50 to 10,000 idle builders.",
        discussion:
            "The original's own stack, measured once elsewhere: 0.65 ms CPU per scan, worst scan 2.3 s, 76 MiB."
    )

    @Flag(name: .long, help: "Small farms, one interval.") var quick = false

    @Option(name: .long, help: "Seconds between two scans of a builder.") var interval = 15

    func run() async throws {
        let interval = quick ? 2 : interval
        print("\nmanager: idle builders scanned every \(interval) s")
        var baseMemory: Double?
        for count in quick ? [10, 50] : [50, 200, 1_000, 10_000] {
            for keepsConnections in [false, true] {
                let manner = keepsConnections ? "keep-alive" : "new connection per scan"
                let child = try ChildProcess.ofSelf(
                    [
                        "manage", "--builders", "\(count)", "--interval", "\(interval)", "--intervals",
                        quick ? "1" : "3",
                    ] + (keepsConnections ? ["--keep-alive"] : []))
                defer { child.stop() }
                let values = child.ready.compactMap(Double.init)
                guard values.count == 5 else { throw BenchError("the manager gave no figures") }
                figure(
                    "\(count) builders, \(manner): CPU per scan", values[0] * 1e3, "ms",
                    baseline: ("original", 0.65))
                figure("\(count) builders, \(manner): worst start delay", values[1] * 1e3, "ms")
                figure("\(count) builders, \(manner): mean start delay", values[2] * 1e3, "ms")
                if !keepsConnections {
                    let base = baseMemory ?? values[3]
                    baseMemory = base
                    figure("\(count) builders: resident memory", values[3], "MiB", baseline: ("original", 76))
                    if values[3] > base {
                        figure(
                            "\(count) builders: memory per builder",
                            (values[3] - base) * 1024 / Double(count - 50), "KiB")
                    }
                }
            }
        }
    }
}

/// Runs a manager over idle slaves of another process and prints what it cost.
struct Manage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a manager; used by the other benchmarks.", shouldDisplay: false)

    @Option var builders = 50
    @Option var interval = 15
    @Option var intervals = 3
    @Flag var keepAlive = false

    func run() async throws {
        let slaves = try ChildProcess.ofSelf(["serve", "--slaves", "\(builders)", "--network", "45"])
        defer { slaves.stop() }
        let folder =
            NSTemporaryDirectory() + "baikonur-bench-manager-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let records = try FarmRecords.open(path: folder + "/farm.sqlite")
        try await enterBuilders(records)

        var settings = ManagerSettings()
        settings.scanInterval = .seconds(interval)
        settings.refreshInterval = .seconds(interval)
        settings.logTailInterval = .seconds(interval)
        settings.keepsConnections = keepAlive
        var logger = Logger(label: "bench")
        logger.logLevel = .error
        let manager = ManagerService(
            settings: settings,
            surroundings: .init(
                records: records, library: try ContentStore.open(directory: folder + "/library"),
                queue: try UploadQueue(root: folder + "/uploads"), librarianURL: "http://127.0.0.1:9",
                logger: logger, clock: { Instant(nanoseconds: Int64(Date().timeIntervalSince1970 * 1e9)) }))
        let task = Task { try await manager.run() }
        // The first two intervals clean the builders; what follows is a farm at rest.
        try await Task.sleep(for: .seconds(interval * 2))
        let before = await manager.statistics
        let cpuBefore = ProcessFigures.ownCPUSeconds()
        try await Task.sleep(for: .seconds(interval * intervals))
        let cpu = ProcessFigures.ownCPUSeconds() - cpuBefore
        let after = await manager.statistics
        let scans = Double(max(after.finished - before.finished, 1))
        let resident = try ProcessFigures.residentMiB(of: ProcessInfo.processInfo.processIdentifier)
        let meanDelay = (after.totalDelay - before.totalDelay) / .seconds(1) / scans
        FileHandle.standardOutput.write(
            Data(
                "READY \(cpu / scans) \(after.worstDelay / .seconds(1)) \(meanDelay) \(resident) \(scans)\n"
                    .utf8))
        task.cancel()
        _ = try? await task.value
    }

    private func enterBuilders(_ records: FarmRecords) async throws {
        for index in 0..<builders {
            guard let name = BuilderName("bench-\(index + 1)") else { continue }
            let (block, place) = index.quotientAndRemainder(dividingBy: 254)
            try await records.enter(
                builder: BuilderVitals(
                    id: BuilderID(0), name: name, url: "http://127.45.\(block).\(place + 1):8221",
                    processors: ["amd64"], isVirtualized: false, cleanStatus: .dirty),
                now: .epoch)
        }
    }
}
