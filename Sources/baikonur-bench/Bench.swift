import ArgumentParser
import Foundation

/// The benchmarks of docs/performance.md. Every figure stands beside its baseline, measured in the same run.
@main
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baikonur-bench",
        abstract: "Measures slaves, manager, XML-RPC and downloads against their baselines.",
        subcommands: [
            All.self, SlaveBench.self, SizeBench.self, ManagerBench.self, DecodeBench.self,
            DownloadBench.self,
            Serve.self, Manage.self,
        ],
        defaultSubcommand: All.self)

    struct All: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "All benchmarks, one after the other (default).")

        @Flag(
            name: .long,
            help: "Smaller sizes and fewer runs: shows that the benchmarks work, not how fast things are.")
        var quick = false

        func run() async throws {
            print(Machine.summary)
            for command in [
                SlaveBench.self, SizeBench.self, DecodeBench.self, DownloadBench.self, ManagerBench.self,
            ] as [any AsyncParsableCommand.Type] {
                var parsed = try command.parse(quick ? ["--quick"] : [])
                try await parsed.run()
            }
        }
    }
}

/// The machine a run was made on.
enum Machine {
    static var summary: String {
        let model = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?
            .split(separator: "\n").first { $0.hasPrefix("model name") }?
            .split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
        #if DEBUG
            let build = "debug build: figures mean nothing"
        #else
            let build = "release build"
        #endif
        return
            "machine: \(ProcessInfo.processInfo.processorCount) cores, \(model ?? "unknown processor"); \(build)"
    }
}

/// The median of several runs of one measurement.
func median(_ runs: Int, _ measure: () async throws -> Double) async throws -> Double {
    var values: [Double] = []
    for _ in 0..<runs { values.append(try await measure()) }
    values.sort()
    return values[values.count / 2]
}

/// Prints one figure: name, value, unit, and the ratio to a baseline.
func figure(_ name: String, _ value: Double, _ unit: String, baseline: (name: String, value: Double)? = nil) {
    func text(_ number: Double) -> String {
        number >= 100 ? String(format: "%.0f", number) : String(format: "%.2f", number)
    }
    let padded = name + String(repeating: " ", count: max(1, 58 - name.count))
    var line = "\(padded)\(text(value)) \(unit)"
    if let baseline, baseline.value > 0 {
        line +=
            "   (\(baseline.name): \(text(baseline.value)); ratio \(String(format: "%.2f", value / baseline.value)))"
    }
    print(line)
}
