import ArgumentParser
import FarmModel
import FarmRecords

extension Baikonur {
    struct Builders: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List a farm's builders.")

        @OptionGroup var farm: FarmOption

        func run() async throws {
            var rows = [["NAME", "ARCH", "KIND", "STATE", "CLEAN", "FAIL", "VERSION", "JOB OR NOTES"]]
            for builder in try await FarmAccess(farm).records.builderListings() {
                let vitals = builder.vitals
                rows.append([
                    vitals.name.rawValue, vitals.processors.joined(separator: ","),
                    vitals.isVirtualized ? "virtual" : "real",
                    vitals.isOK ? (vitals.isManual ? "paused" : "ok") : "disabled", vitals.cleanStatus.name,
                    String(vitals.failureCount), vitals.version ?? "-",
                    builder.jobTitle ?? builder.failNotes.map { ForeignText.shown($0) } ?? "",
                ])
            }
            sayColumns(rows)
        }
    }

    struct Jobs: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List a farm's jobs.")

        @OptionGroup var farm: FarmOption

        @Option(name: .long, help: "Only jobs in this status, such as NEEDSBUILD or FULLYBUILT.")
        var status: BuildStatus?

        func run() async throws {
            var rows = [["JOB", "NAME", "STATUS", "BUILDER", "TRIES", "FAIL", "SCORE", "BINARIES"]]
            for build in try await FarmAccess(farm).records.builds(in: status) {
                rows.append([
                    build.cookie.description, build.title, build.status.name, build.builder ?? "-",
                    String(build.attempts), String(build.failureCount), build.score.map(String.init) ?? "-",
                    String(build.binaries),
                ])
            }
            sayColumns(rows)
        }
    }
}
