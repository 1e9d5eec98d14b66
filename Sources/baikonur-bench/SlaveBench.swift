import ArgumentParser
import Foundation
import NIOPosix

/// `status` calls per CPU second of the slave's process, ours and the real one's.
struct SlaveBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slave", abstract: "status calls per CPU second, against the real launchpad-buildd.")

    @Flag(name: .long, help: "Fewer calls and runs.") var quick = false

    @Option(name: .long, help: "Python with the packages of conformance/requirements.txt.")
    var python = ".build/conformance-venv/bin/python"

    func run() async throws {
        print("\nslave: status calls over 8 keep-alive connections")
        let runs = quick ? 1 : 5
        let ours = try ChildProcess.ofSelf(["serve", "--slaves", "1", "--network", "41"])
        defer { ours.stop() }
        let (rate, cost) = try await measure(ours, calls: quick ? 2_000 : 100_000, runs: runs)
        guard FileManager.default.isExecutableFile(atPath: python) else {
            figure("calls per second", rate, "1/s")
            figure("CPU per call", cost * 1e6, "µs")
            print("no baseline: run ci/conformance once, it installs the real slave")
            return
        }
        let real = try ChildProcess(python, ["conformance/real_slave.py"])
        defer { real.stop() }
        let (realRate, realCost) = try await measure(real, calls: quick ? 500 : 5_000, runs: runs)
        figure("calls per second", rate, "1/s", baseline: ("real slave", realRate))
        figure("CPU per call", cost * 1e6, "µs", baseline: ("real slave", realCost * 1e6))
        figure("calls per CPU second", 1 / cost, "1/s", baseline: ("real slave", 1 / realCost))
    }

    /// - Returns: calls per second, CPU seconds per call; medians.
    private func measure(_ slave: ChildProcess, calls: Int, runs: Int) async throws -> (Double, Double) {
        guard let url = slave.ready.first.flatMap({ URL(string: $0) }), let host = url.host() else {
            throw BenchError("the slave did not say where it is")
        }
        let client = LoadClient(host: host, port: url.port ?? 8221, connections: 8)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        _ = try await client.run(calls: calls / 10, on: group)
        var rates: [Double] = []
        let cost = try await median(runs) {
            let before = try slave.cpuSeconds()
            let seconds = try await client.run(calls: calls, on: group)
            rates.append(Double(calls) / seconds)
            return (try slave.cpuSeconds() - before) / Double(calls)
        }
        try await group.shutdownGracefully()
        rates.sort()
        return (rates[rates.count / 2], cost)
    }
}
