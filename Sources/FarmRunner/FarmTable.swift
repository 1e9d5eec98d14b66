import FarmModel
package import FarmRecords

/// The live view of a farm in a terminal: jobs, builders, queue, what happened last. A pure rendering of what is handed
/// in.
package struct FarmTable: Sendable {
    /// A line of the view. Its tone is for terminals that have colours.
    package struct Line: Hashable, Sendable {
        package enum Tone: Hashable, Sendable { case plain, title, heading, busy, bad, faint }

        package var text: String
        package var tone: Tone
    }

    package var scenario: String
    package var elapsed: Duration
    package var limit: Duration
    /// By name.
    package var builders: [BuilderListing]
    package var builds: [BuildListing]
    package var headlines: HeadlineList

    package init(
        scenario: String, elapsed: Duration, limit: Duration, builders: [BuilderListing],
        builds: [BuildListing], headlines: HeadlineList
    ) {
        self.scenario = scenario
        self.elapsed = elapsed
        self.limit = limit
        self.builders = builders
        self.builds = builds
        self.headlines = headlines
    }

    /// How many headlines the view shows.
    private static let shownHeadlines = 5

    /// The lines of the view, none wider than `width`, at most `height` of them.
    package func lines(width: Int, height: Int) -> [Line] {
        var lines = [
            Line(text: "\(scenario)   \(Self.seconds(elapsed)) s of \(Self.seconds(limit)) s", tone: .title),
            Line(text: "jobs      \(builds.count): \(jobCounts)", tone: .plain),
            Line(text: "builders  \(builders.count): \(builderCounts)", tone: .plain),
            Line(text: "queue     \(queue(width: width - 10))", tone: .plain),
            Line(text: "", tone: .plain),
        ]
        var end = headlines.newest.suffix(Self.shownHeadlines).map { Line(text: $0, tone: .faint) }
        if !end.isEmpty { end.insert(Line(text: "", tone: .plain), at: 0) }
        lines += builderLines(room: height - lines.count - end.count) + end
        return lines.prefix(max(0, height)).map { Line(text: Self.cut($0.text, to: width), tone: $0.tone) }
    }

    /// How many jobs are in which status.
    package var jobCounts: String { Self.tally(builds.map(\.status), \.name) }

    private var builderCounts: String { Self.tally(builders.map { BuilderState($0.vitals) }, \.rawValue) }

    /// How often each word occurs, such as `3 idle, 1 disabled`.
    private static func tally<Word: Hashable & CaseIterable>(_ words: [Word], _ name: (Word) -> String)
        -> String
    {
        let counts = words.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        guard !counts.isEmpty else { return "none" }
        return Word.allCases.compactMap { word in counts[word].map { "\($0) \(name(word))" } }
            .joined(separator: ", ")
    }

    /// The waiting jobs that come first.
    private func queue(width: Int) -> String {
        let waiting = builds.filter { $0.status == .needsBuild }
            .sorted { ($1.score ?? 0, $0.build) < ($0.score ?? 0, $1.build) }.map(\.title)
        guard !waiting.isEmpty else { return "empty" }
        var text = ""
        for (index, title) in waiting.enumerated() {
            let longer = text + (index > 0 ? ", " : "") + title
            let rest = waiting.count - index - 1
            let more = rest > 0 ? " and \(rest) more" : ""
            guard longer.count + more.count <= width else {
                return text.isEmpty ? "\(waiting.count) jobs" : text + " and \(waiting.count - index) more"
            }
            text = longer
        }
        return text
    }

    /// The table of builders. When there is no room for all, those to which something happens come first.
    private func builderLines(room: Int) -> [Line] {
        let fits = builders.count < room
        let shown = fits ? builders : mostTelling(max(0, room - 2))
        let rows = shown.map(Self.cells)
        let headings = ["BUILDER", "ARCH", "STATE", "FAIL", "JOB"]
        let widths = headings.indices.map { column in
            ([headings] + rows).reduce(0) { max($0, $1[column].count) }
        }
        var lines = [Line(text: Self.row(headings, widths), tone: .heading)]
        for (builder, cells) in zip(shown, rows) {
            lines.append(Line(text: Self.row(cells, widths), tone: BuilderState(builder.vitals).tone))
        }
        if !fits { lines.append(Line(text: "… and \(builders.count - shown.count) more", tone: .faint)) }
        return lines
    }

    private func mostTelling(_ count: Int) -> [BuilderListing] {
        let places = builders.indices.sorted { left, right in
            (Self.dullness(builders[left]), left) < (Self.dullness(builders[right]), right)
        }
        return places.prefix(count).sorted().map { builders[$0] }
    }

    private static func dullness(_ builder: BuilderListing) -> Int {
        if !builder.vitals.isOK || builder.vitals.failureCount > 0 { return 0 }
        return builder.vitals.job == nil ? 2 : 1
    }

    private static func cells(_ builder: BuilderListing) -> [String] {
        let vitals = builder.vitals
        let notes = vitals.isOK ? "" : ForeignText.shown(builder.failNotes ?? "")
        return [
            vitals.name.rawValue, vitals.processors.joined(separator: ","), BuilderState(vitals).rawValue,
            String(vitals.failureCount), builder.jobTitle ?? notes,
        ]
    }

    private static func row(_ cells: [String], _ widths: [Int]) -> String {
        var row = zip(cells, widths).map { cell, width in
            cell + String(repeating: " ", count: width - cell.count)
        }
        .joined(separator: "  ")
        while row.last == " " { row.removeLast() }
        return row
    }

    private static func cut(_ text: String, to width: Int) -> String {
        text.count <= width ? text : text.prefix(max(0, width - 1)) + "…"
    }

    static func seconds(_ duration: Duration) -> Int { Int(duration / .seconds(1)) }
}

/// What a builder is doing, in a word.
private enum BuilderState: String, CaseIterable {
    case building, cancelling, idle, dirty, cleaning, disabled

    init(_ vitals: BuilderVitals) {
        if !vitals.isOK {
            self = .disabled
        } else if let job = vitals.job {
            self = job.isCancelling ? .cancelling : .building
        } else {
            switch vitals.cleanStatus {
            case .clean: self = .idle
            case .dirty: self = .dirty
            case .cleaning: self = .cleaning
            }
        }
    }

    var tone: FarmTable.Line.Tone {
        switch self {
        case .building, .cancelling: .busy
        case .disabled: .bad
        case .idle, .dirty, .cleaning: .plain
        }
    }
}
