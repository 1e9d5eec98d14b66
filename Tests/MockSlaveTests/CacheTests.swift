import BuilddProtocol
import FarmModel
import MockSlave
import Testing
import XMLRPC

/// The cache, its lifetimes and `clean` (protocol spec 9 and 13).
@Suite("Cache and clean")
struct CacheTests {
    @Test("files are listed by the bytes of their names and read by name")
    func listing() throws {
        var driver = try Driver()
        for name in ["b", "a", "é", "~", "B"] {
            driver.handle(.addToCache(CachedFile(name: name, bytes: Array(name.utf8), modified: driver.now)))
        }
        #expect(driver.listing() == [Driver.sum, Driver.dscSum, "B", "a", "b", "~", "é"])
        #expect(driver.file("a")?.content == .bytes([0x61]))
        #expect(driver.file("c") == nil)
        #expect(driver.file("") == nil)
        driver.handle(.removeFromCache(name: "a"))
        driver.handle(.addToCache(CachedFile(name: "b", bytes: [], modified: driver.now)))
        #expect(driver.listing() == [Driver.sum, Driver.dscSum, "B", "b", "~", "é"])
        #expect(driver.file("b")?.size == 0)
    }

    @Test("the daily job removes files last changed three days before, but not the log")
    func lifetime() throws {
        var driver = try Driver()
        try driver.build(try Driver.good())
        driver.now = driver.now + .seconds(2 * 86_400)
        driver.handle(.addToCache(CachedFile(name: "new", bytes: [], modified: driver.now)))
        // The job of 06:25 on the third day comes less than three days later, that of the fourth day more.
        driver.pass(.seconds(86_400 + 6 * 3_600))
        #expect(driver.listing().count == 6)
        driver.pass(.seconds(30 * 60))
        #expect(driver.listing() == ["buildlog", "new"])
        #expect(
            driver.notes.contains(
                .filesExpired([Driver.sum, Driver.resultSum, Driver.otherResultSum, Driver.dscSum])))
    }

    @Test("a slave left alone for weeks has done what it would have done")
    func longAbsence() throws {
        var driver = try Driver()
        driver.pass(.seconds(30 * 86_400))
        #expect(driver.listing().isEmpty)
    }

    @Test("a result that expired makes clean fail for good")
    func expiredResult() throws {
        var driver = try Driver()
        try driver.build(try Driver.good())
        driver.pass(.seconds(5 * 86_400))
        for _ in 0..<3 {
            #expect(driver.call(.clean) == .error)
            #expect(try driver.status().words == "WAITING/OK")
        }
        #expect(driver.notes.contains(.cleanFailed(id: "PACKAGEBUILD-1")))
    }

    @Test("results before the vanished one are gone")
    func halfCleaned() throws {
        var driver = try Driver()
        try driver.build(try Driver.good())
        driver.handle(.removeFromCache(name: Driver.resultSum))
        #expect(driver.call(.clean) == .error)
        #expect(driver.file(Driver.otherResultSum) == nil)
        #expect(try driver.status().filemap.count == 2)
    }

    @Test("a vanished log makes clean a fault that worked")
    func vanishedLog() throws {
        var driver = try Driver()
        try driver.build(try Driver.good())
        driver.handle(.removeFromCache(name: "buildlog"))
        #expect(driver.call(.clean) == .error)
        #expect(driver.slave.state == .idle)
        #expect(driver.listing() == [Driver.sum, Driver.dscSum])
        try driver.build(try Driver.good())
    }

    @Test(
        "results of equal contents are cleaned once, and in 2010 not at all", arguments: SlaveDialect.allCases
    )
    func equalContents(_ dialect: SlaveDialect) throws {
        var driver = try Driver(dialect)
        let digest = try #require(SHA1Digest(Driver.resultSum))
        var script = try Driver.good()
        script.storedResults = ["a", "b"].map { ResultFile(name: $0, sum: digest, size: 1) }
        try driver.build(script)
        #expect((driver.call(.clean) == .error) == (dialect == .release2010))
        #expect(driver.slave.state == (dialect == .release2010 ? .waiting : .idle))
        #expect(driver.file(Driver.resultSum) == nil)
    }

    @Test("clean deletes an input that has the contents of a result")
    func inputs() throws {
        var driver = try Driver()
        var script = try Driver.good()
        script.storedResults = [ResultFile(name: "x", sum: try #require(SHA1Digest(Driver.dscSum)), size: 1)]
        try driver.build(script)
        driver.call(.clean)
        #expect(driver.listing() == [Driver.sum])
    }

    @Test("the later of two results of one name is offered")
    func sameName() throws {
        var driver = try Driver()
        var script = try Driver.good()
        script.storedResults = [
            ResultFile(name: "x", sum: try #require(SHA1Digest(Driver.resultSum)), size: 1),
            ResultFile(name: "x", sum: try #require(SHA1Digest(Driver.otherResultSum)), size: 1),
        ]
        try driver.build(script)
        #expect(try driver.status().filemap == [.init(name: "x", sum: Driver.otherResultSum)])
    }

    // Restart and reset.

    @Test("a restarted daemon is IDLE with its cache, log and build directories")
    func restart() throws {
        var driver = try Driver()
        try driver.build(try Driver.good())
        driver.handle(.restart)
        #expect(driver.slave.state == .idle && driver.slave.buildID == nil)
        #expect(driver.listing().count == 5)
        #expect(driver.notes.last == .restarted)
    }

    @Test("the directory of a build interrupted by a restart is in the way of its id only")
    func leftover() throws {
        var driver = try Driver()
        try driver.build(Driver.never)
        driver.handle(.restart)
        try driver.build(try Driver.good(), id: "PACKAGEBUILD-2")
        driver.call(.clean)
        #expect(driver.call(Driver.buildCall()) == .error)
        #expect(driver.slave.state == .building)
    }

    @Test("an id can be built again after clean, except when fast clean-up left its directory")
    func again() throws {
        for isFast in [false, true] {
            var driver = try Driver()
            try driver.build(try Driver.good(), changing: ["fast_cleanup": .boolean(isFast)])
            driver.call(.clean)
            #expect((driver.call(Driver.buildCall()) == .error) == isFast)
        }
    }

    @Test("a reset machine is as new")
    func reset() throws {
        var driver = try Driver()
        try driver.build(Driver.never)
        driver.handle(.reset)
        #expect(driver.slave.state == .idle)
        #expect(driver.listing().isEmpty)
        #expect(try driver.status().words == "IDLE")
        driver.handle(
            .addToCache(CachedFile(sum: try #require(SHA1Digest(Driver.sum)), size: 1, modified: driver.now)))
        #expect(
            driver.call(Driver.buildCall(files: ["a.dsc": .string(Driver.sum)])) != .error,
            "no directory is left")
    }

    @Test("an idle slave is small")
    func size() {
        #expect(MemoryLayout<MockSlave>.size <= 1_536)
    }

    @Test("the example of the documentation")
    func example() throws {
        let name = try #require(BuilderName("bob"))
        let now = Instant.epoch
        var answers: [String] = []
        var slave = MockSlave(SlaveConfiguration(name: name), at: now)
        let call = SlaveEvent.call(CallID(1), .status, effects: [])
        for case .answer(let id, let answer) in slave.handle(call, at: now, script: { _ in BuildScript() }) {
            answers.append("\(id) \(answer)")
        }
        #expect(answers.count == 1)
        #expect(answers.first?.contains("BuilderStatus.IDLE") == true)
    }
}
