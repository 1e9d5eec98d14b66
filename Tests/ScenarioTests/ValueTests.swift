import FarmModel
import Testing

@testable import Scenario

@Suite("Durations, sizes, counts and patterns")
struct ValueTests {
    @Test(
        "durations are read with their units",
        arguments: [
            ("0", 0), ("1ns", 1), ("3us", 3000), ("3µs", 3000), ("250ms", 250_000_000), ("5s", 5_000_000_000),
            ("1.5s", 1_500_000_000), ("0.25 s", 250_000_000), ("1h30m", 5_400_000_000_000),
            ("1d 2h", 93_600_000_000_000), ("366d", 31_622_400_000_000_000),
        ] as [(String, Int64)])
    func readsDurations(text: String, nanoseconds: Int64) {
        #expect(DurationText.read(text)?.wholeNanoseconds == nanoseconds)
    }

    @Test(
        "what is no duration is refused",
        arguments: [
            "", "5", "s", "5x", "-1s", "1s1h", "1s2s", "1e3s", "367d", "1.s", ".5s", "1..2s", "5s!", "0.3ns",
            "99999999999999999999s", "999999999999999999d",
        ])
    func refusesDurations(text: String) {
        #expect(DurationText.read(text) == nil)
    }

    @Test("a written duration reads back the same")
    func writesDurations() {
        var generator = SeededGenerator(seed: 7).split("durations")
        for _ in 0..<500 {
            let magnitude = Int64(1) << Int64.random(in: 0..<54, using: &generator)
            let duration = Duration.nanoseconds(Int64.random(in: 0..<magnitude, using: &generator))
            let text = DurationText.write(duration)
            #expect(DurationText.read(text) == duration, "seed 7, \(text)")
        }
        #expect(DurationText.write(.seconds(5400)) == "1h30m")
        #expect(DurationText.write(.zero) == "0s")
    }

    @Test(
        "byte counts are read with their units",
        arguments: [
            ("100", 100), ("100 B", 100), ("20 KiB", 20_480), ("20KiB", 20_480), ("4MB", 4_000_000),
            ("4 kB", 4000), ("1.5 MiB", 1_572_864), ("2GiB", 2_147_483_648), ("0", 0),
        ])
    func readsByteCounts(text: String, bytes: Int) {
        #expect(ByteCount(text)?.bytes == bytes)
    }

    @Test(
        "what is no byte count is refused",
        arguments: ["", "KiB", "-1", "1.5", "1 TB", "1 kib", "999999999999999999 GiB", "1 KiB x", "1e3"])
    func refusesByteCounts(text: String) {
        #expect(ByteCount(text) == nil)
    }

    @Test("a written byte count reads back the same", arguments: [0, 1, 1000, 1024, 1500, 20_480, 1 << 30])
    func writesByteCounts(bytes: Int) {
        #expect(ByteCount(ByteCount(bytes).description)?.bytes == bytes)
    }

    @Test(
        "counts are read in each of their forms",
        arguments: [
            ("3", 3, 3), ("none", 0, 0), ("1..3", 1, 3), ("2..", 2, nil), ("at least 2", 2, nil),
            ("at most 3", 0, 3), ("0", 0, 0),
        ] as [(String, Int, Int?)])
    func readsCounts(text: String, lower: Int, upper: Int?) {
        #expect(CountRange(text) == CountRange(lower, upper))
    }

    @Test(
        "what is no count is refused",
        arguments: ["", "-1", "3..1", "..3", "a", "at least", "at least x", "1...3", "1..3..5", "one"])
    func refusesCounts(text: String) {
        #expect(CountRange(text) == nil)
    }

    @Test("a count holds its bounds and nothing outside")
    func countsContain() {
        #expect(CountRange(1, 3).contains(1) && CountRange(1, 3).contains(3))
        #expect(!CountRange(1, 3).contains(0) && !CountRange(1, 3).contains(4))
        #expect(CountRange(2, nil).contains(.max) && !CountRange(2, nil).contains(1))
    }

