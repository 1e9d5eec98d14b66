import BuilddProtocol
import FarmModel
import OrderedCollections
import Testing
import XMLRPC

@testable import MockSlave

/// Every oddity of the real slave turned on and off (protocol spec 18 and 19).
@Suite("Quirks")
struct QuirkTests {
    /// Whether a slave with these quirks shows the oddity.
    typealias Probe = @Sendable (SlaveQuirks) throws -> Bool

    static let probes: [(SlaveQuirks, Probe)] = [
        (
            .refusedBuildRenames,
            { quirks in
                var driver = try Driver(quirks: quirks)
                try driver.build(Driver.never)
                driver.call(Driver.buildCall(id: "other"))
                return driver.slave.buildID == "other"
            }
        ),
        (
            .refusedBuildEmptiesLog,
            { quirks in
                var driver = try Driver(quirks: quirks)
                try driver.build(Driver.never)
                driver.call(Driver.buildCall(id: "other"))
                return driver.log()?.isEmpty == true
            }
        ),
        (
            .badBuildSticks,
            { quirks in
                var driver = try Driver(quirks: quirks)
                #expect(driver.call(Driver.buildCall(arguments: [:])) == .error)
                return driver.slave.state == .building
            }
        ),
        (
            .leftoverDirectoryBlocks,
            { quirks in
                var driver = try Driver(quirks: quirks)
                try driver.build(Driver.never)
                driver.handle(.restart)
                return driver.call(Driver.buildCall()) == .error
            }
        ),
        (
            .missingJobsBreakStatus,
            { quirks in
                var driver = try Driver(quirks: quirks.union(.badBuildSticks))
                driver.call(Driver.buildCall(type: "ci", arguments: ["series": "noble"]))
                return driver.call(.status) == .error
            }
        ),
        (
            .killedStepSticks,
            { quirks in
                var driver = try Driver(quirks: quirks)
                var script = try Driver.good()
                script.mainEnd = .killed
                try driver.build(script)
                return driver.slave.state == .building
            }
        ),
        (
            .failedGatheringSticks,
            { quirks in
                var driver = try Driver(.release2010, quirks: quirks)
                var script = try Driver.good()
                script.gathering = .failsAfter(files: 1)
                try driver.build(script)
                return driver.slave.state == .building
            }
        ),
        (
            .statusFileBreaksStatus,
            { quirks in
                for text in ["[1]", "{\"a\": 3000000000}", "5"] {
                    var driver = try statusFile(text, quirks)
                    guard case .fault? = driver.call(.status) else { return false }
                }
                return true
            }
        ),
        (
            .statusFileOverrides,
            { quirks in
                var driver = try statusFile("{\"build_id\": \"other\", \"new\": \"x\"}", quirks)
                guard case .success(let status)? = driver.call(.status) else { return false }
                #expect(status.structValue?["new"] == "x")
                return status.structValue?["build_id"] == "other"
            }
        ),
        (
            .tailCutsCharacters,
            { quirks in
                var driver = try Driver(quirks: quirks)
                let text = String(repeating: "€", count: 1_000) + "a"
                try driver.build(BuildScript(progress: .never, log: [.init(text: text)], results: .none))
                return try driver.status().logTail.map { $0[0] & 0xC0 == 0x80 } ?? false
            }
        ),
        (
            .strippedTailLosesLine,
            { quirks in
                var driver = try Driver(quirks: quirks)
                let text = String(repeating: "x", count: 2_048) + "\nhttp://u:p@h/\n"
                try driver.build(
                    BuildScript(progress: .never, log: [.init(text: text)], results: .none),
                    changing: ["archive_private": true])
                let tail = try driver.status().logTail ?? []
                #expect(!String(decoding: tail, as: UTF8.self).contains("u:p@"))
                return tail == Array("http://h/".utf8)
            }
        ),
        (
            .keepsUnstrippedLog,
            { quirks in
                var driver = try Driver(quirks: quirks)
                var script = try Driver.good()
                script.steps[.remove] = .init(output: [.init(text: "http://u:late@h/\n")])
                try driver.build(script, changing: ["archive_private": true])
                #expect(driver.log()?.contains("late") == false)
                let isStripped = driver.log()?.contains("http://h/\n") == true
                #expect(isStripped == (driver.log("buildlog.unsanitized") == nil))
                return !isStripped
            }
        ),
        (
            .notesLackNewline,
            { quirks in
                var driver = try Driver(quirks: quirks)
                var script = Driver.never
                script.killing = .init(effect: .hangs)
                try driver.build(script)
                driver.call(.abort)
                driver.call(.abort)
                driver.call(EnsurePresentTests.call(url: ""))
                let text = driver.log() ?? ""
                #expect(text.hasSuffix("\n") == text.contains("asked to abort\nFetching"))
                return !text.hasSuffix("\n")
            }
        ),
        (
            .sumsArePaths,
            { quirks in
                var driver = try Driver(quirks: quirks)
                let present = EnsurePresentTests.answer(true, "No URL")
                let response = driver.call(EnsurePresentTests.call(.string(Driver.sum), url: .nil))
                #expect(response == present)
                return driver.call(EnsurePresentTests.call("", url: .nil)) == present
            }
        ),
        (
            .brokenFetchLeavesPart,
            { quirks in
                var driver = try Driver(quirks: quirks)
                driver.call(EnsurePresentTests.call())
                for case .fetch(let id, _) in driver.wishes { driver.handle(.fetched(id, .broken)) }
                return driver.listing().count == 3
            }
        ),
        (
            .fetchBlocks,
            { quirks in
                var driver = try Driver(quirks: quirks)
                driver.call(EnsurePresentTests.call())
                return driver.call(.status) == nil
            }
        ),
        (
            .uselessKillingEndsTimer,
            { quirks in
                var driver = try Driver(quirks: quirks)
                var script = Driver.never
                script.killing = .init(effect: .useless)
                try driver.build(script)
                driver.call(.abort)
                driver.pass(.seconds(120))
                return driver.slave.state == .aborting
            }
        ),
        (
            .abortForgetsOutcome,
            { quirks in
                var driver = try Driver(quirks: quirks)
                var script = Driver.ending(.packageFail)
                script.steps[.remove] = .init(duration: .seconds(1))
                try driver.build(script)
                driver.call(.abort)
                driver.pass(.seconds(1))
                return try driver.status().words == "WAITING/ABORTED"
            }
        ),
        (
            .stuckSlaveStaysStuck,
            { quirks in
                for dialect in [SlaveDialect.current, .release2010] {
                    var driver = try Driver(dialect, quirks: quirks.union(.badBuildSticks))
                    driver.call(Driver.buildCall(arguments: [:]))
                    driver.call(.abort)
                    let isFree = driver.call(.clean) != .error
                    #expect(isFree == (driver.slave.state == .idle))
                    if isFree { return false }
                }
                return true
            }
        ),
        (
            .vanishedResultBreaksClean,
            { quirks in
                var driver = try Driver(quirks: quirks)
                try driver.build(try Driver.good())
                driver.handle(.removeFromCache(name: Driver.resultSum))
                return driver.call(.clean) == .error && driver.slave.state == .waiting
            }
        ),
        (
            .vanishedLogBreaksClean,
            { quirks in
                var driver = try Driver(quirks: quirks)
                try driver.build(try Driver.good())
                driver.handle(.removeFromCache(name: "buildlog"))
                let response = driver.call(.clean)
                #expect(driver.slave.state == .idle)
                return response == .error
            }
        ),
        (
            .equalResultsBreakClean,
            { quirks in
                var driver = try Driver(.release2010, quirks: quirks)
                var script = try Driver.good()
                let digest = try #require(SHA1Digest(Driver.resultSum))
                script.storedResults = ["a", "b"].map { ResultFile(name: $0, sum: digest, size: 1) }
                try driver.build(script)
                return driver.call(.clean) == .error
            }
        ),
        (
            .cleanDeletesInputs,
            { quirks in
                var driver = try Driver(quirks: quirks)
                var script = try Driver.good()
                let digest = try #require(SHA1Digest(Driver.dscSum))
                script.storedResults = [ResultFile(name: "x", sum: digest, size: 1)]
                try driver.build(script)
                driver.call(.clean)
                return driver.file(Driver.dscSum) == nil
            }
        ),
        (
            .hashOrder,
            { quirks in
                var driver = try Driver(.release2010, quirks: quirks)
                let members: OrderedDictionary<String, XMLRPCValue> = [
                    "zeta": 1, "alpha": "x", "mid": [true],
                ]
                guard case .success(let answer)? = driver.call(.echo([.structure(members)])),
                    let echoed = answer.arrayValue?.first?.structValue
                else { return false }
                return Array(echoed.keys) != Array(members.keys)
            }
        ),
    ]

