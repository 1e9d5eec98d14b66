/// The view of a farm where there is no terminal: a line when something has changed, at most one in a second, and every
/// headline.
package struct FarmTicker: Sendable {
    private var lastCounts = ""
    private var lastSecond = -1
    private var headlines = 0

    package init() {}

    /// What there is to say about another look at the farm.
    ///
    /// - Parameter isLast: says what has changed even if the second is not over.
    package mutating func lines(for table: FarmTable, isLast: Bool = false) -> [String] {
        var lines: [String] = []
        let second = FarmTable.seconds(table.elapsed)
        let time = String(second)
        let margin = String(repeating: " ", count: max(0, 4 - time.count))
        if table.jobCounts != lastCounts, isLast || second > lastSecond, !table.builds.isEmpty {
            lastCounts = table.jobCounts
            lastSecond = second
            lines.append("\(margin)\(time) s  \(table.builds.count) jobs: \(table.jobCounts)")
        }
        for headline in table.headlines.added(since: headlines) {
            lines.append("\(margin)\(time) s  \(headline)")
        }
        headlines = table.headlines.count
        return lines
    }
}
