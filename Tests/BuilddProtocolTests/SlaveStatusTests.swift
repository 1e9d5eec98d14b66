import BuilddProtocol
import FarmModel
import RecordingSupport
import Testing
import XMLRPC

/// The typed status in both of its encodings (protocol spec 5 and 16).
@Suite("Slave status")
struct SlaveStatusTests {
    static let all: [SlaveStatus] = {
        var all: [SlaveStatus] = [SlaveStatus(stateText: "BuilderStatus.IDLE", version: "254")]
        let filemap: [SlaveStatus.FilemapEntry] = [.init(name: "z", sum: "1"), .init(name: "a", sum: "2")]
        for state in BuilderState.allCases where state != .idle && state != .waiting {
            all.append(SlaveStatus(stateText: state.wireText, version: "254", buildID: "PACKAGEBUILD-1"))
            if state == .building { all[all.count - 1].logTail = [0xFF, 0x00, 0x0A] }
        }
        for result in BuildResult.allCases {
            let offersFiles = [.ok, .packageFail, .depFail].contains(result)
            all.append(
                SlaveStatus(
                    stateText: BuilderState.waiting.wireText, version: "254", buildID: "PACKAGEBUILD-1",
                    resultText: result.wireText, filemap: offersFiles ? filemap : [],
                    dependencies: offersFiles ? "libfoo" : nil))
        }
        return all
    }()

    @Test("what is written is read back", arguments: all, SlaveDialect.allCases)
    func roundTrip(_ status: SlaveStatus, _ dialect: SlaveDialect) throws {
        var expected = status
        if dialect == .release2010 { expected.version = nil }
        #expect(try SlaveStatus(decoding: status.encoded(in: dialect)) == expected)
    }

    @Test("members come in the order of the protocol, and none that the state does not have")
    func members() {
        func names(_ status: SlaveStatus) -> [String]? {
            status.encoded(in: .current).structValue.map { Array($0.keys) }
        }
        #expect(names(Self.all[0]) == ["builder_status", "builder_version"])
        let waiting = SlaveStatus(
            stateText: "BuilderStatus.WAITING", buildID: "x", resultText: "BuildStatus.OK")
        #expect(
            names(waiting) == ["builder_status", "build_status", "build_id", "filemap", "dependencies"])
        let given = SlaveStatus(
            stateText: "BuilderStatus.WAITING", version: "1", buildID: "x",
            resultText: "BuildStatus.GIVENBACK")
        #expect(names(given) == ["builder_status", "builder_version", "build_status", "build_id"])
    }

    static let recorded = ((try? Recordings.all.get()) ?? []).filter { exchange in
        guard exchange.rpc?.method == "status", case .success? = exchange.rpc?.response else { return false }
        return true
    }

    @Test("every recorded status can be read and written again", arguments: recorded)
    func readRecorded(_ exchange: RecordedExchange) throws {
        guard case .success(let value)? = exchange.rpc?.response else { return }
        let status = try SlaveStatus(decoding: value)
        #expect(SlaveStateText.text(of: .success(value)) == exchange.state)
        // Extra members are not kept, nor does the order of an old hash table matter.
        guard exchange.group != "types", exchange.daemon.dialect != .release2010 else { return }
        #expect(status.encoded(in: exchange.daemon.dialect) == value)
    }

    @Test("there are recorded states of all kinds")
    func kinds() {
        let states = Set(Self.recorded.map(\.state))
        #expect(
            states.isSuperset(of: [
                "IDLE", "BUILDING", "ABORTING", "ABORTED", "WAITING/OK", "WAITING/DEPFAIL",
            ]))
    }

    static let bad: [XMLRPCValue] = [
        "x", [], [1], [:], ["builder_status": 1], ["builder_status": .nil],
        ["builder_status": "x", "build_id": 5], ["builder_status": "x", "logtail": 5],
        ["builder_status": "x", "filemap": "y"], ["builder_status": "x", "filemap": ["a": 1]],
        ["builder_status": "x", "dependencies": true], ["BuilderStatus.BUILDING", 5],
        ["BuilderStatus.WAITING", "BuildStatus.OK", "x", "y"],
    ]

    @Test("values that are no status are errors", arguments: bad)
    func refuse(_ value: XMLRPCValue) {
        #expect(throws: BuilddProtocolError.self) { try SlaveStatus(decoding: value) }
    }

    @Test("unknown words and members are taken as they are")
    func unknown() throws {
        let status = try SlaveStatus(decoding: [
            "builder_status": "BuilderStatus.DANCING", "build_status": "SOMETHING", "new": 1,
            "logtail": "text",
        ])
        #expect(status.state == nil)
        #expect(status.resultText == "SOMETHING")
        #expect(status.logTail == Array("text".utf8))
        #expect(BuilderState(wireText: "IDLE") == nil && BuildResult(wireText: "OK") == nil)
    }
}
