import FarmModel

/// Holds the sections of a scenario against each other: whatever is named must exist, and every job must have a
/// builder that may take it.
struct ScenarioChecks {
    private let scenario: Scenario

    init(scenario: Scenario) { self.scenario = scenario }

    /// - Parameters:
    ///   - drafts: in the order of the scenario's rules.
    ///   - expectations: in the order of the scenario's expectations.
    func run(
        jobs: JobSection?, drafts: [RuleDraft], expectations: [Field], folders: some ScenarioFolders
    ) {
        if let jobs {
            checkBuilders(jobs)
            checkResults(jobs, folders)
        }
        let index = SlaveIndex(scenario.slaves.map(\.traits))
        for (rule, draft) in zip(scenario.rules, drafts) { check(rule, index, draft.field) }
        for (expectation, field) in zip(scenario.expectations, expectations) { check(expectation, field) }
    }

    // MARK: Jobs

    private func checkBuilders(_ jobs: JobSection) {
        var answers: [Need: Bool] = [:]
        for job in scenario.jobs {
            let need = Need(job)
            let isMet = answers[need] ?? scenario.slaves.contains(where: need.isMet)
            guard !isMet, answers[need] == nil else { continue }
            answers[need] = isMet
            jobs.fields[job.name]?.report(
                .conflict, found: "`\(job.name)`, which needs \(need)", expected: "a slave that may take it")
        }
    }

    private func checkResults(_ jobs: JobSection, _ folders: some ScenarioFolders) {
        var listings: [String: FolderListing] = [:]
        for job in scenario.jobs {
            guard let field = jobs.resultFields[job.name],
                case .folder(let path)? = job.attempts.first?.results
            else { continue }
            let listing = listings[path] ?? folders.listing(of: path)
            listings[path] = listing
            switch listing {
            case .unknown: break
            case .missing:
                field.report(
                    .unknownName, found: "\(field.found), where there is no folder", expected: "a folder",
                    hint: "looked for \(path)")
            case .files(let names):
                let changes = names.filter { $0.hasSuffix("_\(job.architecture).changes") }
                guard changes.count != 1 else { continue }
                field.report(
                    .conflict, found: "\(changes.count) files `*_\(job.architecture).changes` in \(path)",
                    expected: "exactly one for the architecture \(job.architecture)")
            }
        }
    }

    // MARK: Fault rules

    private func check(_ rule: FaultRule, _ index: SlaveIndex, _ field: Field) {
        let chosen = index.chosen(by: rule.selector)
        if !scenario.slaves.isEmpty, !chosen.contains(where: { _ in true }) {
            field.report(
                .unknownName, found: "a fault that selects no slave", expected: "at least one slave",
                hint: rule.selector.slaves.flatMap { hint($0, among: scenario.slaves.map(\.name.rawValue)) })
        } else if type(of: rule.fault).occasion == .resets,
            !chosen.contains(where: { index.slaves[$0].isVirtual })
        {
            field.report(
                .conflict, found: "`\(type(of: rule.fault).name)` on slaves that are not virtual",
                expected: "virtual slaves: no other is ever reset")
        }
        if let globs = rule.selector.jobs, !scenario.jobs.isEmpty,
            !scenario.jobs.contains(where: globs.matches)
        {
            field.report(
                .unknownName, found: "a fault of builds `\(globs)`, which match no job",
                expected: "at least one job", hint: hint(globs.globs, among: scenario.jobs.map(\.source)))
        }
    }

    // MARK: Expectations

    private func check(_ expectation: FarmExpectation, _ field: Field) {
        let (globs, names): (GlobSet, [String])
        switch expectation.demand {
        case .events, .run: return
        case .jobs(let demand):
            guard !scenario.jobs.contains(where: demand.jobs.matches) else { return }
            (globs, names) = (demand.jobs.globs, scenario.jobs.map(\.source))
        case .builders(let demand):
            (globs, names) = (demand.builders, scenario.slaves.map(\.name.rawValue))
        case .faults(let demand): (globs, names) = (demand.rules, scenario.rules.map(\.name))
        }
        guard !names.contains(where: globs.matches) || expectation.demand.isAboutJobs else { return }
        field.report(
            .unknownName, found: "an expectation that matches nothing: `\(globs)`",
            expected: "at least one match", hint: hint(globs, among: names))
    }

    /// What was meant by a name that is written in full.
    private func hint(_ globs: GlobSet, among names: [String]) -> String? {
        for glob in globs.including where glob.isLiteral {
            if let meant = Spelling.nearest(to: glob.pattern, among: names) {
                return "did you mean `\(meant)`?"
            }
        }
        return nil
    }
}

/// What a job asks of a builder (manager spec 1.6).
private struct Need: Hashable, CustomStringConvertible {
    private let architecture: String
    private let isVirtual: Bool
    private let tags: [String]

    init(_ job: JobSpec) {
        architecture = job.architecture
        tags = job.tags
        isVirtual = job.isVirtual
    }

    func isMet(by slave: SlaveSpec) -> Bool {
        slave.architectures.contains(architecture) && slave.isVirtual == isVirtual
            && tags.allSatisfy { slave.openTags.contains($0) || slave.restrictedTags.contains($0) }
            && slave.restrictedTags.allSatisfy(tags.contains)
    }

    var description: String {
        let kind = isVirtual ? "a virtual \(architecture) slave" : "a non-virtual \(architecture) slave"
        return tags.isEmpty ? kind : kind + " with the tags " + tags.joined(separator: ", ")
    }
}

extension JobGlobs {
    fileprivate func matches(_ job: JobSpec) -> Bool { matches(source: job.source, job: job.name) }
}

extension FarmExpectation.Demand {
    fileprivate var isAboutJobs: Bool { if case .jobs = self { true } else { false } }
}
