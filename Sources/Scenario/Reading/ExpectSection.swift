import FarmModel

extension FarmExpectation {
    /// The entries of `expect:`.
    static func readAll(_ field: Field) -> [(expectation: FarmExpectation, field: Field)] {
        field.strictList(of: "expectations").compactMap { entry in
            FarmExpectation(reading: entry).map { ($0, entry) }
        }
    }

    private init?(reading field: Field) {
        guard let keys = MappingReader(field, "an expectation") else { return nil }
        let title = keys["name"]?.text()
        let subjects = ["jobs", "builders", "events", "faults", "run"]
        let given = subjects.compactMap { subject in keys[subject].map { (subject, $0) } }
        guard let (subject, value) = given.first, given.count == 1 else {
            field.report(
                given.isEmpty ? .missing : .conflict,
                found: given.isEmpty ? "no subject" : "`\(given[0].0)` beside `\(given[1].0)`",
                expected: "one of " + subjects.joined(separator: ", "))
            return nil
        }
        let demand: Demand?
        switch subject {
        case "jobs": demand = JobDemand(value, keys).map { .jobs($0) }
        case "builders": demand = BuilderDemand(value, keys).map { .builders($0) }
        case "events": demand = EventDemand(value, keys).map { .events($0) }
        case "faults": demand = FaultDemand(value, keys).map { .faults($0) }
        default: demand = RunDemand(value).map { .run($0) }
        }
        keys.finish()
        guard let demand else { return nil }
        self.init(title: title, line: field.place.line, demand: demand)
    }
}

extension JobDemand {
    fileprivate init?(_ value: Field, _ keys: MappingReader) {
        let globs = value.globSet(keys)
        self.init(jobs: JobGlobs(globs ?? GlobSet([])))
        keys.set(&statuses, "status") { $0.statuses() }
        keys.set(&attempts, "attempts") { $0.count() }
        keys.set(&builders, "on") { $0.globs().map { GlobSet($0) } }
        keys.set(&binaries, "binaries") { $0.count() }
        keys.set(&files, "files") { $0.globs() }
        keys.set(&log, "log") { $0.text() }
        keys.demandOne(of: ["status", "attempts", "on", "binaries", "files", "log"])
        if globs == nil { return nil }
    }
}

extension BuilderDemand {
    fileprivate init?(_ value: Field, _ keys: MappingReader) {
        let globs = value.globSet(keys)
        self.init(builders: globs ?? GlobSet([]))
        keys.set(&isEnabled, "enabled") { $0.flag() }
        keys.set(&failureCount, "failure-count") { $0.count() }
        keys.set(&notes, "notes") { $0.text() }
        keys.set(&dispatches, "dispatches") { $0.count() }
        keys.set(&resets, "resets") { $0.count() }
        keys.demandOne(of: ["enabled", "failure-count", "notes", "dispatches", "resets"])
        if globs == nil { return nil }
    }
}

extension EventDemand {
    fileprivate init?(_ value: Field, _ keys: MappingReader) {
        let kind = value.choice(FarmEvent.Kind.self)
        let count = keys.required("count", "how often, such as 3, at least 2, none")?.count()
        guard let kind, let count else { return nil }
        self.init(kind: kind, count: count)
    }
}

extension FaultDemand {
    fileprivate init?(_ value: Field, _ keys: MappingReader) {
        guard let globs = value.globSet(keys) else { return nil }
        self.init(rules: globs)
        keys.set(&fired, "fired") { $0.count() }
    }
}

extension RunDemand {
    fileprivate init?(_ value: Field) {
        self.init()
        guard let keys = MappingReader(value, "how the run ends") else { return nil }
        keys.set(&ending, "ends") { $0.choice(FarmOutcome.Ending.self) }
        keys.set(&within, "within") { $0.duration(least: .milliseconds(1)) }
        keys.demandOne(of: ["ends", "within"])
        keys.finish()
    }
}

extension MappingReader {
    /// Reports a mapping that has none of these keys: it would demand nothing.
    fileprivate func demandOne(of names: [String]) {
        guard names.allSatisfy({ self[$0] == nil }) else { return }
        field.report(
            .missing, found: "nothing that must hold",
            expected: "at least one of " + names.joined(separator: ", "))
    }
}

extension Field {
    fileprivate func globSet(_ keys: MappingReader) -> GlobSet? {
        let except = keys["except"]?.globs() ?? []
        return globs().map { GlobSet($0, except: except) }
    }

    fileprivate func statuses() -> [BuildStatus]? {
        let known = Dictionary(uniqueKeysWithValues: BuildStatus.allCases.map { ($0.name, $0) })
        let order = BuildStatus.allCases.map(\.name)
        let statuses = list().compactMap { $0.choice(known, order: order) }
        return statuses.isEmpty ? nil : statuses
    }
}