    @Test(
        "patterns match whole names",
        arguments: [
            ("lcy-*", "lcy-001", true), ("lcy-*", "lcy-", true), ("lcy-*", "xlcy-1", false),
            ("*", "", true), ("a?c", "abc", true), ("a?c", "ac", false), ("*-amd64-*", "lcy-amd64-001", true),
            ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false), ("[!a-c]x", "dx", true), ("[]a]", "]", true),
            ("a**", "abc", true), ("a**", "b", false), ("e\u{301}*", "e\u{301}x", true),
            ("a*b*c", "aXbYbZc", true), ("a*b*c", "aXbYbZ", false), ("A", "a", false), ("a.c", "abc", false),
            ("[a-]", "-", true), ("**", "anything", true), ("ä*", "äöü", true), ("?", "ä", true),
        ])
    func globs(pattern: String, text: String, fits: Bool) throws {
        #expect(try #require(Glob(pattern)).matches(text) == fits)
    }

    @Test("patterns that cannot be are refused", arguments: ["", "[", "[a", "[]", "[!]", "[z-a]"])
    func refusesGlobs(pattern: String) {
        #expect(Glob(pattern) == nil)
    }

    @Test("a pattern of many stars does not take forever on a long name")
    func globsAreBounded() throws {
        let glob = try #require(Glob(String(repeating: "*a", count: 100) + "b"))
        #expect(!glob.matches(String(repeating: "a", count: 20_000)))
    }

    @Test("a set of patterns excludes")
    func globSets() throws {
        let set = GlobSet([try #require(Glob("lcy-*"))], except: [try #require(Glob("lcy-1"))])
        #expect(set.matches("lcy-2") && !set.matches("lcy-1") && !set.matches("bos-1"))
        #expect(set.description == "lcy-* except lcy-1")
    }

    @Test("a pattern for jobs is held against the source alone unless it has a _")
    func jobGlobs() throws {
        let bySource = JobGlobs(GlobSet([try #require(Glob("hello"))]))
        #expect(bySource.matches(source: "hello", job: "hello_1.0_amd64"))
        #expect(!bySource.matches(source: "hello-2", job: "hello-2_1.0_amd64"))
        let byJob = JobGlobs(GlobSet([try #require(Glob("hello_*_amd64"))]))
        #expect(byJob.matches(source: "hello", job: "hello_1.0_amd64"))
        #expect(!byJob.matches(source: "hello", job: "hello_1.0_i386"))
    }

    @Test("names expand into ranges and alternatives")
    func nameRanges() throws {
        #expect(try NameRange.expand("a", limit: 9) == ["a"])
        #expect(try NameRange.expand("a-{008..011}", limit: 9) == ["a-008", "a-009", "a-010", "a-011"])
        #expect(try NameRange.expand("{3..1}", limit: 9) == ["3", "2", "1"])
        #expect(try NameRange.expand("{a,b}-{1..2}x", limit: 9) == ["a-1x", "a-2x", "b-1x", "b-2x"])
        #expect(try NameRange.expand("{9..10}", limit: 9) == ["9", "10"])
    }

    @Test(
        "ranges that cannot be are refused",
        arguments: [
            ("a{1..2", NameRange.Failure.unclosedBrace), ("a{}", .badRange("")), ("a{1}", .badRange("1")),
            ("{a..b}", .badRange("a..b")), ("{1...3}", .badRange("1...3")), ("{a,}", .badRange("a,")),
            ("{1..9999999999}", .badRange("1..9999999999")), ("{1..11}", .tooMany(limit: 10)),
            ("{1..4}{1..4}", .tooMany(limit: 10)), ("{1..999999999}", .tooMany(limit: 10)),
        ])
    func refusesRanges(text: String, failure: NameRange.Failure) {
        #expect(throws: failure) { try NameRange.expand(text, limit: 10) }
    }

    @Test("the nearest word is found, and only when it is near")
    func spelling() {
        let words = ["slaves", "seed", "dialect", "duration"]
        #expect(Spelling.nearest(to: "slave", among: words) == "slaves")
        #expect(Spelling.nearest(to: "dialcet", among: words) == "dialect")
        #expect(Spelling.nearest(to: "Duration", among: words) == "duration")
        #expect(Spelling.nearest(to: "banana", among: words) == nil)
    }

    @Test("slaves get addresses of their own inside the network")
    func networks() throws {
        #expect(LoopbackNetwork.standard.address(0) == "127.1.0.1")
        #expect(LoopbackNetwork.standard.address(255) == "127.1.1.0")
        let small = try #require(LoopbackNetwork("127.9.8.77/30"))
        #expect(small.capacity == 2)
        #expect(small.address(1) == "127.9.8.78")
        #expect(small.address(2) == nil)
        for text in ["10.0.0.0/8", "127.0.0.0", "127.0.0.0/7", "127.0.0/8", "127.0.0.256/24", "127.0.0.0/31"]
        {
            #expect(LoopbackNetwork(text) == nil, "\(text)")
        }
    }
}
