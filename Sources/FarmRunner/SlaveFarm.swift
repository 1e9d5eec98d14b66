package import ContentStore
package import FarmModel
package import Logging
import MockSlave
package import Scenario
import SlaveHost

/// The fake slaves of a scenario, hosted in this process, with its faults and scripts.
package final class SlaveFarm: Sendable {
    /// Where a slave answers.
    package struct Listing: Hashable, Sendable {
        package var name: BuilderName
        package var host: String
        package var url: String
    }

    private let scenario: Scenario
    private let clock: @Sendable () -> Instant
    private let start: Instant
    private let journal: FaultJournal
    private let host: SlaveHost
    private let control: ControlServer

    /// - Parameters:
    ///   - library: where fetched files and results go.
    ///   - start: the farm's start, from which the times of faults count.
    package init(
        scenario: Scenario, library: ContentStore, directory: FarmDirectory, recorder: EventRecorder,
        start: Instant, clock: @escaping @Sendable () -> Instant, logger: Logger
    ) {
        self.scenario = scenario
        self.clock = clock
        self.start = start
        let journal = FaultJournal(recorder: recorder, logger: logger)
        self.journal = journal
        let builds = FarmBuilds(scenario)
        var options = SlaveHost.Options()
        options.configuration.port = scenario.port
        options.clock = clock
        options.scripts = { builds.begin($0) }
        options.generator = { order, bytes in try builds.results(of: order, bytes: bytes) }
        options.journal = { journal.note($0) }
        host = SlaveHost(store: library, options: options)
        control = ControlServer(host, controlFile: directory.control)
    }

    /// Starts all slaves and the control endpoint.
    ///
    /// - Returns: where each slave answers, in the scenario's order.
    package func start() async throws -> [Listing] {
        let plan = FaultPlan(scenario, start: start)
        let now = clock()
        let listings = try await host.start(scenario.slaves.map { hosted($0, plan, now) })
        try await control.start()
        return listings.map { Listing(name: $0.name, host: $0.host, url: $0.url) }
    }

    /// How often each fault rule fired, by its name.
    package var timesFired: [String: Int] { journal.timesFired }

    package func stop() async {
        await control.stop()
        await host.shutdown()
    }

    private func hosted(_ spec: SlaveSpec, _ plan: FaultPlan, _ now: Instant) -> HostedSlave {
        var configuration = SlaveConfiguration(
            name: spec.name, dialect: spec.dialect, architectureTag: spec.architectures[0],
            quirks: spec.isStrict ? .none : .all)
        if let version = spec.version { configuration.version = version }
        let address: SlaveAddress =
            switch spec.address {
            case .own(let host): .fixed(host: host, port: scenario.port)
            case .anyPort: .ephemeral
            case .given(let host, let port): .fixed(host: host, port: port)
            }
        var hosted = HostedSlave(
            MockSlave(configuration, at: now), address: address, faults: plan.share(of: spec.name))
        hosted.traits = spec.traits
        hosted.vmHost = spec.isVirtual ? spec.name.rawValue : nil
        return hosted
    }
}
