import FarmModel

/// What an expectation found.
struct Finding {
    var grade: RunVerdict.Grade
    /// What was seen, as a clause.
    var seen: String
}

extension FarmExpectation.Demand {
    /// - Parameter rules: the names of all fault rules, in file order.
    func judge(_ outcome: FarmOutcome, rules: [String]) -> Finding {
        switch self {
        case .jobs(let demand):
            let chosen = outcome.jobs.filter { demand.jobs.matches(source: $0.source, job: $0.name) }
            return judgeAll(chosen, of: "job", \.name, demand.objections)
        case .builders(let demand):
            let chosen = outcome.builders.filter { demand.builders.matches($0.name.rawValue) }
            return judgeAll(chosen, of: "builder", \.name.rawValue, demand.objections)
        case .events(let demand):
            let count = outcome.eventCounts[demand.kind] ?? 0
            return Finding(grade: demand.count.contains(count) ? .pass : .fail, seen: "\(count)")
        case .faults(let demand):
            return demand.judge(rules.filter(demand.rules.matches), outcome)
        case .run(let demand):
            return demand.judge(outcome)
        }
    }

    /// How many offenders a sentence names before it only counts them.
    private static var namedOffenders: Int { 5 }

    private func judgeAll<Subject>(
        _ subjects: [Subject], of noun: String, _ name: (Subject) -> String,
        _ objections: (Subject) -> [String]
    ) -> Finding {
        guard !subjects.isEmpty else { return Finding(grade: .fail, seen: "no such \(noun)") }
        let offences = subjects.compactMap { subject -> String? in
            let objections = objections(subject)
            return objections.isEmpty ? nil : "\(name(subject)): " + objections.joined(separator: ", ")
        }
        guard !offences.isEmpty else {
            return Finding(grade: .pass, seen: "so for \(subjects.count) of \(subjects.count)")
        }
        var seen = "not so for \(offences.count) of \(subjects.count): "
        seen += offences.prefix(Self.namedOffenders).joined(separator: "; ")
        if offences.count > Self.namedOffenders {
            seen += "; and \(offences.count - Self.namedOffenders) more"
        }
        return Finding(grade: .fail, seen: seen)
    }
}

extension JobDemand {
    /// What is not as demanded.
    fileprivate func objections(_ job: FarmOutcome.Job) -> [String] {
        var objections: [String] = []
        if let statuses, !statuses.contains(job.status) { objections.append(job.status.name) }
        if let attempts, !attempts.contains(job.attempts) { objections.append("\(job.attempts) attempts") }
        if let builders {
            let strangers = job.builders.filter { !builders.matches($0.rawValue) }
            if !strangers.isEmpty { objections.append("ran on " + strangers.names) }
        }
        if let binaries, !binaries.contains(job.binaries.count) {
            objections.append("\(job.binaries.count) binaries")
        }
        for file in files ?? [] where !job.binaries.contains(where: { file.matches($0) }) {
            objections.append("no file \(file)")
        }
        if let log, !job.logTail.contains(log) { objections.append("not in its log") }
        return objections
    }
}

extension BuilderDemand {
    fileprivate func objections(_ builder: FarmOutcome.Builder) -> [String] {
        var objections: [String] = []
        if let isEnabled, isEnabled != builder.isEnabled {
            let reason = builder.notes.map { " (\($0))" } ?? ""
            objections.append(builder.isEnabled ? "enabled" : "disabled" + reason)
        }
        if let failureCount, !failureCount.contains(builder.failureCount) {
            objections.append("failure count \(builder.failureCount)")
        }
        if let notes, builder.notes?.contains(notes) != true {
            objections.append("notes " + (builder.notes.map { "\"\($0)\"" } ?? "empty"))
        }
        if let dispatches, !dispatches.contains(builder.dispatches) {
            objections.append("\(builder.dispatches) dispatches")
        }
        if let resets, !resets.contains(builder.resets) { objections.append("\(builder.resets) resets") }
        return objections
    }
}

extension FaultDemand {
    fileprivate func judge(_ chosen: [String], _ outcome: FarmOutcome) -> Finding {
        let counts = chosen.map { (rule: $0, count: outcome.timesFired[$0] ?? 0) }
        let seen = counts.map { "\($0.rule) \($0.count) times" }.joined(separator: ", ")
        guard !counts.isEmpty else { return Finding(grade: .inconclusive, seen: "no such rule") }
        if counts.contains(where: { $0.count < fired.lower }) {
            return Finding(grade: .inconclusive, seen: seen)
        }
        let tooOften = counts.contains { !fired.contains($0.count) }
        return Finding(grade: tooOften ? .fail : .pass, seen: seen)
    }
}

extension RunDemand {
    fileprivate func judge(_ outcome: FarmOutcome) -> Finding {
        let rightEnd = ending.map { $0 == outcome.ending } ?? true
        let inTime = within.map { outcome.duration <= $0 } ?? true
        return Finding(
            grade: rightEnd && inTime ? .pass : .fail,
            seen: "ended by \(outcome.ending.rawValue) after \(outcome.duration.inTenths)")
    }
}

extension [BuilderName] {
    fileprivate var names: String { map(\.rawValue).joined(separator: ", ") }
}

extension Duration {
    /// Seconds with one decimal, such as `12.3 s`.
    var inTenths: String {
        let tenths = wholeNanoseconds / 100_000_000
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
