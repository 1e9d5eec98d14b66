public import FarmModel

/// Something that happened in a farm: a line of the event log (`docs/events.md`).
public struct FarmEvent: Hashable, Sendable {
    /// What happened.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case runStarted = "run-started"
        case runEnded = "run-ended"
        case jobQueued = "job-queued"
        case jobTaken = "job-taken"
        case dispatched
        case statusChanged = "status-changed"
        case collected
        case cancelRequested = "cancel-requested"
        case uploadAccepted = "upload-accepted"
        case uploadRejected = "upload-rejected"
        case scanFailed = "scan-failed"
        case scanRetried = "scan-retried"
        case isolationError = "isolation-error"
        case jobLost = "job-lost"
        case jobReset = "job-reset"
        case jobFailed = "job-failed"
        case jobCancelled = "job-cancelled"
        case builderCleaned = "builder-cleaned"
        case builderReset = "builder-reset"
        case builderDirtied = "builder-dirtied"
        case builderDisabled = "builder-disabled"
        case slaveKilled = "slave-killed"
        case faultInjected = "fault-injected"
        case processorEnded = "upload-processor-ended"

        /// One line for `docs/events.md`.
        public var summary: String {
            switch self {
            case .runStarted: "The run begins: the slaves are started, and then the manager."
            case .runEnded: "The farm is stopped."
            case .jobQueued: "A job entered the queue."
            case .jobTaken: "A builder took a job from the queue; its attempt at it begins."
            case .dispatched: "The builder accepted the job."
            case .statusChanged: "A build's status changed."
            case .collected: "The results of a build were fetched, checked and handed to the upload queue."
            case .cancelRequested: "Somebody asked for a job to be cancelled."
            case .uploadAccepted: "The upload processor accepted a build's packages."
            case .uploadRejected: "The upload processor refused a build's packages."
            case .scanFailed: "A failed scan was recorded: it counts against the builder, and its job if any."
            case .scanRetried: "A scan failed and is only repeated."
            case .isolationError:
                "A builder was not what it has to be for safety; it and its job are stopped."
            case .jobLost: "A builder no longer has the job it was given."
            case .jobReset: "A job went back to the queue."
            case .jobFailed: "A job was failed by a verdict on failures."
            case .jobCancelled: "A job was cancelled."
            case .builderCleaned: "A builder is clean and may take a job."
            case .builderReset: "The reset command of a virtual builder was run."
            case .builderDirtied: "A builder has to be cleaned, by a verdict on failures."
            case .builderDisabled: "A builder was disabled by a verdict on failures."
            case .slaveKilled: "A build took its slave down."
            case .faultInjected: "A fault rule fired."
            case .processorEnded: "The upload processor ended by itself and is started again."
            }
        }
    }

    /// What a line can say besides time, kind, builder and job; in the order in which it is written.
    public enum Field: String, Hashable, Sendable, CaseIterable {
        case build
        case attempt
        case score
        case from
        case to
        case binaries
        case reason
        case failures
        case builderFailures = "builder-failures"
        case jobFailures = "job-failures"
        case rule
        case fault
        case moment
        case builders
        case jobs
        case seed
        case scenario
        case ending
        case verdict

        public var summary: String {
            switch self {
            case .build: "The build's cookie, such as `PACKAGEBUILD-7`."
            case .attempt: "Which attempt at the job it is, from 1."
            case .score: "The job's score."
            case .from: "The status before."
            case .to: "The status after."
            case .binaries: "How many binary packages."
            case .reason: "Why, for people."
            case .failures: "How many scans failed in a row."
            case .builderFailures: "The builder's failure count, this failure included."
            case .jobFailures: "The job's failure count, this failure included."
            case .rule: "The fault rule's name."
            case .fault: "The fault's name in the catalogue."
            case .moment:
                "What the fault acted on: `call status`, `file NAME`, `build`, `reset`, `listening`."
            case .builders: "How many builders the farm has."
            case .jobs: "How many jobs the scenario has."
            case .seed: "The scenario's seed, as text: it may exceed what JSON readers keep exact."
            case .scenario: "The scenario's name."
            case .ending: "Why the run ended: `all-final`, `limit` or `interrupted`."
            case .verdict: "`PASS`, `FAIL` or `INCONCLUSIVE`."
            }
        }
    }

    public enum Value: Hashable, Sendable {
        case text(String)
        case number(Int64)
        case flag(Bool)
    }

    public var time: Instant
    public var kind: Kind
    public var builder: BuilderName?
    /// `SOURCE_VERSION_ARCHITECTURE`.
    public var job: String?
    public var fields: [Field: Value]

    public init(
        _ kind: Kind, at time: Instant, builder: BuilderName? = nil, job: String? = nil,
        fields: [Field: Value] = [:]
    ) {
        self.kind = kind
        self.time = time
        self.builder = builder
        self.job = job
        self.fields = fields
    }

    /// The event as a line of JSON without the line end. The same event always gives the same text.
    public var jsonLine: String {
        var object = JSONObjectText()
        object.add("time", text: time.timestamp)
        object.add("kind", text: kind.rawValue)
        if let builder { object.add("builder", text: builder.rawValue) }
        if let job { object.add("job", text: job) }
        for field in Field.allCases {
            switch fields[field] {
            case .text(let text): object.add(field.rawValue, text: text)
            case .number(let number): object.add(field.rawValue, number: number)
            case .flag(let flag): object.add(field.rawValue, flag: flag)
            case nil: break
            }
        }
        return object.closed
    }
}

extension FarmEvent.Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int64) { self = .number(value) }
}

extension Instant {
    /// The time as `2026-01-31T12:34:56.789012Z`, rounded down to microseconds.
    var timestamp: String {
        let seconds = wholeSeconds
        let day = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let rest = seconds - day * 86_400
        let (year, month, dayOfMonth) = Self.civil(day)
        let microseconds = (nanoseconds - seconds * 1_000_000_000) / 1000
        func padded(_ number: Int64, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        let date = [padded(year, 4), padded(month, 2), padded(dayOfMonth, 2)].joined(separator: "-")
        let clock = [rest / 3600, rest / 60 % 60, rest % 60].map { padded($0, 2) }.joined(separator: ":")
        return "\(date)T\(clock).\(padded(microseconds, 6))Z"
    }

    /// Year, month and day of a day counted from 1970-01-01, in the Gregorian calendar.
    private static func civil(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // Eras of 400 years of 146,097 days; years begin in March so that the leap day comes last.
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfMonth)
    }
}
