import ArgumentParser
import ContentStore
import FarmModel
import FarmRecords
import Foundation

extension Baikonur {
    struct Builders: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List a farm's builders.")

        @OptionGroup var farm: FarmOption

        func run() async throws {
            var rows = [["NAME", "ARCH", "KIND", "STATE", "CLEAN", "FAIL", "VERSION", "JOB OR NOTES"]]
            for builder in try await farm.records().builderListings() {
                let vitals = builder.vitals
                rows.append([
                    vitals.name.rawValue, vitals.processors.joined(separator: ","),
                    vitals.isVirtualized ? "virtual" : "real",
                    vitals.isOK ? (vitals.isManual ? "manual" : "ok") : "disabled", vitals.cleanStatus.name,
                    String(vitals.failureCount), vitals.version ?? "-",
                    builder.jobTitle ?? builder.failNotes ?? "",
                ])
            }
            printColumns(rows)
        }
    }

    struct Jobs: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List a farm's jobs.")

        @OptionGroup var farm: FarmOption

        @Option(name: .long, help: "Only jobs in this status, such as NEEDSBUILD or FULLYBUILT.")
        var status: String?

        func validate() throws {
            if let status, BuildStatus(name: status.uppercased()) == nil {
                throw ValidationError(
                    "'\(status)' is no status; known are \(BuildStatus.allCases.map(\.name).joined(separator: ", ")).")
            }
        }

        func run() async throws {
            let wanted = status.flatMap { BuildStatus(name: $0.uppercased()) }
            var rows = [["JOB", "NAME", "STATUS", "BUILDER", "TRIES", "FAIL", "SCORE", "BINARIES"]]
            for build in try await farm.records().builds(in: wanted) {
                rows.append([
                    build.cookie.description, build.title, build.status.name, build.builder ?? "-",
                    String(build.attempts), String(build.failureCount), build.score.map(String.init) ?? "-",
                    String(build.binaries),
                ])
            }
            printColumns(rows)
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show all that a farm knows of one builder or job.",
            discussion: "A builder is named as in 'baikonur builders', a job as in 'baikonur jobs' (name, cookie or number).")

        @Argument(help: "A builder or a job.") var subject: String

        @Flag(name: .long, help: "Print the job's whole build log.") var log = false

        @Flag(name: .long, help: "Print the job's upload log.") var uploadLog = false

        @OptionGroup var farm: FarmOption

        func run() async throws {
            let records = try farm.records()
            if let build = try await find(job: subject, in: records) {
                if log || uploadLog {
                    try printLog(log ? build.log : build.uploadLog, tail: log ? build.logTail : nil)
                } else {
                    try await show(build, records)
                }
            } else if let builder = try await records.builderListings().first(where: {
                $0.vitals.name.rawValue == subject
            }) {
                try await show(builder, records)
            } else {
                throw ValidationError("No builder and no job is called '\(subject)' in \(farm.farm).")
            }
        }

        private func show(_ build: BuildListing, _ records: FarmRecords) async throws {
            print("\(build.title) (\(build.cookie)): \(build.status.name)")
            if let dependencies = build.dependencies { print("waits for: \(dependencies)") }
            print("failures: \(build.failureCount)")
            for attempt in try await records.attempts(of: build.build) {
                print(
                    "  on \(attempt.builder): \(attempt.outcome ?? "running")"
                        + (attempt.strikes > 0 ? ", \(attempt.strikes) failures" : ""))
            }
            for binary in try await records.binaries(of: build.build) {
                print("  \(binary.fileName)  \(binary.size) bytes  sha256 \(binary.sha256)")
            }
            try await printVerdicts(records.verdicts(build: build.build))
        }

        private func show(_ builder: BuilderListing, _ records: FarmRecords) async throws {
            let vitals = builder.vitals
            print("\(vitals.name) at \(vitals.url): \(vitals.isOK ? "enabled" : "disabled"), \(vitals.cleanStatus.name)")
            if let notes = builder.failNotes { print("notes: \(notes)") }
            if let job = builder.jobTitle { print("builds: \(job)") }
            print("failures: \(vitals.failureCount)")
            try await printVerdicts(records.verdicts(builder: vitals.id))
        }

        private func printVerdicts(_ verdicts: [VerdictListing]) {
            for verdict in verdicts.reversed() {
                print(
                    "  verdict on \(verdict.builder)\(verdict.build.map { " and job \($0)" } ?? ""): "
                        + "\(verdict.explanation) (\(verdict.cause): \(verdict.message)); "
                        + "builder: \(verdict.builderAction), job: \(verdict.jobAction)")
            }
        }

        private func printLog(_ sum: SHA1Digest?, tail: String?) throws {
            guard let sum else {
                guard let tail else { throw ValidationError("There is no such log yet.") }
                print(tail)
                return
            }
            FileHandle.standardOutput.write(Data(try farm.library().bytes(of: sum, limit: 1 << 30)))
        }
    }
}

/// Finds a job by name, cookie or number.
func find(job subject: String, in records: FarmRecords) async throws -> BuildListing? {
    if let number = Int64(subject) { return try await records.build(BuildID(number)) }
    if let cookie = BuildCookie(subject) { return try await records.build(cookie.build) }
    return try await records.builds().last { $0.title == subject }
}

/// Prints a table whose columns are as wide as their widest cell.
func printColumns(_ rows: [[String]]) {
    let widths = rows.reduce(into: [Int]()) { widths, row in
        for (index, cell) in row.enumerated() {
            if index == widths.count { widths.append(0) }
            widths[index] = max(widths[index], cell.count)
        }
    }
    for row in rows {
        let cells = zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
        print(cells.joined(separator: "  ").trimmingCharacters(in: .whitespaces))
    }
}
