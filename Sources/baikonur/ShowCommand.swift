import ArgumentParser
import FarmModel
import FarmRecords
import Foundation

extension Baikonur {
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show all that a farm knows of one builder or job.",
            discussion: """
                A builder is named as in 'baikonur builders', a job as in 'baikonur jobs': by name, cookie or number.
                """)

        @Argument(help: "A builder or a job.") var subject: String

        @Flag(name: .long, help: "Print the job's whole build log.") var log = false

        @Flag(name: .long, help: "Print the job's upload log.") var uploadLog = false

        @OptionGroup var farm: FarmOption

        func validate() throws {
            if log, uploadLog { throw ValidationError("Ask for one log at a time.") }
        }

        func run() async throws {
            let access = try FarmAccess(farm)
            if let build = try await access.job(subject) {
                if log || uploadLog {
                    try show(log: log ? build.log : build.uploadLog, tail: log ? build.logTail : nil, access)
                } else {
                    try await show(build, access.records)
                }
            } else if let builder = try await access.records.builderListings().first(where: {
                $0.vitals.name.rawValue == subject
            }) {
                if log || uploadLog {
                    throw CommandFailure("\(subject) is a builder, and only jobs have logs")
                }
                try await show(builder, access.records)
            } else {
                throw CommandFailure(
                    "no builder and no job is called '\(subject)' in \(access.directory.root)")
            }
        }

        private func show(_ build: BuildListing, _ records: FarmRecords) async throws {
            var text = "\(build.title) (\(build.cookie)): \(build.status.name)\n"
            text += "source: \(build.sourceName) \(build.sourceVersion)\n"
            if let score = build.score { text += "score: \(score)\n" }
            if let dependencies = build.dependencies {
                text += "waits for: \(ForeignText.shown(dependencies))\n"
            }
            text += "failures: \(build.failureCount)\n"
            for attempt in try await records.attempts(of: build.build) {
                let strikes = attempt.strikes > 0 ? ", \(counted(attempt.strikes, "failure"))" : ""
                text += "attempt on \(attempt.builder): \(attempt.outcome ?? "runs")\(strikes)\n"
            }
            for binary in try await records.binaries(of: build.build) {
                text += "binary \(binary.fileName): \(binary.size) bytes, SHA-256 \(binary.sha256)\n"
            }
            say(text + Self.lines(try await records.verdicts(build: build.build)))
        }

        private func show(_ builder: BuilderListing, _ records: FarmRecords) async throws {
            let vitals = builder.vitals
            var text =
                "\(vitals.name) at \(vitals.url): \(vitals.isOK ? "enabled" : "disabled"), \(vitals.cleanStatus.name)\n"
            if let notes = builder.failNotes { text += "notes: \(ForeignText.shown(notes))\n" }
            if let job = builder.jobTitle { text += "builds: \(job)\n" }
            text += "failures: \(vitals.failureCount)\n"
            say(text + Self.lines(try await records.verdicts(builder: vitals.id)))
        }

        private static func lines(_ verdicts: [VerdictListing]) -> String {
            verdicts.reversed().map { verdict in
                let job = verdict.build.map { ", job \($0): \(verdict.jobAction)" } ?? ""
                return
                    "verdict: \(verdict.explanation); builder \(verdict.builder): \(verdict.builderAction)\(job); "
                    + "after \(verdict.cause): \(ForeignText.shown(verdict.message))\n"
            }.joined()
        }

        /// Writes a log byte for byte; of a build that runs, the tail that the manager saw last.
        private func show(log sum: SHA1Digest?, tail: String?, _ access: FarmAccess) throws {
            if let sum {
                let file = try access.library().openFile(sum)
                try FileHandle(fileDescriptor: file.raw, closeOnDealloc: false).copy(to: .standardOutput)
            } else if let tail {
                say(tail.hasSuffix("\n") ? tail : tail + "\n")
            } else {
                throw CommandFailure("\(subject) has no such log yet")
            }
        }
    }
}

extension FileHandle {
    /// Copies the rest of a file; a reader that went away ends the copy.
    fileprivate func copy(to other: FileHandle) throws {
        while let piece = try read(upToCount: 1 << 16), !piece.isEmpty {
            guard (try? other.write(contentsOf: piece)) != nil else { return }
        }
    }
}
