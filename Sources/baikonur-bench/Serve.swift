import ArgumentParser
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
        let host = try SlaveHost(storeDirectory: store, options: options)
        let clock = ContinuousClock()
        let begin = clock.now
        let now = Instant.systemTime
        var hosted: [HostedSlave] = []
        for index in 1...max(1, slaves) {
            guard let name = BuilderName("bench-\(index)") else { continue }
            hosted.append(HostedSlave(MockSlave(SlaveConfiguration(name: name), at: now)))
        }
        let listings = try await host.start(hosted)
        let seconds = (clock.now - begin) / .seconds(1)
        FileHandle.standardOutput.write(
            Data("READY \(listings[0].url) \(seconds) \(listings.count)\n".utf8))
        var signals = sigset_t()
        sigemptyset(&signals)
        try await Task.sleep(for: .seconds(86_400))
    }
}
