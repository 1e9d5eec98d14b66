import FarmModel
import Testing

@Suite("Points in time")
struct InstantTests {
    @Test(
        "whole seconds are rounded down, also before 1970",
        arguments: [
            (0, 0), (1, 0), (999_999_999, 0), (1_000_000_000, 1), (-1, -1), (-1_000_000_000, -1),
            (-1_000_000_001, -2), (1_500_000_000, 1), (-1_500_000_000, -2),
        ] as [(Int64, Int64)])
    func wholeSeconds(nanoseconds: Int64, seconds: Int64) {
        #expect(Instant(nanoseconds: nanoseconds).wholeSeconds == seconds)
    }

    @Test("adding and taking away a duration are each other's inverse")
    func arithmetic() {
        let start = Instant(seconds: 1_283_299_200)
        for duration in [
            Duration.zero, .nanoseconds(1), .milliseconds(1500), .seconds(-3), .seconds(86_400 * 365),
        ] {
            #expect(start + duration - duration == start)
            #expect((start + duration) - start == duration)
            #expect(start - (start + duration) == .zero - duration)
        }
    }

    @Test("instants are ordered by time")
    func order() {
        #expect(Instant.epoch < Instant(nanoseconds: 1))
        #expect(Instant(nanoseconds: -1) < .epoch)
        #expect(Instant(seconds: 2) > Instant(nanoseconds: 1_999_999_999))
        #expect(Instant(seconds: 2) == Instant(nanoseconds: 2_000_000_000))
    }

    @Test("sums that leave the range stop at its end")
    func saturation() {
        let end = Instant(nanoseconds: .max)
        let begin = Instant(nanoseconds: .min)
        #expect(end + .seconds(1) == end)
        #expect(begin - .seconds(1) == begin)
        #expect(Instant.epoch + .seconds(Int64.max) == end)
        #expect(Instant.epoch - .seconds(Int64.max) == Instant(nanoseconds: -.max))
        #expect(Instant(seconds: .max) == end)
        #expect(Instant(seconds: .min) == begin)
        #expect(end - begin == .nanoseconds(Int64.max))
        #expect(begin - end == .nanoseconds(Int64.min))
        #expect(begin.wholeSeconds == -9_223_372_037)
    }

    @Test(
        "a duration in nanoseconds drops what is smaller and stops at 292 years",
        arguments: [
            (.zero, 0), (.nanoseconds(7), 7), (.seconds(3), 3_000_000_000),
            (.milliseconds(-1500), -1_500_000_000),
            (Duration(secondsComponent: 0, attosecondsComponent: 1_999_999_999), 1),
            (Duration(secondsComponent: 0, attosecondsComponent: 999_999_999), 0),
            (.seconds(Int64.max), .max), (.seconds(Int64.min), .min),
        ] as [(Duration, Int64)])
    func wholeNanoseconds(duration: Duration, expected: Int64) {
        #expect(duration.wholeNanoseconds == expected)
    }

    @Test("a duration in seconds keeps its fraction")
    func inSeconds() {
        #expect(Duration.milliseconds(1250).inSeconds == 1.25)
        #expect(Duration.zero.inSeconds == 0)
        #expect(Duration.milliseconds(-500).inSeconds == -0.5)
    }
}