    /// A slave whose build has left a document for `status`.
    private static func statusFile(_ text: String, _ quirks: SlaveQuirks) throws -> Driver {
        var driver = try Driver(quirks: quirks)
        var script = Driver.never
        script.statusFiles = [.init(text: text)]
        try driver.build(script)
        return driver
    }

    @Test("a quirk shows when it is on and only then", arguments: probes.indices)
    func probe(_ index: Int) throws {
        let (quirk, shows) = Self.probes[index]
        #expect(try shows(.all))
        #expect(try shows(quirk))
        #expect(try !shows(SlaveQuirks.all.subtracting(quirk)))
        #expect(try !shows(.none))
    }

    @Test("every quirk has a name and a probe")
    func complete() {
        #expect(Self.probes.count == SlaveQuirks.named.count)
        var seen: SlaveQuirks = []
        for (index, entry) in SlaveQuirks.named.enumerated() {
            #expect(seen.isDisjoint(with: entry.quirk))
            #expect(Self.probes[index].0 == entry.quirk, "\(entry.name)")
            #expect(SlaveQuirks(name: entry.name) == entry.quirk)
            seen.formUnion(entry.quirk)
        }
        #expect(seen == .all)
        #expect(SlaveQuirks(name: "no-such-quirk") == nil)
    }
}
