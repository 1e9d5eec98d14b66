package import ContentStore
public import FarmModel
import NIOCore
import NIOPosix
public import ServiceLifecycle
import SlaveHTTP
import Synchronization

/// Serves fake slaves over the network: thousands of them in one process.
///
/// Each slave is a value that lives on one event loop; nothing is shared between slaves but the content store, so
/// that calls take no lock. A host is started with a list of slaves, can be given more, and is stopped once.
public final class SlaveHost: Sendable {
    /// What a host needs besides its slaves.
    public struct Options: Sendable {
        public var configuration = SlaveHostConfiguration()
        /// What time it is. Slaves live by this clock; timers of the system only make them look at it.
        public var clock: @Sendable () -> Instant = { Instant.systemTime }
        /// What builds do. Default: a second, and no results.
        public var scripts: ScriptSource = { _ in ScriptedBuild(script: BuildScript(results: .none)) }
        /// Makes up result files. Default: one file of zeros.
        public var generator: ResultGenerator = { order, bytes in
            [GeneratedResult(name: "\(order.buildID).bin", bytes: Array(repeating: 0, count: max(0, bytes)))]
        }
        public var journal: JournalSink?

        public init() {}
    }

    private let group: MultiThreadedEventLoopGroup
    private let services: HostServices
    private let state = Mutex(State())
    /// By event loop; made on the loop when its first slave comes.
    private let contexts: [ObjectIdentifier: NIOLoopBoundBox<LoopContext?>]

    private struct State {
        var slaves: [BuilderName: SlaveHandle] = [:]
        var order: [BuilderName] = []
        /// Slaves so far with a loopback address of their own.
        var addressCount = 0
        var shared: SharedListener?
        var isStopped = false
    }

