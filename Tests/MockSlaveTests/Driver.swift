import BuilddProtocol
import FarmModel
import MockSlave
import OrderedCollections
import Testing
import XMLRPC

/// A slave with surroundings: it keeps the time, answers calls at once and remembers what the slave wanted.
struct Driver {
    static let sum = "171f0326fdc56a48d93c7be9bd0d57bc809ff610"
    static let dscSum = "49beeddb4585248d20592e85f1693e691ef87232"
    static let resultSum = "31b852d10b4c84ee521b4cfb150aef8d4ee1b919"
    static let otherResultSum = "3c308761c6516150785d2a6a1068e9a7109564e6"

    var slave: MockSlave
    /// 2024-01-01 00:00:00 UTC at first.
    var now = Instant(seconds: 1_704_067_200)
    /// What the next build does.
    var script = BuildScript(progress: .never, results: .none)
    /// All that the slave wanted, answers apart.
    var wishes: [SlaveReaction] = []
    private var lastCall: UInt64 = 0

    /// A slave with a chroot and a source in its cache, whose steps end at once.
    init(
        _ dialect: SlaveDialect = .current, quirks: SlaveQuirks = .all,
        configure: (inout SlaveConfiguration) -> Void = { _ in }
    ) throws {
        var configuration = SlaveConfiguration(
            name: try #require(BuilderName("bob")), dialect: dialect, quirks: quirks)
        configuration.stepDuration = .zero
        configure(&configuration)
        slave = MockSlave(configuration, at: now)
        for sum in [Self.sum, Self.dscSum] {
            handle(.addToCache(CachedFile(sum: try #require(SHA1Digest(sum)), size: 10, modified: now)))
        }
    }

    // Events.

    @discardableResult
    mutating func handle(_ event: SlaveEvent) -> [SlaveReaction] {
        let script = script
        let reactions = slave.handle(event, at: now, script: { _ in script })
        wishes += reactions.filter { if case .answer = $0 { false } else { true } }
        return reactions
    }

    mutating func pass(_ duration: Duration) {
        now = now + duration
        handle(.wake)
    }

    /// Asks and gives the answers that come at once, by the number of the request.
    mutating func ask(_ request: (CallID) -> SlaveEvent) -> (id: CallID, answers: [CallID: SlaveAnswer]) {
        lastCall += 1
        let id = CallID(lastCall)
        var answers: [CallID: SlaveAnswer] = [:]
        for case .answer(let id, let answer) in handle(request(id)) { answers[id] = answer }
        return (id, answers)
    }

    /// The response to a call; nil when there is none yet.
    @discardableResult
    mutating func call(_ call: XMLRPCCall, effects: [FaultEffect] = []) -> XMLRPCResponse? {
        let (id, answers) = ask { .call($0, call, effects: effects) }
        return answers[id]?.response
    }

    mutating func status() throws -> SlaveStatus {
        guard case .success(let value)? = call(.status) else { throw BuilddProtocolError("status failed") }
        return try SlaveStatus(decoding: value)
    }

    mutating func file(_ name: String) -> CachedFile? {
        let (id, answers) = ask { .readFile($0, name: name) }
        if case .file(let file)? = answers[id] { return file }
        return nil
    }

    /// The build log as text; nil when there is none.
    mutating func log(_ name: String = "buildlog") -> String? {
        guard case .bytes(let bytes)? = file(name)?.content else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    mutating func listing() -> [String] {
        let (id, answers) = ask { .listCache($0) }
        if case .listing(let entries)? = answers[id] { return entries.map(\.name) }
        return []
    }

    // Builds.

    static func buildCall(
        id: XMLRPCValue = "PACKAGEBUILD-1", type: String = "binarypackage", chroot: String = sum,
        files: XMLRPCValue = ["hello_1.0-1.dsc": .string(dscSum)],
        arguments: OrderedDictionary<String, XMLRPCValue>? = nil
    ) -> XMLRPCCall {
        XMLRPCCall(
            .build, [id, .string(type), .string(chroot), files, .structure(arguments ?? Self.arguments)])
    }

    static let arguments: OrderedDictionary<String, XMLRPCValue> = [
        "series": "noble", "suite": "noble", "ogrecomponent": "main", "arch_tag": "amd64",
        "distribution": "ubuntu", "archives": ["deb http://archive.example/ noble main"],
        "trusted_keys": ["a2V5"],
    ]

    /// Starts a build.
    mutating func build(
        _ script: BuildScript, id: String = "PACKAGEBUILD-1",
        changing changes: OrderedDictionary<String, XMLRPCValue> = [:]
    ) throws {
        self.script = script
        let arguments = Self.arguments.merging(changes) { _, new in new }
        let response = call(Self.buildCall(id: .string(id), arguments: arguments))
        guard case .success(let value)? = response, value.arrayValue?.first == "BuilderStatus.BUILDING" else {
            throw BuilddProtocolError("the build was refused")
        }
    }

    /// The result files of a good build.
    static func results() throws -> [ResultFile] {
        [
            ResultFile(name: "hello.changes", sum: try #require(SHA1Digest(otherResultSum)), size: 126),
            ResultFile(name: "hello.deb", sum: try #require(SHA1Digest(resultSum)), size: 24),
        ]
    }

    /// A good build that ends at once.
    static func good() throws -> BuildScript {
        var script = BuildScript(progress: .time(.zero))
        script.storedResults = try results()
        return script
    }

    /// A build that ends so, at once.
    static func ending(_ outcome: BuildScript.Outcome) -> BuildScript {
        BuildScript(progress: .time(.zero), outcome: outcome, results: .none)
    }

    static let never = BuildScript(progress: .never, results: .none)

    /// The `RUN:` lines of the log by the step's program, without path and arguments.
    mutating func stepsRun() -> [String] {
        (log() ?? "").split(separator: "\n").filter { $0.hasPrefix("RUN: ") }.map { line in
            let words = line.dropFirst("RUN: ".count).split(separator: " ")
            let program = words.first?.split(separator: "/").last.map(String.init) ?? ""
            return program == "in-target" && words.count > 1 ? String(words[1]) : program
        }
    }

    /// The requests for result files so far.
    var gathers: [(id: GatherID, order: BuildOrder, script: BuildScript)] {
        wishes.compactMap {
            if case .gather(let id, let order, let script) = $0 { (id, order, script) } else { nil }
        }
    }

    /// The notes of the journal so far.
    var notes: [SlaveNote.Kind] {
        wishes.compactMap { if case .note(let note) = $0 { note.kind } else { nil } }
    }
}

extension XMLRPCResponse {
    static let error = XMLRPCResponse.fault(XMLRPCFault(code: 8002, text: "error"))
}

extension SlaveStatus {
    /// `WAITING/OK`, `BUILDING` and so on.
    var words: String {
        let result = resultText.map { "/" + $0.dropFirst("BuildStatus.".count) } ?? ""
        return stateText.dropFirst("BuilderStatus.".count) + result
    }
}
