import FarmModel
import FarmRunner
import Testing

@testable import FarmRecords

@Suite("The live table")
struct FarmTableTests {
    @Test("a farm in eighty columns")
    func whole() {
        let lines = Self.table().lines(width: 80, height: 24)
        #expect(
            lines.map(\.text) == [
                "first light   12 s of 85 s",
                "jobs      6: 3 NEEDSBUILD, 1 FULLYBUILT, 2 BUILDING",
                "builders  5: 1 building, 1 cancelling, 1 idle, 1 dirty, 1 disabled",
                "queue     urgent_1.0_i386, c_1.0_amd64, d_1.0_amd64",
                "",
                "BUILDER        ARCH        STATE       FAIL  JOB",
                "bos-amd64-001  amd64       building    0     a_1.0_amd64",
                "bos-amd64-002  amd64       disabled    5     no answer within 1.0 seconds",
                "bos-i386-001   i386,amd64  cancelling  1     b_1.0_i386",
                "lcy-amd64-001  amd64       dirty       2",
                "lcy-amd64-002  amd64       idle        0",
                "",
                "builder bos-amd64-002 is disabled: no answer within 1.0 seconds",
            ])
        #expect(
            lines.map(\.tone) == [
                .title, .plain, .plain, .plain, .plain, .heading, .busy, .bad, .busy, .plain, .plain, .plain,
                .faint,
            ])
    }

    @Test(
        "no line is wider than the terminal, and what is cut ends with a mark",
        arguments: [1, 10, 20, 40, 79])
    func widths(width: Int) {
        let whole = Self.table().lines(width: 200, height: 24)
        let cut = Self.table().lines(width: width, height: 24)
        #expect(cut.count == whole.count)
        for (short, long) in zip(cut, whole) where !long.text.hasPrefix("queue") {
            #expect(short.text.count <= width)
            if short.text != long.text {
                #expect(short.text == long.text.prefix(width - 1) + "…")
            }
        }
        #expect(cut.allSatisfy { $0.text.count <= width })
    }

    @Test(
        "the queue says how many jobs did not fit",
        arguments: [
            (80, "queue     urgent_1.0_i386, c_1.0_amd64, d_1.0_amd64"),
            (50, "queue     urgent_1.0_i386, c_1.0_amd64 and 1 more"),
            (38, "queue     urgent_1.0_i386 and 2 more"), (25, "queue     3 jobs"),
        ])
    func queue(width: Int, line: String) {
        #expect(Self.table().lines(width: width, height: 24)[3].text == line)
    }

    @Test("of many builders those are shown to which something happens, in the order of their names")
    func many() {
        var table = Self.table()
        table.builders = (1...1000).map { number in
            let name = "lcy-\(String(repeating: "0", count: 4 - String(number).count))\(number)"
            var builder = Self.builder(name)
            if number == 500 { builder.vitals.isOK = false }
            if number == 700 { builder.vitals.failureCount = 1 }
            if number == 900 { builder.vitals.job = Self.job }
            return builder
        }
        let lines = table.lines(width: 80, height: 14).map(\.text)
        #expect(lines.count == 14)
        #expect(lines[2] == "builders  1000: 1 building, 998 idle, 1 disabled")
        #expect(
            lines[5...11].map { $0.prefix(24) } == [
                "BUILDER   ARCH   STATE  ", "lcy-0001  amd64  idle   ", "lcy-0002  amd64  idle   ",
                "lcy-0500  amd64  disable", "lcy-0700  amd64  idle   ", "lcy-0900  amd64  buildin",
                "… and 995 more",
            ])
    }

    @Test("no view is higher than the terminal", arguments: 0...20)
    func heights(height: Int) {
        #expect(Self.table().lines(width: 80, height: height).count == min(height, 13))
    }

    @Test("a farm that has nothing yet")
    func empty() {
        let table = FarmTable(
            scenario: "new", elapsed: .zero, limit: .seconds(600), builders: [], builds: [],
            headlines: HeadlineList())
        #expect(
            table.lines(width: 80, height: 24).map(\.text) == [
                "new   0 s of 600 s", "jobs      0: none", "builders  0: none", "queue     empty", "",
                "BUILDER  ARCH  STATE  FAIL  JOB",
            ])
    }

    @Test("what a slave said cannot move the cursor")
    func controls() {
        var table = Self.table()
        table.builders[1].failNotes = "\u{1B}[2Jgone\nnext"
        table.headlines.add("\u{1B}]0;title\u{07}")
        for line in table.lines(width: 200, height: 24) {
            #expect(
                line.text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
        }
    }

    // A sample.

    static let job = JobVitals(
        queueEntry: QueueEntryID(1), cookie: BuildCookie(jobType: .packageBuild, build: BuildID(1)))

    static func builder(_ name: String, _ architectures: [String] = ["amd64"]) -> BuilderListing {
        BuilderListing(
            vitals: BuilderVitals(
                id: BuilderID(1), name: BuilderName(name)!, url: "http://127.0.0.1:1",
                processors: architectures,
                isVirtualized: false, cleanStatus: .clean))
    }

    static func build(
        _ number: Int64, _ source: String, _ architecture: String, _ status: BuildStatus, score: Int64?
    )
        -> BuildListing
    {
        BuildListing(
            build: BuildID(number), cookie: BuildCookie(jobType: .packageBuild, build: BuildID(number)),
            sourceName: source, sourceVersion: "1.0", architecture: architecture, status: status,
            failureCount: 0,
            score: score, dateCreated: .epoch, attempts: 0, binaries: 0)
    }

    static func table() -> FarmTable {
        var building = builder("bos-amd64-001")
        building.vitals.job = job
        building.jobTitle = "a_1.0_amd64"
        var disabled = builder("bos-amd64-002")
        disabled.vitals.isOK = false
        disabled.vitals.failureCount = 5
        disabled.failNotes = "no answer within 1.0 seconds"
        var cancelling = builder("bos-i386-001", ["i386", "amd64"])
        cancelling.vitals.job = job
        cancelling.vitals.job?.isCancelling = true
        cancelling.vitals.failureCount = 1
        cancelling.jobTitle = "b_1.0_i386"
        var dirty = builder("lcy-amd64-001")
        dirty.vitals.cleanStatus = .dirty
        dirty.vitals.failureCount = 2
        var headlines = HeadlineList()
        headlines.add("builder bos-amd64-002 is disabled: no answer within 1.0 seconds")
        return FarmTable(
            scenario: "first light", elapsed: .milliseconds(12_900), limit: .seconds(85),
            builders: [building, disabled, cancelling, dirty, builder("lcy-amd64-002")],
            builds: [
                build(1, "a", "amd64", .building, score: 2500), build(2, "b", "i386", .building, score: 2500),
                build(3, "c", "amd64", .needsBuild, score: 2500),
                build(4, "d", "amd64", .needsBuild, score: 2500),
                build(5, "urgent", "i386", .needsBuild, score: 5000),
                build(6, "e", "amd64", .fullyBuilt, score: nil),
            ], headlines: headlines)
    }
}

