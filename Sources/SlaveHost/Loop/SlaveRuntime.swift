import FarmModel
import MockSlave
import NIOCore
import Scenario
import SlaveHTTP
import XMLRPC

/// A hosted slave on its event loop: it gives the slave's value what happens, and carries out what the value
/// wants done.
///
/// Everything here runs on one loop, so that no lock is needed. The slave's rules are in `MockSlave`, the rules
/// of HTTP in `SlaveHTTP`, the faults in the fault source; this class only carries things between them.
final class SlaveRuntime {
    let name: BuilderName
    let services: HostServices
    let loop: any EventLoop
    let site: SlaveSite
    private let traits: SlaveTraits
    private let glue: CallGlue
    let listener: SlaveListener?
    private var slave: MockSlave
    var faults: (any SlaveFaultSource)?
    private let context: LoopContext
    private var boundaries: SeededGenerator

    var power = SlavePower.off
    /// Whether the machine has been on before.
    var hasRun = false
    var connections: [ObjectIdentifier: SlaveConnection] = [:]
    var calls: [CallID: OpenCall] = [:]
    private var callCount: UInt64 = 0
    /// Moments of each kind so far: connections, calls, files, builds, resets.
    var moments = (connections: 0, calls: 0, files: 0, builds: 0, resets: 0)
    private var running: BuildRun?
    /// The names of the running build's results, by their sums.
    var resultNames: [String: String] = [:]
    private var wake: (at: Instant, task: Scheduled<Void>)?
    var listening: (decision: ListeningDecision, task: Scheduled<Void>?) = (ListeningDecision(), nil)
    /// Fetches and gatherings under way.
    var tasks: [TaskKey: Task<Void, Never>] = [:]

    enum TaskKey: Hashable {
        case fetch(FetchID)
        case gather(GatherID)
    }

    /// A request that the slave has not answered yet.
    struct OpenCall {
        var connection: SlaveConnection
        var kind: Kind
        var decision: FaultDecision

        enum Kind {
            case call
            case file(FileRequest)
            case listing(ListingRequest)
        }
    }

    /// - Parameters:
    ///   - listener: nil for a slave behind the shared listener.
    ///   - context: what the slaves of the loop share.
    init(
        _ hosted: HostedSlave, services: HostServices, listener: SlaveListener?, context: LoopContext,
        on loop: any EventLoop
    ) {
        name = hosted.name
        traits = hosted.traits
        slave = hosted.slave
        faults = hosted.faults
        site = SlaveSite(release: hosted.server)
        self.context = context
        glue = context.glue(for: hosted.slave.configuration.dialect)
        boundaries = SeededGenerator(seed: 0).split("boundaries of \(hosted.name)")
        self.services = services
        self.listener = listener
        self.loop = loop
    }

    var now: Instant { services.clock() }
    var openConnections: Int { connections.count }

    /// Appends the head of an answer; see `AnswerHead`.
    func writeHead(_ answer: HTTPAnswer, to request: HTTPRequest, into bytes: inout [UInt8]) {
        context.writeHead(answer, to: request, release: site.release, at: now, into: &bytes)
    }
}

// MARK: - Connections

extension SlaveRuntime {
    /// A connection was accepted; it may be ended at once.
    func connected(_ connection: SlaveConnection) {
        guard power == .on, connections.count < services.configuration.connectionsPerSlave else {
            note(.turnedAway(peer: connection.peer))
            return connection.close()
        }
        connections[ObjectIdentifier(connection)] = connection
        moments.connections += 1
        let decision = decide(.connection, number: moments.connections)
        note(.connected(peer: connection.peer), decision)
        connection.effects = decision.effects
        applyToSlave(decision.effects)
        // Too late to refuse it; this is the nearest to it.
        if decision.effects.contains(.refuseConnections) { connection.reset() }
    }

    func disconnected(_ connection: SlaveConnection) {
        connections[ObjectIdentifier(connection)] = nil
        connection.openCall.map { calls[$0] = nil }
    }

