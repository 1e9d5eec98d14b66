import BuildManager
import FarmModel
import Testing

@Suite("The schedule of scans")
struct ScanScheduleTests {
    private static let start = Instant(seconds: 1_783_296_000)

    @Test("a thousand builders start evenly over the interval", arguments: [10, 100, 1000, 10_000])
    func spread(builders: Int) {
        var schedule = ScanSchedule(interval: .seconds(15))
        for id in 0..<builders { schedule.enter(BuilderID(Int64(id)), now: Self.start) }
        #expect(Self.fullest(schedule, from: Self.start, builders: builders) <= builders / 20 + 3)
    }

    @Test(
        "builders that come later, at any time, do not make a burst either",
        arguments: [1, 42, 99] as [UInt64])
    func laterBuilders(seed: UInt64) {
        print("scan schedule: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        var schedule = ScanSchedule(interval: .seconds(15))
        var now = Self.start
        for id in Int64(0)..<1000 {
            schedule.enter(BuilderID(id), now: now)
            if id % 7 == 0 { now = now + .milliseconds(Int64.random(in: 0..<2000, using: &random)) }
        }
        // All first scans are over when the last builder has been in for an interval.
        let begin = now + .seconds(15)
        for (builder, _) in schedule.takeDue(now: begin) { schedule.finished(builder, now: begin) }
        #expect(Self.fullest(schedule, from: begin, builders: 1000) <= 1000 / 20 + 5)
    }

    @Test("without spreading, builders that come together start together")
    func burst() {
        var schedule = ScanSchedule(interval: .seconds(15), spreads: false)
        for id in Int64(0)..<100 { schedule.enter(BuilderID(id), now: Self.start) }
        #expect(schedule.takeDue(now: Self.start).count == 100)
    }

    @Test("the first scan comes within one interval, and each builder is entered once")
    func firstScan() {
        var schedule = ScanSchedule(interval: .seconds(15))
        for id in Int64(0)..<200 {
            schedule.enter(BuilderID(id), now: Self.start + .milliseconds(id * 37))
            schedule.enter(BuilderID(id), now: Self.start)
        }
        #expect(schedule.count == 200)
        let late = Self.start + .milliseconds(199 * 37) + .seconds(15)
        let due = schedule.takeDue(now: late)
        #expect(Set(due.map(\.builder)).count == 200)
        #expect(due.count == 200)
        for (builder, at) in due {
            let entered = Self.start + .milliseconds(builder.rawValue * 37)
            #expect(at >= entered && at < entered + .seconds(15))
        }
    }

    @Test("a builder whose scan runs has no turn")
    func singleFlight() {
        var schedule = ScanSchedule(interval: .seconds(15))
        schedule.enter(BuilderID(1), now: Self.start)
        #expect(schedule.takeDue(now: Self.start).map(\.builder) == [BuilderID(1)])
        #expect(schedule.takeDue(now: Self.start + .seconds(1000)).isEmpty)
        #expect(schedule.nextDue == nil)
        schedule.enter(BuilderID(1), now: Self.start + .seconds(1000))
        #expect(schedule.nextDue == nil)
    }

    @Test("an end that nobody waits for gives no second turn")
    func strayEnds() {
        var schedule = ScanSchedule(interval: .seconds(15))
        schedule.enter(BuilderID(1), now: Self.start)
        schedule.finished(BuilderID(1), now: Self.start)
        schedule.finished(BuilderID(2), now: Self.start)
        _ = schedule.takeDue(now: Self.start)
        schedule.finished(BuilderID(1), now: Self.start)
        schedule.finished(BuilderID(1), now: Self.start)
        #expect(schedule.takeDue(now: Self.start + .seconds(15)).count == 1)
    }

    @Test(
        "scans come at multiples of the interval from the first; those overrun are left out",
        arguments: [
            (0, 15), (1, 15), (14_999, 15), (15_000, 30), (15_001, 30), (40_000, 45), (45_000, 60),
            (600_001, 615),
        ])
    func fixedRate(milliseconds: Int, next: Int) {
        var schedule = ScanSchedule(interval: .seconds(15))
        schedule.enter(BuilderID(1), now: Self.start)
        _ = schedule.takeDue(now: Self.start)
        schedule.finished(BuilderID(1), now: Self.start + .milliseconds(milliseconds))
        #expect(schedule.nextDue == Self.start + .seconds(next))
    }

    @Test("a scan that started late does not shift those after it")
    func lateStart() {
        var schedule = ScanSchedule(interval: .seconds(15))
        schedule.enter(BuilderID(1), now: Self.start)
        let due = schedule.takeDue(now: Self.start + .seconds(4))
        #expect(due.map(\.due) == [Self.start])
        schedule.finished(BuilderID(1), now: Self.start + .seconds(5))
        #expect(schedule.nextDue == Self.start + .seconds(15))
    }

    @Test("a clock that is set back keeps the phase and stops nothing")
    func clockSetBack() throws {
        var schedule = ScanSchedule(interval: .seconds(15))
        schedule.enter(BuilderID(1), now: Self.start)
        _ = schedule.takeDue(now: Self.start)
        schedule.finished(BuilderID(1), now: Self.start - .seconds(3600))
        #expect(try #require(schedule.nextDue) == Self.start + .seconds(15))
        schedule.enter(BuilderID(2), now: Self.start - .seconds(3600))
        #expect(try #require(schedule.nextDue) >= Self.start - .seconds(3600))
    }

    @Test("turns come in order of time, then of builder")
    func order() {
        var schedule = ScanSchedule(interval: .seconds(15), spreads: false)
        for id in [5, 3, 9, 1] { schedule.enter(BuilderID(Int64(id)), now: Self.start) }
        schedule.enter(BuilderID(7), now: Self.start - .seconds(1))
        #expect(schedule.takeDue(now: Self.start).map(\.builder.rawValue) == [7, 1, 3, 5, 9])
    }

    @Test(
        "in random use no builder ever has two turns at once, and none is left out",
        arguments: [3, 33] as [UInt64])
    func random(seed: UInt64) {
        print("scan schedule: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        var schedule = ScanSchedule(interval: .seconds(15))
        var running: Set<BuilderID> = []
        var scans: [BuilderID: Int] = [:]
        var now = Self.start
        for step in 0..<5000 {
            now = now + .milliseconds(Int64.random(in: 0..<500, using: &random))
            if step < 200 { schedule.enter(BuilderID(Int64(step)), now: now) }
            for (builder, due) in schedule.takeDue(now: now) {
                #expect(due <= now)
                #expect(running.insert(builder).inserted)
                scans[builder, default: 0] += 1
            }
            for builder in running.sorted() where random.unit() < 0.05 {
                running.remove(builder)
                schedule.finished(builder, now: now)
            }
        }
        #expect(scans.count == 200)
        #expect(scans.values.allSatisfy { $0 > 10 })
    }

    @Test("an interval of no length does not stop the world")
    func noLength() {
        var schedule = ScanSchedule(interval: .zero)
        schedule.enter(BuilderID(1), now: Self.start)
        _ = schedule.takeDue(now: Self.start)
        schedule.finished(BuilderID(1), now: Self.start)
        #expect(schedule.nextDue == Self.start + .nanoseconds(1))
    }

    /// The most scans that start within any twentieth of an interval, over two intervals.
    private static func fullest(_ schedule: ScanSchedule, from begin: Instant, builders: Int) -> Int {
        var schedule = schedule
        var starts: [Instant] = []
        var now = begin
        while now < begin + .seconds(30) {
            for (builder, due) in schedule.takeDue(now: now) where due >= begin {
                starts.append(due)
                schedule.finished(builder, now: now)
            }
            now = now + .milliseconds(10)
        }
        // The last look may come a little before the last start.
        let missed = builders / 1000 + 2
        #expect((builders * 2 - missed...builders * 2 + missed).contains(starts.count))
        starts.sort()
        var fullest = 0
        var first = 0
        for last in starts.indices {
            while starts[last] - starts[first] >= .milliseconds(750) { first += 1 }
            fullest = max(fullest, last - first + 1)
        }
        return fullest
    }
}