@Suite("The view without a terminal")
struct FarmTickerTests {
    @Test("a line when something has changed, at most one in a second; headlines at once")
    func lines() {
        var ticker = FarmTicker()
        var table = FarmTableTests.table()
        #expect(
            ticker.lines(for: table) == [
                "  12 s  6 jobs: 3 NEEDSBUILD, 1 FULLYBUILT, 2 BUILDING",
                "  12 s  builder bos-amd64-002 is disabled: no answer within 1.0 seconds",
            ])
        #expect(ticker.lines(for: table).isEmpty)
        table.builds[0].status = .fullyBuilt
        table.headlines.add("more")
        #expect(ticker.lines(for: table) == ["  12 s  more"])
        table.elapsed = .seconds(13)
        #expect(ticker.lines(for: table) == ["  13 s  6 jobs: 3 NEEDSBUILD, 2 FULLYBUILT, 1 BUILDING"])
        table.builds[1].status = .fullyBuilt
        #expect(ticker.lines(for: table).isEmpty)
        #expect(
            ticker.lines(for: table, isLast: true) == ["  13 s  6 jobs: 3 NEEDSBUILD, 3 FULLYBUILT"])
        #expect(ticker.lines(for: table, isLast: true).isEmpty)
    }

    @Test("nothing is said of a queue that is empty yet")
    func empty() {
        var ticker = FarmTicker()
        var table = FarmTableTests.table()
        table.builds = []
        table.headlines = HeadlineList()
        #expect(ticker.lines(for: table).isEmpty)
    }

    @Test("of more headlines than are kept, the newest are told, and none twice")
    func headlines() {
        var list = HeadlineList()
        for number in 1...60 { list.add("headline \(number)") }
        #expect(list.count == 60)
        #expect(list.added(since: 0).count == 50)
        #expect(list.added(since: 58) == ["headline 59", "headline 60"])
        #expect(list.added(since: 60).isEmpty)
        list.add("headline 60")
        #expect(list.added(since: 60) == ["headline 60"])
    }
}
