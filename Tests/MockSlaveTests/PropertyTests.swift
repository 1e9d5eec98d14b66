import BuilddProtocol
import FarmModel
import MockSlave
import Testing
import XMLRPC

/// Random sequences of events never break the rules of the state machine.
@Suite("Random events")
struct PropertyTests {
    @Test("every call is answered once, and states follow each other as the protocol says", arguments: 0..<60)
    func random(_ run: Int) throws {
        let seed = UInt64(run) &* 0x9E37_79B9 &+ 1
        var player = try RandomPlayer(seed: seed)
        for step in 0..<300 {
            player.play()
            #expect(player.failures.isEmpty, "seed \(seed), step \(step): \(player.failures)")
            if !player.failures.isEmpty { return }
        }
        player.finishFetches()
        #expect(player.unanswered.isEmpty, "seed \(seed): calls without an answer")
        #expect(player.answered > 50, "seed \(seed)")
    }

    @Test("random events lead through every state")
    func coverage() throws {
        var seen: Set<BuilderState> = []
        for seed in 1...30 {
            var player = try RandomPlayer(seed: UInt64(seed))
            for _ in 0..<100 {
                player.play()
                seen.insert(player.state)
            }
        }
        #expect(seen == Set(BuilderState.allCases))
    }

    @Test("the same seed gives the same reactions")
    func deterministic() throws {
        var first = try RandomPlayer(seed: 7)
        var second = try RandomPlayer(seed: 7)
        for _ in 0..<300 {
            first.play()
            second.play()
        }
        #expect(first.trace.count > 200)
        #expect(first.trace == second.trace)
    }
}

/// Plays random events to a slave and checks what comes back.
private struct RandomPlayer {
    private enum Life { case none, running, over }

    private var generator: SeededGenerator
    private var slave: MockSlave
    private var now = Instant(seconds: 1_704_067_200)
    private let dialect: SlaveDialect
    private var lastCall: UInt64 = 0
    private var waiting: [CallID: String] = [:]
    private var fetches: [FetchID] = []
    private var gathers: [GatherID] = []
    /// Where the slave is in the life of a build, by its own notes.
    private var life = Life.none
    private(set) var failures: [String] = []
    private(set) var answered = 0
    private(set) var trace: [String] = []

    var state: BuilderState { slave.state }

    var unanswered: [CallID] { waiting.keys.sorted { $0.rawValue < $1.rawValue } }

    init(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        dialect = SlaveDialect.allCases[Int(generator.next() % 3)]
        let quirks = SlaveQuirks(
            rawValue: generator.next() % 2 == 0
                ? SlaveQuirks.all.rawValue : UInt32(truncatingIfNeeded: generator.next()))
        var configuration = SlaveConfiguration(
            name: try #require(BuilderName("bob")), dialect: dialect,
            quirks: quirks.intersection(.all))
        configuration.abortTimeout = .seconds(20)
        slave = MockSlave(configuration, at: now)
        self.generator = generator
        handle(.addToCache(try file()))
    }