    /// - Parameter store: where fetched files and results go; slaves of several hosts may share it.
    package init(store: ContentStore, options: Options = Options()) {
        let threads = options.configuration.threads ?? System.coreCount
        group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, threads))
        contexts = Dictionary(
            uniqueKeysWithValues: group.makeIterator().map {
                (ObjectIdentifier($0), NIOLoopBoundBox.makeEmptyBox(eventLoop: $0))
            })
        services = HostServices(
            configuration: options.configuration, clock: options.clock, scripts: options.scripts,
            journal: options.journal, store: store,
            fetcher: Fetcher(
                options.configuration.fetching, store: store, threads: .singleton, group: group),
            gatherer: ResultGatherer(store: store, threads: .singleton, generator: options.generator))
    }

    /// - Parameter storeDirectory: where fetched files and results go; made if it is not there.
    /// - Throws: when the directory cannot be used.
    public convenience init(storeDirectory: String, options: Options = Options()) throws {
        let store = try ContentStore.open(directory: storeDirectory, options: .init(waitsForDisk: false))
        self.init(store: store, options: options)
    }

    // MARK: Starting

    /// Starts slaves and waits until all of them listen.
    ///
    /// - Returns: where each of them answers, in the order given.
    /// - Throws: `SlaveHostError`; none of the slaves is left running then.
    @discardableResult
    public func start(_ slaves: [HostedSlave]) async throws -> [SlaveListing] {
        let plans = try place(slaves)
        do {
            try await open(plans)
        } catch {
            for plan in plans { try? await remove(plan.hosted.name) }
            throw error
        }
        let started = Set(slaves.map(\.name))
        return await listings().filter { started.contains($0.name) }
    }

    /// Where a slave is to live.
    private struct Plan {
        var hosted: HostedSlave
        var host: String
        var port: Int
        var isShared: Bool
    }

    private func place(_ slaves: [HostedSlave]) throws -> [Plan] {
        try state.withLock { state in
            guard !state.isStopped else { throw SlaveHostError(.stopped, "the slave host has been stopped") }
            var names = Set(state.order)
            return try slaves.map { hosted in
                guard names.insert(hosted.name).inserted else {
                    throw SlaveHostError(.duplicate, "two slaves are called \(hosted.name); rename one")
                }
                switch hosted.address {
                case .fixed(let host, let port):
                    return Plan(hosted: hosted, host: host, port: port, isShared: false)
                case .ephemeral: return Plan(hosted: hosted, host: "127.0.0.1", port: 0, isShared: false)
                case .ownLoopback, .shared:
                    let addresses = LoopbackAddresses(network: services.configuration.loopbackNetwork)
                    guard let host = addresses.address(at: state.addressCount) else {
                        throw SlaveHostError(
                            .noAddressLeft,
                            "slave \(hosted.name): no loopback address is left; give fewer slaves their own")
                    }
                    state.addressCount += 1
                    return Plan(
                        hosted: hosted, host: host, port: services.configuration.port,
                        isShared: hosted.address == .shared)
                }
            }
        }
    }

    private func open(_ plans: [Plan]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for (index, plan) in plans.enumerated() {
                if index >= services.configuration.listenersAtOnce { try await tasks.next() }
                tasks.addTask { try await self.open(plan) }
            }
            try await tasks.waitForAll()
        }
        // The order of the list is that of the request, whatever was opened first.
        state.withLock { state in state.order += plans.map(\.hosted.name) }
    }

    private func open(_ plan: Plan) async throws {
        let shared = plan.isShared ? try await sharedListener() : nil
        let loop = shared?.loop ?? group.next()
        let (services, box) = (services, contexts[ObjectIdentifier(loop)])
        let handle = try await loop.submit {
            let context = box?.value ?? LoopContext()
            box?.value = context
            let listener =
                plan.isShared
                ? nil
                : SlaveListener(
                    host: plan.host, port: plan.port, configuration: services.configuration, on: loop)
            let runtime = SlaveRuntime(
                plan.hosted, services: services, listener: listener, context: context, on: loop)
            listener?.slave = runtime
            return SlaveHandle(
                name: plan.hosted.name, vmHost: plan.hosted.vmHost, host: plan.host, port: plan.port,
                runtime: NIOLoopBound(runtime, eventLoop: loop),
                listener: listener.map { NIOLoopBound($0, eventLoop: loop) })
        }.get()
        state.withLock { $0.slaves[handle.name] = handle }
        if let shared { try await shared.add(handle) }
        do {
            try await handle.run { $0.setPower(.on) }
            try await handle.settled()
        } catch {
            throw SlaveHostError(
                .cannotListen,
                "slave \(plan.hosted.name): cannot listen on \(plan.host):\(plan.port): "
                    + "\(URLError.text(for: error)); is another program there?")
        }
    }

    /// The one listener for all slaves that share it, opened when the first of them comes.
    private func sharedListener() async throws -> SharedListener {
        let (listener, isNew) = state.withLock { state in
            if let shared = state.shared { return (shared, false) }
            let shared = SharedListener(configuration: services.configuration, on: group.next())
            state.shared = shared
            return (shared, true)
        }
        if isNew { await listener.open() }
        try await listener.opened()
        return listener
    }

    private func remove(_ name: BuilderName) async throws {
        let handle = state.withLock { state in
            state.order.removeAll { $0 == name }
            return state.slaves.removeValue(forKey: name)
        }
        try await handle?.run { $0.setPower(.off) }
    }

    // MARK: Looking and acting

    /// Where every slave answers, in the order in which they were started.
    public func listings() async -> [SlaveListing] {
        let handles = state.withLock { state in state.order.compactMap { state.slaves[$0] } }
        var listings: [SlaveListing] = []
        for handle in handles { listings.append(await handle.listing()) }
        return listings
    }

    /// The power of a slave's machine.
    public func power(of name: BuilderName) async throws -> SlavePower {
        try await handle(name).run { $0.power }
    }

    /// Turns a slave's machine on or off, or kills it. The listener is as wanted when this returns.
    public func setPower(_ power: SlavePower, of name: BuilderName) async throws {
        let handle = try handle(name)
        try await handle.run { $0.setPower(power) }
        try await handle.settled()
    }

    /// Restarts a slave's daemon: connections end and the running build is forgotten.
    public func restart(_ name: BuilderName) async throws {
        try await handle(name).run { $0.restart() }
    }

    /// Runs the reset command of a virtual slave, with the faults that are scripted for it.
    ///
    /// - Parameter name: the slave's name or that of its machine.
    public func runResetCommand(_ name: String) async throws -> ResetOutcome {
        let handles = state.withLock { state in state.order.compactMap { state.slaves[$0] } }
        guard let handle = handles.first(where: { $0.name.rawValue == name || $0.vmHost == name }) else {
            throw SlaveHostError(.unknownSlave, "no slave and no machine is called \(name)")
        }
        let outcome = try await handle.run { $0.runResetCommand() }
        if outcome.resets { try? await handle.settled() }
        return outcome
    }

    /// Makes all slaves look at the clock, for clocks that are set by hand.
    public func timePassed() async throws {
        for handle in state.withLock({ Array($0.slaves.values) }) { try await handle.run { $0.timePassed() } }
    }

    /// The open connections of a slave.
    public func connectionCount(of name: BuilderName) async throws -> Int {
        try await handle(name).run { $0.openConnections }
    }

    private func handle(_ name: BuilderName) throws -> SlaveHandle {
        guard let handle = state.withLock({ $0.slaves[name] }) else {
            throw SlaveHostError(.unknownSlave, "no slave is called \(name)")
        }
        return handle
    }

    // MARK: Stopping

    /// Stops all slaves: no connection is accepted any more, answers on their way are waited for as long as the
    /// grace period lasts, and then everything is closed.
    public func shutdown() async {
        let (handles, shared) = state.withLock { state in
            defer {
                state.isStopped = true
                state.slaves = [:]
                state.shared = nil
            }
            return (state.isStopped ? [] : Array(state.slaves.values), state.shared)
        }
        await shared?.close()
        for handle in handles { try? await handle.run { $0.drain() } }
        let deadline = ContinuousClock.now + services.configuration.gracePeriod
        for handle in handles {
            while ContinuousClock.now < deadline, ((try? await handle.run { $0.pendingAnswers }) ?? 0) > 0 {
                try? await Task.sleep(for: .milliseconds(10))
            }
            try? await handle.run { $0.setPower(.off) }
            try? await handle.settled()
        }
        await services.fetcher.shutdown()
        try? await group.shutdownGracefully()
    }
}

extension SlaveHost: Service {
    /// Serves until a graceful stop is asked for, or the task is cancelled.
    public func run() async throws {
        try? await gracefulShutdown()
        await shutdown()
    }
}
