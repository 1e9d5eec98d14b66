public import FarmModel

/// The name of an upload directory: `YYYYMMDD-HHMMSS-<9 digits>-<cookie>`, in UTC.
///
/// The original has one-second resolution, so that two collections of one build could collide (invariant 40); the
/// added nanoseconds keep the order alphabetical and leave the cookie where the original's reader expects it, in
/// the last two dash-separated parts.
public enum LeafName {
    public static func make(cookie: BuildCookie, now: Instant) -> String {
        let date = CivilDate(now)
        let remainder = now.nanoseconds % 1_000_000_000
        let nanoseconds = remainder < 0 ? remainder + 1_000_000_000 : remainder
        return "\(date.compact)-\(padded(nanoseconds, 9))-\(cookie)"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// A date of the proleptic Gregorian calendar in UTC.
struct CivilDate: Hashable {
    var year: Int64
    var month: Int64
    var day: Int64
    var secondOfDay: Int64

    /// Days are counted in eras of 400 years that begin on 1 March, so that leap days come last.
    init(_ instant: Instant) {
        let seconds = instant.wholeSeconds
        let days = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400
        secondOfDay = seconds - days * 86_400
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// `YYYYMMDD-HHMMSS`
    var compact: String {
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : String(number) }
        let years = String(year)
        return String(repeating: "0", count: max(0, 4 - years.count)) + years + two(month) + two(day) + "-"
            + two(secondOfDay / 3600) + two(secondOfDay / 60 % 60) + two(secondOfDay % 60)
    }
}