    private func file() throws -> CachedFile {
        CachedFile(sum: try #require(SHA1Digest(Driver.sum)), size: 10, modified: now)
    }

    private mutating func random(_ bound: UInt64) -> UInt64 { generator.next() % bound }

    private mutating func pick<T>(_ choices: [T]) -> T { choices[Int(random(UInt64(choices.count)))] }

    // Playing.

    mutating func play() {
        now = now + .milliseconds(Int64(random(3_000)))
        switch random(20) {
        case 0..<11: call(randomCall(), effects: randomEffects())
        case 11:
            lastCall += 1
            waiting[CallID(lastCall)] = "file"
            handle(.readFile(CallID(lastCall), name: pick([Driver.sum, "buildlog", "x"])))
        case 12:
            lastCall += 1
            waiting[CallID(lastCall)] = "listing"
            handle(.listCache(CallID(lastCall)))
        case 13..<15: finishFetches()
        case 15..<17: finishGathers()
        case 17: handle(.removeFromCache(name: pick(["buildlog", Driver.resultSum, "y"])))
        case 18: handle(.wake)
        default: startOver()
        }
    }

    mutating func finishFetches() {
        while !fetches.isEmpty {
            let id = fetches.removeFirst()
            handle(.fetched(id, pick([.stored(size: 1), .digestMismatch, .failed(detail: "x"), .broken])))
        }
    }

    private mutating func finishGathers() {
        while !gathers.isEmpty {
            let id = gathers.removeFirst()
            let files = (try? Driver.results()) ?? []
            handle(random(4) == 0 ? .gatheringFailed(id, detail: "x") : .gathered(id, files))
        }
    }

    /// A restart or a reset: the requests that wait are lost with their connections.
    private mutating func startOver() {
        guard random(3) == 0, let file = try? file() else { return }
        waiting = [:]
        fetches = []
        handle(random(2) == 0 ? .restart : .reset)
        if slave.state != .idle { failures.append("not IDLE after starting over") }
        handle(.addToCache(file))
    }

    private mutating func randomCall() -> XMLRPCCall {
        switch random(10) {
        case 0..<3: .status
        case 3..<6:
            Driver.buildCall(
                id: pick(["a", "b", "a/b", "", 5]),
                type: pick(["binarypackage", "snap", "ci", "debian", "no"]),
                files: pick([["x_1.dsc": .string(Driver.sum)], [:], ["x.dsc": "absent"]]),
                arguments: pick([
                    Driver.arguments, [:],
                    Driver.arguments.merging(["name": "n", "jobs": [[["j", 0]]]]) { $1 },
                    Driver.arguments.merging(["archive_private": true, "fast_cleanup": true]) { $1 },
                ]))
        case 6: .abort
        case 7: .clean
        case 8:
            EnsurePresentTests.call(pick([.string(Driver.sum), .string(EnsurePresentTests.absent), .nil]))
        default: pick([.echo([1]), .info, .proxyInfo, XMLRPCCall("x.y"), XMLRPCCall("status", [1])])
        }
    }

    private mutating func randomEffects() -> [FaultEffect] {
        guard random(12) == 0 else { return [] }
        return [
            pick([
                .answerFault(code: 1, text: "x"), .forgetBuild, .reportBuildID("z"), .neverFinishAborting,
                .outcome(.builderFail), .outcome(.ok), .answerBuild(status: "x", information: "y"),
            ])
        ]
    }

    private mutating func randomScript() -> BuildScript {
        var script = BuildScript(
            progress: pick([.time(.seconds(2)), .time(.zero), .statusCalls(2), .never]),
            outcome: pick([.ok, .ok, .packageFail, .depFail(dependencies: "x"), .chrootFail, .aborted]),
            log: [.init(text: "http://u:p@h/\n"), .init(at: .seconds(1), text: "b")],
            results: pick([.none, .generated(bytes: 1)]))
        script.killing = .init(
            effect: pick([.kills, .useless, .hangs]), duration: .milliseconds(Int64(random(2_000))),
            ignoresTermination: random(2) == 0)
        if random(4) == 0 {
            script.steps[pick(BuildScript.Step.allCases)] = .init(end: pick([.exit(1), .killed, .hangs]))
        }
        if random(4) == 0 { script.mainEnd = pick([.exit(3), .killed, .hangs]) }
        if random(4) == 0 { script.gathering = .failsAfter(files: 1) }
        if random(4) == 0 { script.statusFiles = [.init(text: pick(["{\"x\": 1}", "[]", "junk"]))] }
        return script
    }

    private mutating func call(_ call: XMLRPCCall, effects: [FaultEffect]) {
        lastCall += 1
        waiting[CallID(lastCall)] = call.method
        handle(.call(CallID(lastCall), call, effects: effects))
    }

    // Checking.

    private mutating func handle(_ event: SlaveEvent) {
        let script = randomScript()
        for reaction in slave.handle(event, at: now, script: { _ in script }) {
            trace.append("\(reaction)")
            switch reaction {
            case .answer(let id, let answer): check(id, answer)
            case .fetch(let id, _): fetches.append(id)
            case .gather(let id, _, _): gathers.append(id)
            case .note(let note): check(note)
            case .die: failures.append("died")
            }
        }
        checkState()
    }

    private mutating func check(_ id: CallID, _ answer: SlaveAnswer) {
        answered += 1
        guard let method = waiting.removeValue(forKey: id) else {
            failures.append("\(id) is answered twice or was never asked")
            return
        }
        guard method == "status", case .response(.success(let value)) = answer else { return }
        // Not by the typed reading: a refused id that is no text is reported as it came.
        let text = value.structValue?["builder_status"] ?? value.arrayValue?.first
        guard let state = text?.stringValue.flatMap({ BuilderState(wireText: $0) }) else {
            failures.append("status is unreadable: \(value)")
            return
        }
        let members = value.structValue.map { Array($0.keys) } ?? []
        if state == .idle, members.contains("build_id") { failures.append("IDLE with a build id") }
        if state == .idle, value.arrayValue.map({ $0 != ["BuilderStatus.IDLE", ""] }) ?? false {
            failures.append("IDLE with more than an empty text")
        }
        if state == .aborted, dialect != .release2010 { failures.append("ABORTED in a modern slave") }
        if value.structValue != nil, (state == .waiting) != members.contains("build_status") {
            failures.append("a result in the wrong state")
        }
    }

    /// A build begins on an idle slave only, ends once, and goes by `clean` or by losing it.
    private mutating func check(_ note: SlaveNote) {
        if note.at > now { failures.append("a note of the future") }
        switch (note.kind, life) {
        case (.buildStarted, .none), (.buildStuck, .none), (.buildStuck, .running): life = .running
        case (.buildFinished, .running), (.aborted, .running): life = .over
        case (.cleaned, .over), (.buildForgotten, .running), (.buildForgotten, .over): life = .none
        case (.restarted, _), (.reset, _): life = .none
        case (.buildStarted, _), (.buildStuck, _), (.buildFinished, _), (.aborted, _), (.cleaned, _),
            (.buildForgotten, _), (.died, _):
            failures.append("\(note) while \(life)")
        case (.buildRefused, _), (.abortAsked, _), (.abortTimedOut, _), (.cleanFailed, _), (.fileFetched, _),
            (.fileNotFetched, _), (.filesExpired, _):
            break
        }
    }

    private mutating func checkState() {
        let expected: Set<BuilderState> =
            switch life {
            case .none: [.idle]
            case .running: [.building, .aborting]
            case .over: [.waiting, .aborted]
            }
        if !expected.contains(slave.state) { failures.append("\(slave.state) while \(life)") }
        if slave.state == .idle, slave.buildID != nil { failures.append("an id while IDLE") }
    }
}
