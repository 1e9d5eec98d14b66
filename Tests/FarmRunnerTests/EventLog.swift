import FarmModel
import FarmRecords
import Foundation
import Scenario

/// An event log, read back as anybody would.
struct EventLog {
    struct Line {
        var text: String
        var kind: FarmEvent.Kind
        var members: [String: Any]

        func text(_ member: String) -> String? { members[member] as? String }
        func number(_ member: String) -> Int? { members[member] as? Int }
    }

    private(set) var lines: [Line] = []
    /// What is wrong with single lines.
    private(set) var complaints: [String] = []

    init(path: String) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        if !text.isEmpty, !text.hasSuffix("\n") { complaints.append("the last line is not ended") }
        for line in text.split(separator: "\n") {
            guard let members = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
                let kind = (members["kind"] as? String).flatMap(FarmEvent.Kind.init)
            else {
                complaints.append("no event: \(line)")
                continue
            }
            let known = Set(["time", "kind", "builder", "job"] + kind.fields.map(\.rawValue))
            for member in members.keys where !known.contains(member) {
                complaints.append("\(kind.rawValue) has no member \(member): \(line)")
            }
            lines.append(Line(text: String(line), kind: kind, members: members))
        }
        let times = lines.compactMap { $0.text("time") }
        if times.count != lines.count || times != times.sorted() { complaints.append("times go back") }
    }

    func count(_ kind: FarmEvent.Kind) -> Int { lines.count { $0.kind == kind } }

    func first(_ kind: FarmEvent.Kind) -> Line? { lines.first { $0.kind == kind } }

    /// Holds the log against itself and against the farm's records (invariant 58): every job that a builder took it has
    /// ended, lost or still has; and every failed scan was repeated or recorded.
    func imbalances(_ records: FarmRecords) async throws -> [String] {
        var complaints = complaints
        var held: [String: String] = [:]
        var taken = 0
        var ended = 0
        for line in lines {
            guard let builder = line.text("builder"), let build = line.text("build") else { continue }
            switch line.kind {
            case .jobTaken:
                if let other = held[builder] { complaints.append("\(builder) has \(other): \(line.text)") }
                held[builder] = build
                taken += 1
            case .dispatched:
                if held[builder] != build { complaints.append("not taken: \(line.text)") }
            case .collected, .jobReset, .jobFailed, .jobCancelled:
                if held.removeValue(forKey: builder) != build { complaints.append("not held: \(line.text)") }
                ended += 1
            default: break
            }
        }
        var assigned: [String: String] = [:]
        for builder in try await records.builderListings() {
            if let job = builder.vitals.job { assigned[builder.vitals.name.rawValue] = "\(job.cookie)" }
        }
        if assigned != held { complaints.append("the records assign \(assigned), the log \(held)") }
        if taken != ended + assigned.count {
            complaints.append("\(taken) taken, \(ended) ended, \(assigned.count) still assigned")
        }
        var attempts = 0
        for build in try await records.builds() { attempts += build.attempts }
        if attempts != taken { complaints.append("\(taken) taken, but \(attempts) attempts in the records") }
        let verdicts = try await records.verdicts(limit: 100_000).count
        if verdicts != count(.scanFailed) {
            complaints.append("\(count(.scanFailed)) failed scans recorded, but \(verdicts) verdicts")
        }
        return complaints
    }
}
