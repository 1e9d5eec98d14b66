import ArgumentParser

/// What hosting many slaves costs: time to listen, memory.
struct SizeBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "size", abstract: "Time to listen and memory with many slaves in one process.")

    @Flag(name: .long, help: "Fewer slaves.") var quick = false

    func run() async throws {
        print("\nsize: idle slaves, each listening on its own loopback address")
        let base = try ChildProcess.ofSelf(["serve", "--slaves", "1", "--network", "42"])
        let baseline = try base.residentMiB()
        base.stop()
        for count in quick ? [100] : [1_000, 10_000] {
            let host = try ChildProcess.ofSelf(["serve", "--slaves", "\(count)", "--network", "43"])
            defer { host.stop() }
            let seconds = Double(host.ready[1]) ?? 0
            let resident = try host.residentMiB()
            figure("\(count) slaves: time until all listen", seconds, "s")
            figure("\(count) slaves: resident memory", resident, "MiB", baseline: ("1 slave", baseline))
            figure("\(count) slaves: memory per slave", (resident - baseline) * 1024 / Double(count), "KiB")
        }
    }
}
