package import ContentStore
import DebianFormats
package import FarmModel
package import Logging
import MockSlave
package import Scenario
import SlaveHost
import Synchronization

/// The fake slaves of a scenario, hosted in this process, with its faults and scripts.
package final class SlaveFarm: Sendable {
    private let scenario: Scenario
    private let directory: FarmDirectory
    private let recorder: EventRecorder
    private let clock: @Sendable () -> Instant
    private let start: Instant
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
        self.directory = directory
        self.recorder = recorder
        self.clock = clock
        self.start = start
        let journal = FaultJournal(recorder: recorder, logger: logger)
        let builds = FarmBuilds(scenario)
        var options = SlaveHost.Options()
        options.configuration.port = scenario.port
        options.clock = clock
        options.scripts = { builds.begin($0) }
        options.generator = { order, bytes in try builds.results(of: order, bytes: bytes) }
        options.journal = { journal.note($0) }
        self.journal = journal
        host = SlaveHost(store: library, options: options)
        control = ControlServer(host, controlFile: directory.control)
    }

    private let journal: FaultJournal

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

    /// Where a slave answers.
    package struct Listing: Hashable, Sendable {
        package var name: BuilderName
        package var host: String
        package var url: String
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

/// What the builds of a scenario do, counted over the whole farm: a slave does not know how often a build was tried
/// elsewhere.
private final class FarmBuilds: Sendable {
    private let scenario: Scenario
    private let scripts: ScriptBook
    private let attempts = Mutex<[BuildRun: Int]>([:])

    init(_ scenario: Scenario) {
        self.scenario = scenario
        scripts = ScriptBook(scenario)
    }

    func begin(_ order: BuildOrder) -> ScriptedBuild {
        guard var run = run(of: order) else { return ScriptedBuild(script: scenario.unknownBuild) }
        run.attempt = attempts.withLock { attempts in
            attempts[run, default: 0] += 1
            return attempts[run] ?? 1
        }
        return ScriptedBuild(run: run, script: scripts.script(for: run))
    }

    func results(of order: BuildOrder, bytes: Int) throws -> [GeneratedResult] {
        guard let run = run(of: order) else {
            throw FarmRunnerError("build \(order.buildID) has no source package to make results of")
        }
        let job = scripts.job(for: run)
        let source = try SourceDescription(
            name: run.package, version: job?.version ?? run.version, distribution: order.suite ?? "unstable",
            section: job?.section ?? "misc")
        return try PackageBuilder(seed: scenario.seed, modified: Instant(seconds: 1_262_304_000))
            .results(of: source, architecture: ArchitectureName(order.architectureTag), totalBytes: bytes)
            .map { GeneratedResult(name: $0.name.rawValue, bytes: $0.bytes) }
    }

    /// Attempt 0: the key under which attempts are counted.
    private func run(of order: BuildOrder) -> BuildRun? {
        guard let package = order.sourceName, let version = order.sourceVersion else { return nil }
        return BuildRun(package: package, version: version, architecture: order.architectureTag, attempt: 0)
    }
}

/// Turns the slave host's journal into events, and counts the rules that fired.
private final class FaultJournal: Sendable {
    private let recorder: EventRecorder
    private let logger: Logger
    private let fired = Mutex<[String: Int]>([:])

    init(recorder: EventRecorder, logger: Logger) {
        self.recorder = recorder
        self.logger = logger
    }

    var timesFired: [String: Int] { fired.withLock { $0 } }

    func note(_ entry: JournalEntry) {
        for fault in entry.fired {
            fired.withLock { $0[fault.rule, default: 0] += 1 }
            recorder.record(
                .faultInjected, builder: entry.slave,
                fields: [
                    .rule: .text(fault.rule), .fault: .text(fault.fault), .moment: .text(Self.moment(entry)),
                ])
        }
        switch entry.event {
        case .note(let note):
            if case .died(let id) = note.kind {
                recorder.record(.slaveKilled, builder: entry.slave, fields: [.build: .text(id)])
                recorder.headline("slave \(entry.slave) was killed by build \(id)")
            }
        case .gatheringFailed(let detail), .listenerFailed(let detail):
            logger.error("\(detail)", metadata: ["slave": "\(entry.slave)"])
        default: break
        }
    }

    private static func moment(_ entry: JournalEntry) -> String {
        switch entry.event {
        case .call(let method): "call \(method ?? "?")"
        case .file(let name, _): "file \(name)"
        case .resetCommand: "reset"
        case .listening: "listening"
        case .build(let run): "build \(run)"
        default: "connection"
        }
    }
}
