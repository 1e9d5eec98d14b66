import FarmModel

extension BuildScript {
    /// A `build:` mapping; what it leaves out is as in `model`.
    init?(reading field: Field, model: BuildScript) {
        self = model
        guard let keys = MappingReader(field, "a build") else { return nil }
        keys.set(&progress, "duration") { $0.progress() }
        if let calls = keys["status-calls"] {
            if let duration = keys["duration"] {
                calls.report(
                    .conflict, found: "`status-calls` beside `duration`", expected: "one of them",
                    hint: "see line \(duration.place.line)")
            }
            if let number = calls.integer(in: 1...1_000_000) { progress = .statusCalls(number) }
        }
        keys.set(&outcome, "outcome") { $0.outcome() }
        if let entries = keys["log"] { log = LogEntry.readAll(entries, during: progress) }
        keys.finish()
    }
}

extension BuildScript.Results {
    /// The value of `results:`.
    init?(reading field: Field, folders: some ScenarioFolders) {
        if field.isMapping {
            guard let keys = MappingReader(field, "where results come from") else { return nil }
            let size = keys.required("generated", "a number of bytes, a folder, or none")
            keys.finish()
            // Less does not hold a `.deb` and its `.changes`; more than a gigabyte is no test of anything.
            guard let bytes = size?.bytes(in: ByteCount(1024)...ByteCount(1 << 30)) else { return nil }
            self = .generated(bytes: bytes.bytes)
            return
        }
        let expected = "a folder, none, or { generated: 20 KiB }"
        guard let text = field.text(expected) else { return nil }
        self = text == "none" ? .none : .folder(path: folders.path(of: text))
    }
}

extension BuildScript.LogEntry {
    /// The value of `log:`: a text, or a list of texts and of mappings.
    fileprivate static func readAll(
        _ field: Field, during progress: BuildScript.Progress
    ) -> [BuildScript.LogEntry] {
        var entries: [BuildScript.LogEntry] = []
        for item in field.list() {
            if item.isMapping {
                entries += readRepeated(item, during: progress)
            } else if let text = item.text("a text, or a mapping with `text`") {
                entries.append(Self(at: .zero, bytes: text.line))
            }
            guard entries.count <= field.reading.limits.logEntries else {
                item.report(
                    .tooLarge, found: "more log entries",
                    expected: "at most \(field.reading.limits.logEntries)")
                return []
            }
        }
        return entries.enumerated().sorted {
            ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset)
        }.map(\.element)
    }

    private static func readRepeated(
        _ field: Field, during progress: BuildScript.Progress
    ) -> [BuildScript.LogEntry] {
        guard let keys = MappingReader(field, "a log entry") else { return [] }
        let text = keys.required("text", "the text that is written")?.text()
        var offset = Duration.zero
        keys.set(&offset, "at") { $0.duration() }
        let every = keys["every"]?.duration(least: .milliseconds(1))
        let times = keys["times"]?.integer(in: 1...field.reading.limits.logEntries)
        keys.finish()
        guard let text else { return [] }
        guard let every else {
            if times != nil { field.report(.missing, found: "`times` without `every`", expected: "both") }
            return [Self(at: offset, bytes: text.line)]
        }
        guard let count = times ?? progress.repetitions(every, from: offset) else {
            field.report(.missing, found: "no `times`", expected: "a number, for a build that never ends")
            return []
        }
        guard count <= field.reading.limits.logEntries else {
            field.report(
                .tooLarge, found: "\(count) log entries",
                expected: "at most \(field.reading.limits.logEntries)")
            return []
        }
        return (0..<count).map { Self(at: offset + every * $0, bytes: text.line) }
    }
}

extension BuildScript.Progress {
    /// How often something happens until the end of the main step; nil when that has none.
    fileprivate func repetitions(_ interval: Duration, from offset: Duration) -> Int? {
        let end: Duration
        switch self {
        case .time(let duration): end = duration
        case .statusCalls(let calls): end = .seconds(calls)
        case .never: return nil
        }
        guard end > offset else { return 0 }
        return Int((end - offset).wholeNanoseconds / interval.wholeNanoseconds) + 1
    }
}

extension Field {
    fileprivate func progress() -> BuildScript.Progress? {
        if scalarText == "never" { return .never }
        return read("a duration such as 2s, or never", words: ["never"]) { text in
            DurationText.read(text).map { .time($0) }
        }
    }

    fileprivate func outcome() -> BuildScript.Outcome? {
        if isMapping {
            guard let keys = MappingReader(self, "an outcome") else { return nil }
            let dependencies = keys.required("depfail", "the missing dependencies")?.text()
            keys.finish()
            return dependencies.map { .depFail(dependencies: $0) }
        }
        let outcomes: [(name: String, outcome: BuildScript.Outcome)] = [
            ("ok", .ok), ("packagefail", .packageFail), ("depfail", .depFail(dependencies: "libmissing-dev")),
            ("chrootfail", .chrootFail), ("builderfail", .builderFail), ("givenback", .givenBack),
            ("aborted", .aborted), ("kills-slave", .killsSlave),
        ]
        return choice(
            Dictionary(uniqueKeysWithValues: outcomes.map { ($0.name, $0.outcome) }),
            order: outcomes.map(\.name))
    }
}

extension String {
    /// Its bytes, as a line: with a line end if it has none.
    fileprivate var line: [UInt8] { Array((hasSuffix("\n") ? self : self + "\n").utf8) }
}
