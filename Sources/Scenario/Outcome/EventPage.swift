import FarmModel

extension FarmEvent.Kind {
    /// The fields that a line of this kind usually has; one that is not known is left out.
    public var fields: [FarmEvent.Field] {
        switch self {
        case .runStarted: [.builders, .jobs, .seed, .scenario]
        case .runEnded: [.ending, .verdict]
        case .jobQueued: [.build, .score]
        case .jobTaken: [.build, .attempt, .score]
        case .dispatched: [.build, .attempt]
        case .statusChanged: [.build, .from, .to]
        case .collected: [.build, .to]
        case .cancelRequested: [.build]
        case .uploadAccepted: [.build, .binaries]
        case .uploadRejected, .jobLost: [.build, .reason]
        case .scanFailed: [.build, .reason, .builderFailures, .jobFailures]
        case .scanRetried: [.build, .reason, .failures]
        case .isolationError: [.build, .reason]
        case .jobReset, .jobFailed, .jobCancelled: [.build, .reason, .builderFailures, .jobFailures]
        case .builderCleaned, .builderReset: []
        case .builderDirtied, .builderDisabled: [.build, .reason, .builderFailures, .jobFailures]
        case .slaveKilled: [.build]
        case .faultInjected: [.rule, .fault, .moment]
        case .processorEnded: [.reason]
        }
    }
}

extension FarmEvent {
    /// The page `docs/events.md`.
    public static func markdown() -> String {
        let example = FarmEvent(
            .dispatched, at: Instant(nanoseconds: 1_767_225_600_123_456_000),
            builder: BuilderName("lcy-amd64-001"),
            job: "hello-ppa_1.0_i386", fields: [.build: "PACKAGEBUILD-7", .attempt: 1])
        var page = """
            # The event log

            This page is generated from the events themselves (`BAIKONUR_REGENERATE=1 swift test --filter \
            FarmEventTests`).

            A run writes one JSON object for each event, one in a line, in the order in which things happened:

            ```json
            \(example.jsonLine)
            ```

            Members come in the order of the tables below. A member whose value is not known is left out. The same \
            run in virtual time gives the same log, byte for byte.

            | member | always | meaning |
            | --- | --- | --- |
            | `time` | yes | When it happened, in UTC, with microseconds. |
            | `kind` | yes | What happened, see below. |
            | `builder` | | The builder, and its slave, by name. |
            | `job` | | The job: `SOURCE_VERSION_ARCHITECTURE`, the version without its epoch. |

            """
        for field in Field.allCases { page += "| `\(field.rawValue)` | | \(field.summary) |\n" }
        page += "\n## Kinds\n\n| kind | meaning | members |\n| --- | --- | --- |\n"
        for kind in Kind.allCases {
            let fields = kind.fields.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            page += "| `\(kind.rawValue)` | \(kind.summary) | \(fields) |\n"
        }
        return page
    }
}
