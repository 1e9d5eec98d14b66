import FarmModel

/// The time lines of a build log (protocol spec 10).
enum LogTime {
    /// A line such as `[Mon Jan  1 00:00:00 2024]`, without its newline.
    ///
    /// - Parameter offset: the slave's local time minus UTC.
    static func line(at instant: Instant, offset: Duration) -> String {
        let seconds = (instant + offset).wholeSeconds
        let days = floorDivide(seconds, 86_400)
        let secondOfDay = seconds - days * 86_400
        let (year, month, day) = date(days: days)
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let weekday = weekdays[Int(days - floorDivide(days, 7) * 7)]
        let clock = [secondOfDay / 3_600, secondOfDay / 60 % 60, secondOfDay % 60]
            .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        return "[\(weekday) \(months[month - 1]) \(day < 10 ? " " : "")\(day) \(clock) \(year)]"
    }

    /// The date in the Gregorian calendar that lies this many days after 1970-01-01.
    private static func date(days: Int64) -> (year: Int64, month: Int, day: Int64) {
        // Years are counted from March here, so that the leap day comes last; an era has 400 years.
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = Int(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func floorDivide(_ dividend: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
