import ArgumentParser
import ContentStore
import FarmModel
import Foundation
import MockSlave
import SlaveHost

/// Hosts idle slaves for the other benchmarks to measure.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Host idle slaves; used by the other benchmarks.", shouldDisplay: false)

    @Option var slaves = 1
    @Option var port = 8221
    /// The second number of the slaves' addresses.
    @Option var network = 40
    /// A file that every slave has in its cache, under its SHA-1.
    @Option var file: String?

    func run() async throws {
        let store = NSTemporaryDirectory() + "baikonur-bench-\(ProcessInfo.processInfo.processIdentifier)"
        defer { try? FileManager.default.removeItem(atPath: store) }
        var options = SlaveHost.Options()
        options.configuration.port = port
        options.configuration.loopbackNetwork = UInt8(network)
        let content = try ContentStore.open(directory: store, options: .init(waitsForDisk: false))
        let served = try file.map { try content.insert(fileAt: $0) }
        let host = SlaveHost(store: content, options: options)
        let clock = ContinuousClock()
        let begin = clock.now
        let now = Instant.systemTime
        var hosted: [HostedSlave] = []
        for index in 1...max(1, slaves) {
            guard let name = BuilderName("bench-\(index)") else { continue }
            var slave = MockSlave(SlaveConfiguration(name: name), at: now)
            if let served {
                _ = slave.handle(
                    .addToCache(
                        CachedFile(
                            name: served.sha1.description, size: served.size, modified: now,
                            content: .stored(served.sha1))), at: now, script: { _ in BuildScript() })
            }
            hosted.append(HostedSlave(slave))
        }
        let listings = try await host.start(hosted)
        let seconds = (clock.now - begin) / .seconds(1)
        FileHandle.standardOutput.write(
            Data(
                "READY \(listings[0].url) \(seconds) \(listings.count) \(served?.sha1.description ?? "-")\n"
                    .utf8))
        try await Task.sleep(for: .seconds(86_400))
    }
}
