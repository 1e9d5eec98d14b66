import FarmModel
package import FarmRecords

/// The live view of a farm in a terminal: builders, queue, last verdicts. A pure rendering of what is handed in.
package struct FarmTable: Sendable {
    package var scenario: String
    package var elapsed: Duration
    package var limit: Duration
    package var builders: [BuilderListing]
    package var builds: [BuildListing]
    package var headlines: [String]

    package init(
        scenario: String, elapsed: Duration, limit: Duration, builders: [BuilderListing],
        builds: [BuildListing], headlines: [String]
    ) {
        self.scenario = scenario
        self.elapsed = elapsed
        self.limit = limit
        self.builders = builders
        self.builds = builds
        self.headlines = headlines
    }

    /// The lines of the view, none wider than `width`, at most `height` of them.
    package func lines(width: Int, height: Int) -> [String] {
        var lines = [
            "\(scenario)   \(Self.seconds(elapsed)) of \(Self.seconds(limit)) s   \(progress)",
            "",
            Self.columns(["BUILDER", "ARCH", "STATE", "FAIL", "JOB"]),
        ]
        let room = max(3, height - lines.count - headlines.count - 2)
        for builder in builders.prefix(builders.count > room ? room - 1 : room) {
            lines.append(Self.columns(Self.cells(builder)))
        }
        if builders.count > room { lines.append("… and \(builders.count - room + 1) more builders") }
        if !headlines.isEmpty {
            lines.append("")
            lines += headlines
        }
        return lines.prefix(height).map { String($0.prefix(width)) }
    }

    /// One line that says how far the farm has come.
    package var progress: String {
        var counts: [BuildStatus: Int] = [:]
        for build in builds { counts[build.status, default: 0] += 1 }
        return "\(builds.count) jobs: "
            + BuildStatus.allCases.compactMap { status in counts[status].map { "\($0) \(status.name)" } }
            .joined(separator: ", ")
    }

    private static func cells(_ builder: BuilderListing) -> [String] {
        let vitals = builder.vitals
        let state =
            if !vitals.isOK { "disabled" } else if let job = vitals.job {
                job.isCancelling ? "cancelling" : "building"
            } else {
                switch vitals.cleanStatus {
                case .clean: "idle"
                case .dirty: "dirty"
                case .cleaning: "cleaning"
                }
            }
        return [
            vitals.name.rawValue, vitals.processors.joined(separator: ","), state,
            String(vitals.failureCount), builder.jobTitle ?? (vitals.isOK ? "" : builder.failNotes ?? ""),
        ]
    }

    private static func columns(_ cells: [String]) -> String {
        zip(cells, [20, 8, 11, 5, 0]).map { cell, width in
            cell.count >= width ? cell + " " : cell + String(repeating: " ", count: width - cell.count)
        }.joined(separator: " ")
    }

    static func seconds(_ duration: Duration) -> String { String(Int(duration.inSeconds.rounded())) }
}
