import BuildManager
import FarmModel
import Foundation
import Testing

@Suite("Names of upload directories")
struct LeafNameTests {
    @Test(
        "known dates",
        arguments: [
            (0, "19700101-000000"), (951_782_399, "20000228-235959"), (951_782_400, "20000229-000000"),
            (951_868_800, "20000301-000000"), (1_283_299_200, "20100901-000000"),
            (1_709_164_800, "20240229-000000"),
            (1_709_251_199, "20240229-235959"), (1_709_251_200, "20240301-000000"),
            (1_735_689_599, "20241231-235959"),
            (1_735_689_600, "20250101-000000"), (4_107_542_400, "21000301-000000"),
            (4_107_542_399, "21000228-235959"),
            (-1, "19691231-235959"), (-2_203_891_200, "19000301-000000"), (-2_203_891_201, "19000228-235959"),
        ] as [(Int64, String)])
    func dates(seconds: Int64, date: String) {
        #expect(
            LeafName.make(cookie: .sample, now: Instant(seconds: seconds))
                == "\(date)-000000000-PACKAGEBUILD-7")
    }

    @Test("every day of a century is the calendar's")
    func calendar() throws {
        let format = Date.VerbatimFormatStyle(
            format: "\(year: .padded(4))\(month: .twoDigits)\(day: .twoDigits)",
            locale: Locale(identifier: "en_US_POSIX"),
            timeZone: .gmt, calendar: Calendar(identifier: .gregorian))
        for day in stride(from: Int64(0), to: 36_525, by: 1) {
            let name = LeafName.make(cookie: .sample, now: Instant(seconds: day * 86_400 + 3_723))
            let expected = Date(timeIntervalSince1970: Double(day) * 86_400).formatted(format)
            #expect(name.hasPrefix("\(expected)-010203-"))
        }
    }

    @Test("the nanoseconds keep two collections in one second apart and in order")
    func resolution() {
        let start = Instant(seconds: 1_783_296_000)
        let names = [0, 1, 9, 10, 999_999_999].map {
            LeafName.make(cookie: .sample, now: start + .nanoseconds(Int64($0)))
        }
        #expect(Set(names).count == names.count)
        #expect(names == names.sorted())
        #expect(names.last?.contains("-999999999-") == true)
        #expect(
            LeafName.make(cookie: .sample, now: Instant(nanoseconds: -1)).hasPrefix(
                "19691231-235959-999999999-"))
        #expect(
            LeafName.make(cookie: .sample, now: Instant(nanoseconds: .min)).hasPrefix(
                "16770921-001243-145224192-"))
        #expect(
            LeafName.make(cookie: .sample, now: Instant(nanoseconds: .max)).hasPrefix(
                "22620411-234716-854775807-"))
    }

    @Test("the cookie can be read back from every name", arguments: JobType.allCases)
    func cookie(type: JobType) {
        let cookie = BuildCookie(jobType: type, build: BuildID(123_456))
        #expect(BuildCookie(leafName: LeafName.make(cookie: cookie, now: Instant(nanoseconds: 5))) == cookie)
    }
}

@Suite("Log tails")
struct LogTailTests {
    @Test("bytes that are no text become replacement characters, NULs go")
    func decoding() {
        #expect(LogTail.decode(Array("žluť\n".utf8)) == "žluť\n")
        #expect(LogTail.decode([]) == "")
        #expect(LogTail.decode([0x61, 0, 0x62, 0, 0]) == "ab")
        #expect(LogTail.decode([0x61, 0xFF, 0x62]) == "a\u{FFFD}b")
        // A cut sequence at either end, as the slave's 2,048 bytes may begin and end anywhere.
        #expect(LogTail.decode([0xA9, 0x61, 0xC3]) == "\u{FFFD}a\u{FFFD}")
    }

    @Test("only the end is kept")
    func limit() {
        #expect(LogTail.decode(Array("abcdef".utf8), limit: 3) == "def")
        #expect(LogTail.decode([UInt8](repeating: 0x61, count: 1 << 20)).utf8.count == 8192)
    }
}
