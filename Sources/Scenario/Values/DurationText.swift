/// Durations as people write them: `250ms`, `5s`, `1.5s`, `2m`, `1h30m`, `3d`.
package enum DurationText {
    private static let units: [(name: String, nanoseconds: Int)] = [
        ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000),
        ("ms", 1_000_000), ("us", 1000), ("µs", 1000), ("ns", 1),
    ]
    /// No scenario needs more than a year.
    private static let longest: Int64 = 366 * 86_400_000_000_000

    /// Nil when the text is no duration: a number needs a unit (a bare `0` apart), several parts come from the
    /// largest unit to the smallest, and the whole is at most 366 days.
    package static func read(_ text: some StringProtocol) -> Duration? {
        if text == "0" { return .zero }
        var rest = Substring(text)
        var total: Int64 = 0
        var lastFactor = Int.max
        repeat {
            guard let part = Quantity(rest), let unit = units.first(where: { $0.name == part.unit }),
                unit.nanoseconds < lastFactor, let nanoseconds = part.scaled(by: unit.nanoseconds)
            else { return nil }
            guard nanoseconds <= longest, total <= longest - nanoseconds else { return nil }
            total += nanoseconds
            lastFactor = unit.nanoseconds
            rest = part.rest.drop { $0 == " " }
        } while !rest.isEmpty
        return .nanoseconds(total)
    }

    /// The shortest text that reads back the same, such as `1h30m`.
    package static func write(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        var rest = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        guard rest > 0 else { return "0s" }
        var text = ""
        for unit in units where unit.name != "µs" && rest >= Int64(unit.nanoseconds) {
            text += "\(rest / Int64(unit.nanoseconds))\(unit.name)"
            rest %= Int64(unit.nanoseconds)
        }
        return text
    }
}