    /// A request came in; it is answered by `SlaveConnection.deliver`, now or later.
    func received(_ request: HTTPRequest, on connection: SlaveConnection) {
        switch site.route(request) {
        case .page(let answer):
            note(.page(status: answer.status.rawValue))
            deliver(answer, on: connection)
        case .call(let body):
            receivedCall(body, on: connection)
        case .listing(let listing):
            note(.listing)
            ask(.listing(listing), FaultDecision(), on: connection) { .listCache($0) }
        case .file(let file):
            moments.files += 1
            let decision = decide(.file(name: resultNames[file.name] ?? file.name), number: moments.files)
            applyToSlave(decision.effects)
            // The entry is written when the answer is known.
            ask(.file(file), decision, on: connection) { .readFile($0, name: file.name) }
        }
    }

    private func receivedCall(_ body: [UInt8], on connection: SlaveConnection) {
        switch glue.read(body, site: site) {
        case .answered(let answer):
            note(.call(method: nil))
            deliver(answer, isCall: answer.status == .ok, on: connection)
        case .call(let call):
            moments.calls += 1
            let decision = decide(.call(method: call.method), number: moments.calls)
            if services.journal != nil { note(.call(method: call.method), decision) }
            guard !decision.effects.contains(.neverAnswer) else {
                // A daemon that hangs does not carry the call out.
                return deliver(site.answer(toCall: []), isCall: true, effects: [.neverAnswer], on: connection)
            }
            ask(.call, decision, on: connection) { .call($0, call, effects: decision.effects) }
        }
    }

    private func ask(
        _ kind: OpenCall.Kind, _ decision: FaultDecision, on connection: SlaveConnection,
        event: (CallID) -> SlaveEvent
    ) {
        callCount += 1
        let id = CallID(callCount)
        calls[id] = OpenCall(connection: connection, kind: kind, decision: decision)
        connection.openCall = id
        handle(event(id))
    }

    private func deliver(
        _ answer: HTTPAnswer, file: CachedFile? = nil, isCall: Bool = false, effects: [FaultEffect] = [],
        on connection: SlaveConnection
    ) {
        var delivery = AnswerDelivery(answer, isCall: isCall)
        if !effects.isEmpty || !connection.effects.isEmpty {
            delivery.apply((connection.effects + effects).compactMap(\.onWire), site: site)
        }
        connection.deliver(delivery, file: file)
    }
}

// MARK: - The slave

extension SlaveRuntime {
    /// Gives the slave an event and carries out what it wants.
    func handle(_ event: SlaveEvent) {
        let reactions = slave.handle(event, at: now) { self.script(for: $0) }
        for reaction in reactions { carryOut(reaction) }
        scheduleWake()
    }

    private func carryOut(_ reaction: SlaveReaction) {
        switch reaction {
        case .answer(let id, let answer): self.answer(id, answer)
        case .fetch(let id, let request): fetch(id, request)
        case .gather(let id, let order, let script): gather(id, order, script)
        case .note(let event):
            switch event.kind {
            case .cleaned, .buildForgotten, .restarted, .reset:
                running = nil
                resultNames = [:]
            default: break
            }
            note(.note(event))
        case .die: setPower(.dead)
        }
    }

    private func answer(_ id: CallID, _ answer: SlaveAnswer) {
        // The client may have gone in the meantime.
        guard let open = calls.removeValue(forKey: id) else { return }
        open.connection.openCall = nil
        switch (open.kind, answer) {
        case (.call, .response(let response)):
            deliver(glue.write(response, site: site), isCall: true, to: open)
        case (.file(let request), .file(let file)):
            let facts = CachedFileFacts(name: file.name, size: file.size, modified: file.modified)
            let answer = site.answer(file: facts, for: request, random: &boundaries)
            note(.file(name: request.name, status: answer.status.rawValue), open.decision)
            deliver(answer, file: file, to: open)
        case (.file(let request), .notFound):
            let answer = site.answer(file: nil, for: request, random: &boundaries)
            note(.file(name: request.name, status: answer.status.rawValue), open.decision)
            deliver(answer, to: open)
        case (.listing(let request), .listing(let entries)):
            let entries = entries.map { CacheListingEntry(name: $0.name, size: $0.size) }
            deliver(site.answer(listing: entries, for: request), to: open)
        default:
            // An answer of another kind than the question is a mistake of the slave's.
            deliver(site.processingFailed(), to: open)
        }
    }

