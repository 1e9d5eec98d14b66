import FarmModel
import Store

/// Something in the records that can never be so in a sound farm.
public struct FarmInconsistency: Hashable, Sendable, CustomStringConvertible {
    /// The number of the invariant that is broken; nil for a rule that has none.
    public var invariant: Int?
    public var message: String

    public var description: String {
        invariant.map { "invariant \($0): \(message)" } ?? message
    }
}

extension FarmRecords {
    /// Looks through all records for what can never be so. An empty answer is the only good one.
    public func audit() async throws -> [FarmInconsistency] {
        try await store.read { tx in
            try FarmAudit.rules.flatMap { rule in
                try tx.query(rule.offenders).map { row in
                    FarmInconsistency(
                        invariant: rule.invariant,
                        message: "\(rule.subject) \(try row.int("id")) \(rule.complaint)")
                }
            }
        }
    }
}

/// The rules of an audit: each a query for the ids of those who break it.
enum FarmAudit {
    struct Rule: Sendable {
        var invariant: Int?
        var subject: String
        var complaint: String
        var offenders: String
    }

    static let rules = assignment + queue + counts + ends

    private static let assignment = [
        Rule(
            invariant: 1, subject: "queue entry", complaint: "is on another builder than its build says",
            offenders: """
                SELECT q.id FROM build_queue q JOIN builds b ON b.id = q.build
                WHERE COALESCE(q.builder, -1) <> COALESCE(b.builder, -1) ORDER BY q.id
                """),
        Rule(
            invariant: 1, subject: "queue entry",
            complaint: "has a builder although it waits, or none although it runs",
            offenders: """
                SELECT id FROM build_queue WHERE (builder IS NULL) <> (status IN (\(raw(.waiting)), \(raw(.suspended))))
                ORDER BY id
                """),
        Rule(
            invariant: 4, subject: "builder", complaint: "has a job and is not DIRTY",
            offenders: """
                SELECT w.id FROM builders w JOIN build_queue q ON q.builder = w.id
                WHERE w.clean_status <> \(CleanStatus.dirty.rawValue) ORDER BY w.id
                """),
        Rule(
            invariant: 1, subject: "queue entry", complaint: "is assigned without an open attempt there",
            offenders: """
                SELECT q.id FROM build_queue q WHERE q.builder IS NOT NULL AND NOT EXISTS (
                    SELECT 1 FROM attempts t WHERE t.build = q.build AND t.builder = q.builder
                        AND t.date_finished IS NULL) ORDER BY q.id
                """),
        Rule(
            invariant: 1, subject: "attempt", complaint: "is open although its build is on no builder",
            offenders: """
                SELECT t.id FROM attempts t WHERE t.date_finished IS NULL AND NOT EXISTS (
                    SELECT 1 FROM build_queue q WHERE q.build = t.build AND q.builder = t.builder) ORDER BY t.id
                """),
    ]

    private static let queue = [
        Rule(
            invariant: 33, subject: "build", complaint: "should be in the queue and is not",
            offenders: """
                SELECT b.id FROM builds b LEFT JOIN build_queue q ON q.build = b.id
                WHERE q.id IS NULL AND b.status IN (\(queued)) ORDER BY b.id
                """),
        Rule(
            invariant: 33, subject: "build", complaint: "is in the queue and should not be",
            offenders: """
                SELECT b.id FROM builds b JOIN build_queue q ON q.build = b.id
                WHERE b.status NOT IN (\(queued)) ORDER BY b.id
                """),
        Rule(
            invariant: 33, subject: "build", complaint: "has another status than its queue entry",
            offenders: """
                SELECT b.id FROM builds b JOIN build_queue q ON q.build = b.id
                WHERE b.status IN (\(queued)) AND NOT (
                    (q.status IN (\(raw(.waiting)), \(raw(.suspended))) AND b.status = \(raw(.needsBuild)))
                    OR (q.status = \(raw(.running)) AND b.status IN (\(raw(.building)), \(raw(.gathering))))
                    OR (q.status = \(raw(QueueStatus.cancelling)) AND b.status = \(raw(BuildStatus.cancelling))))
                ORDER BY b.id
                """),
        Rule(
            invariant: 35, subject: "build",
            complaint: "waits and still has a begin, a builder or a log tail",
            offenders: """
                SELECT b.id FROM builds b JOIN build_queue q ON q.build = b.id
                WHERE b.status = \(raw(.needsBuild)) AND (b.date_started IS NOT NULL OR b.builder IS NOT NULL
                    OR q.date_started IS NOT NULL OR q.logtail IS NOT NULL) ORDER BY b.id
                """),
        Rule(
            invariant: 35, subject: "build", complaint: "asks for something else than its queue entry",
            offenders: """
                SELECT b.id FROM builds b JOIN build_queue q ON q.build = b.id
                WHERE q.constraints <> b.constraints OR q.is_virtual <> b.is_virtual
                    OR COALESCE(q.processor, '') <> COALESCE(b.processor, '') ORDER BY b.id
                """),
    ]

    private static let counts = [
        Rule(
            invariant: 25, subject: "builder",
            complaint: "has given out more standing strikes than it counts",
            offenders: """
                SELECT w.id FROM builders w WHERE w.failure_count < (
                    SELECT COALESCE(SUM(t.builder_strikes), 0) FROM attempts t WHERE t.builder = w.id) ORDER BY w.id
                """),
        Rule(
            invariant: 25, subject: "build", complaint: "counts other failures than its attempts",
            offenders: """
                SELECT b.id FROM builds b WHERE b.failure_count <> (
                    SELECT COALESCE(SUM(t.job_strikes), 0) FROM attempts t WHERE t.build = b.id) ORDER BY b.id
                """),
        Rule(
            invariant: nil, subject: "attempt", complaint: "has more standing strikes than it ever got",
            offenders: """
                SELECT id FROM attempts WHERE builder_strikes < 0 OR job_strikes < 0
                    OR builder_strikes > strikes OR job_strikes > strikes ORDER BY id
                """),
    ]

    private static let ends = [
        Rule(
            invariant: 33, subject: "build",
            complaint: "has ended without a date, or has a date without having ended",
            offenders: """
                SELECT id FROM builds WHERE (date_finished IS NULL) <> (status IN (\(queued))) ORDER BY id
                """),
        Rule(
            invariant: 46, subject: "build", complaint: "is UPLOADING without a leaf",
            offenders: """
                SELECT id FROM builds WHERE status = \(raw(.uploading)) AND upload_leaf IS NULL ORDER BY id
                """),
        Rule(
            invariant: 48, subject: "build",
            complaint: "is FULLYBUILT without a binary, or has one without being so",
            offenders: """
                SELECT b.id FROM builds b WHERE (b.status = \(raw(.fullyBuilt)))
                    <> EXISTS (SELECT 1 FROM binaries p WHERE p.build = b.id) ORDER BY b.id
                """),
        Rule(
            invariant: nil, subject: "build", complaint: "names dependencies without waiting for them",
            offenders: """
                SELECT id FROM builds WHERE dependencies IS NOT NULL AND status <> \(raw(.manualDepWait)) ORDER BY id
                """),
    ]

    private static let queued = BuildStatus.allCases.filter(\.hasQueueEntry).map { String($0.rawValue) }
        .joined(separator: ", ")

    private static func raw(_ status: BuildStatus) -> Int { status.rawValue }
    private static func raw(_ status: QueueStatus) -> Int { status.rawValue }
}
