/// Dates of HTTP headers, written and read as the imitated server does.
public enum HTTPDate {
    private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The date as `Mon, 01 Jan 2024 00:00:00 GMT`.
    ///
    /// - Parameter second: seconds since the Unix epoch.
    public static func text(second: Int64) -> String {
        let (days, time) = floorDivide(second, by: 86_400)
        let (year, month, day) = civil(days: days)
        let weekday = weekdays[Int(floorDivide(days + 3, by: 7).remainder)]
        return "\(weekday), \(padded(day)) \(months[month - 1]) \(padded(year, to: 4)) "
            + "\(padded(Int(time / 3600))):\(padded(Int(time / 60 % 60))):\(padded(Int(time % 60))) GMT"
    }

    /// Reads a date in one of the three forms of HTTP, with the tolerance of the imitated server: the weekday
    /// and the zone are not looked at.
    ///
    /// - Returns: seconds since the Unix epoch, or nil when it is no date.
    public static func second(_ text: some Collection<UInt8>) -> Int64? {
        let words = text.split(whereSeparator: ASCII.isSpace).map { String(decoding: $0, as: UTF8.self) }
        guard let first = words.first else { return nil }
        if !weekdays.contains(where: { $0.lowercased() == first.prefix(3).lowercased() }),
            let second = second(words: ["Sun,"] + words)
        {
            return second
        }
        return second(words: words)
    }

    private static func second(words: [String]) -> Int64? {
        if words.count == 5 || words.count == 6, words[1].utf8.allSatisfy(ASCII.isDigit) {
            return second(day: words[1], month: words[2], year: words[3], time: words[4])
        }
        if words.count == 3 || words.count == 4, words[1].contains("-") {
            let parts = words[1].split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, let year = Int(parts[2]) else { return nil }
            let full = year < 69 ? year + 2000 : year < 100 ? year + 1900 : year
            return second(day: parts[0], month: parts[1], year: String(full), time: words[2])
        }
        guard words.count == 5 else { return nil }
        return second(day: words[2], month: words[1], year: words[4], time: words[3])
    }

    private static func second(day: String, month: String, year: String, time: String) -> Int64? {
        let parts = time.split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) }
        guard let day = Int64(day), let year = Int64(year), (1970...9999).contains(year),
            (1...31).contains(day),
            let month = months.firstIndex(where: { $0.lowercased() == month.lowercased() }),
            parts.count == 3, let hour = parts[0], let minute = parts[1], let second = parts[2],
            [hour, minute, second].allSatisfy({ (0...99).contains($0) })
        else { return nil }
        return (days(year: year, month: month + 1) + day - 1) * 86_400 + hour * 3600 + minute * 60 + second
    }

    /// Days from the epoch to the first of a month, by the calendar's 400-year cycle that begins in March.
    private static func days(year: Int64, month: Int) -> Int64 {
        let shifted = month > 2 ? year : year - 1
        let (era, yearOfEra) = floorDivide(shifted, by: 400)
        let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5)
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func civil(days: Int64) -> (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = floorDivide(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let day = Int(dayOfYear - (153 * shifted + 2) / 5 + 1)
        let month = Int(shifted < 10 ? shifted + 3 : shifted - 9)
        return (Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0), month, day)
    }

    private static func floorDivide(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64)
    {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private static func padded(_ number: Int, to width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