    private func deliver(
        _ answer: HTTPAnswer, file: CachedFile? = nil, isCall: Bool = false, to open: OpenCall
    ) {
        deliver(answer, file: file, isCall: isCall, effects: open.decision.effects, on: open.connection)
    }

    private func script(for order: BuildOrder) -> BuildScript {
        var scripted = services.scripts(order)
        running = scripted.run
        resultNames = [:]
        for file in scripted.script.storedResults ?? [] { resultNames[file.sum.description] = file.name }
        guard let run = scripted.run else { return scripted.script }
        moments.builds += 1
        let decision = decide(.build(run), number: moments.builds)
        note(.build(run), decision)
        for case .outcome(let outcome) in decision.effects { scripted.script.outcome = outcome }
        let later = decision.effects.filter(\.isOnSlave)
        if !later.isEmpty {
            // The slave is in the middle of this build's first moment.
            onLoop { $0.applyToSlave(later) }
        }
        return scripted.script
    }

    func applyToSlave(_ effects: [FaultEffect]) {
        for effect in effects where effect.isOnSlave { handle(.apply(effect)) }
    }

    /// The time has changed: lets everything act that was due.
    func timePassed() {
        handle(.wake)
        updateListening()
        for connection in connections.values { connection.timePassed() }
    }

    func scheduleWake() {
        guard power == .on, let at = slave.nextWakeUp else {
            wake?.task.cancel()
            wake = nil
            return
        }
        guard wake?.at != at else { return }
        wake?.task.cancel()
        wake = (at, schedule(at: at) { $0.woken() })
    }

    private func woken() {
        guard let due = wake else { return }
        wake = nil
        // The clock may be another one than that of the loop.
        if now >= due.at { handle(.wake) } else { scheduleWake() }
    }
}

// MARK: - Faults, journal, timers

extension SlaveRuntime {
    /// Tells that a fault has closed the listener, or that the last one has let go of it.
    func noteListening() {
        var decision = FaultDecision()
        decision.fired = listening.decision.refusedBy
        decision.effects = listening.decision.isRefused ? [.refuseConnections] : []
        note(.listening(!listening.decision.isRefused), decision)
    }
}

extension SlaveRuntime {
    func decide(_ event: FaultMoment.Event, number: Int) -> FaultDecision {
        guard faults != nil else { return FaultDecision() }
        let moment = FaultMoment(slave: traits, event: event, running: running, number: number)
        return faults?.decide(moment, at: now) ?? FaultDecision()
    }

    func note(_ event: JournalEntry.Event, _ decision: FaultDecision? = nil) {
        guard let journal = services.journal else { return }
        journal(
            JournalEntry(
                at: now, slave: name, event: event, effects: decision?.effects ?? [],
                fired: decision?.fired ?? []))
    }

    func schedule(at instant: Instant, _ work: @escaping (SlaveRuntime) -> Void) -> Scheduled<Void> {
        // A millisecond more than needed costs less than waking up too early.
        let wait = max(0, (instant - now).wholeNanoseconds) + 1_000_000
        let bound = NIOLoopBound(work, eventLoop: loop)
        let runtime = NIOLoopBound(self, eventLoop: loop)
        return loop.scheduleTask(in: .nanoseconds(wait)) { bound.value(runtime.value) }
    }

    private func onLoop(_ work: @escaping (SlaveRuntime) -> Void) {
        let bound = NIOLoopBound(work, eventLoop: loop)
        let runtime = NIOLoopBound(self, eventLoop: loop)
        loop.execute { bound.value(runtime.value) }
    }
}
