public import BuilddProtocol
public import FarmModel
import XMLRPC

/// One fake `launchpad-buildd` as a value: calls, files and time come in, answers and wishes go out. It does
/// no I/O and reads no clock.
///
/// This room holds what a slave decides: its methods in every state, the steps of its builds, its log and its
/// cache, in three dialects and with every oddity of the real one as a switch (`SlaveQuirks`). What is on the
/// wire around it (HTTP, bytes of XML, connections and their faults) and the contents of files belong to the
/// host.
///
/// Progress is computed lazily: whatever happens to a slave, it first does what it would have done by then. A
/// slave needs a timer only when `nextWakeUp` names a time.
///
/// ```swift
/// var slave = MockSlave(SlaveConfiguration(name: name), at: now)
/// let call = SlaveEvent.call(CallID(1), .status, effects: [])
/// for case .answer(let id, let answer) in slave.handle(call, at: now, script: { _ in BuildScript() }) {
///     print(id, answer)
/// }
/// ```
public struct MockSlave: Sendable {
    public let configuration: SlaveConfiguration

    var cache = FileCache()
    var log = BuildLog()
    /// The ids of builds whose directories were left behind, oldest first.
    var directories: [String] = []
    var build: Build?
    /// The id that `status` reports: what the last `build` call named, of whatever type.
    var reportedID = XMLRPCValue.nil
    var fetches: [RunningFetch] = []
    /// Requests that wait for a fetch to end.
    var queue: [QueuedRequest] = []
    /// The build has taken the slave down.
    public internal(set) var isDead = false

    /// The latest time seen.
    var clock: Instant
    var nextDailyJob: Instant
    var lastNumber: UInt64 = 0
    /// How many `status` calls a slave in mock style has answered.
    var mockStatusCalls = 0
    var outbox: [SlaveReaction] = []

    /// A slave just started: IDLE, with an empty cache.
    public init(_ configuration: SlaveConfiguration, at now: Instant) {
        self.configuration = configuration
        clock = now
        nextDailyJob = Self.dailyJob(after: now, configuration)
    }

    /// The slave's state. Progress up to the last event is in it; see `handle`.
    public var state: BuilderState { build?.state ?? .idle }

    /// The id of the build as `status` reports it; nil when there is no build or the id is no string.
    public var buildID: String? { build == nil ? nil : reportedID.stringValue }

    /// When something must happen without a call, so that the outside sees it in time.
    public var nextWakeUp: Instant? {
        guard !isDead, !isBlocked, let build, build.kills else { return nil }
        return build.nextEvent?.at
    }

    /// Takes an event and says what follows from it.
    ///
    /// Every request gets exactly one answer, at once or by a later event, unless the slave dies, restarts or
    /// is reset before: then the host closes the connections that still wait.
    ///
    /// - Parameters:
    ///   - now: not before that of earlier events; an earlier time counts as the latest one seen.
    ///   - script: what a build that begins now is to do.
    public mutating func handle(
        _ event: SlaveEvent, at now: Instant, script: (BuildOrder) -> BuildScript
    ) -> [SlaveReaction] {
        clock = max(clock, now)
        if case .reset = event {
            reset()
            return takeOutbox()
        }
        guard !isDead else { return [] }
        if !isBlocked { catchUp() }
        guard !isDead else { return takeOutbox() }
        switch event {
        case .call(let id, let call, let effects):
            take(.call(id, call, effects), script: script)
        case .readFile(let id, let name):
            take(.readFile(id, name), script: script)
        case .listCache(let id):
            take(.listCache(id), script: script)
        case .fetched(let id, let outcome):
            finishFetch(id, outcome)
            workOffQueue(script: script)
        case .gathered(let id, let files):
            gathered(id, .arrived(files))
        case .gatheringFailed(let id, _):
            gathered(id, .failed)
        case .apply(let effect):
            applyOutsideCall(effect)
        case .restart:
            restart()
        case .addToCache(let file):
            cache.add(file)
        case .removeFromCache(let name):
            if !log.remove(name) { _ = cache.remove(name) }
        case .reset, .wake:
            break
        }
        return takeOutbox()
    }

    private mutating func takeOutbox() -> [SlaveReaction] {
        defer { outbox = [] }
        return outbox
    }

    // What the other parts use.

    func has(_ quirk: SlaveQuirks) -> Bool { configuration.quirks.contains(quirk) }

    var isOld: Bool { configuration.dialect == .release2010 }

    mutating func note(_ kind: SlaveNote.Kind, at instant: Instant? = nil) {
        outbox.append(.note(SlaveNote(at: instant ?? clock, kind: kind)))
    }

    mutating func writeLog(_ text: String, at instant: Instant? = nil) {
        log.write(text.utf8, at: instant ?? clock, limit: configuration.logLimit)
    }

    mutating func nextNumber() -> UInt64 {
        lastNumber += 1
        return lastNumber
    }

    /// Does what the build and the daily job have done by now.
    ///
    /// - Parameter floor: nothing was noticed before this time; the daemon was busy.
    mutating func catchUp(noticedFrom floor: Instant? = nil) {
        advanceBuild(to: clock, noticedFrom: floor)
        guard nextDailyJob <= clock else { return }
        let next = Self.dailyJob(after: clock, configuration)
        expireFiles(at: next - .seconds(86_400))
        nextDailyJob = next
    }

    // Starting over.

    private mutating func reset() {
        cache = FileCache()
        log = BuildLog()
        directories = []
        build = nil
        reportedID = .nil
        fetches = []
        queue = []
        isDead = false
        nextDailyJob = Self.dailyJob(after: clock, configuration)
        note(.reset)
    }

    private mutating func restart() {
        for fetch in fetches { leavePart(of: fetch.sum) }
        fetches = []
        queue = []
        build = nil
        reportedID = .nil
        log.close()
        note(.restarted)
    }

    /// The daily job after `now`.
    private static func dailyJob(after now: Instant, _ configuration: SlaveConfiguration) -> Instant {
        let day: Int64 = 86_400 * 1_000_000_000
        let offset = configuration.dailyJobTime.wholeNanoseconds
        let sinceJob = ((now.nanoseconds - offset) % day + day) % day
        return Instant(nanoseconds: now.nanoseconds - sinceJob + day)
    }

    private mutating func expireFiles(at instant: Instant) {
        let limit = instant - configuration.cacheLifetime
        var names = cache.expire(changedUpTo: limit)
        if log.expireOriginal(changedUpTo: limit) { names.append(BuildLog.originalName) }
        if !names.isEmpty { note(.filesExpired(names), at: instant) }
    }
}
