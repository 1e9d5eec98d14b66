import FarmModel
import Yams

extension Scenario {
    /// Reads a scenario (`docs/scenario.md`).
    ///
    /// - Parameters:
    ///   - text: the file's content.
    ///   - file: its name, for error messages.
    ///   - folders: the folders that it speaks of.
    /// - Throws: everything that is wrong with it, at once. A file that is no YAML, or has a key twice, is refused
    ///   with that alone.
    public init(
        reading text: String, file: String, folders: some ScenarioFolders = UncheckedFolders(),
        limits: ScenarioLimits = ScenarioLimits()
    ) throws(ScenarioError) {
        let root = try YAMLText.compose(text, file: file, limits: limits)
        let reading = Reading(file: file, limits: limits)
        let field = Field(node: root, path: "", reading: reading)
        let scenario = ScenarioParser(reading: field, folders: folders)?.scenario
        if let error = reading.error { throw error }
        guard let scenario else {
            // Only a file that is no mapping gives no scenario, and that is a problem reported above.
            throw ScenarioError([])
        }
        self = scenario
    }
}

/// Puts the sections of a scenario together and holds them against each other.
struct ScenarioParser {
    private(set) var scenario: Scenario

    init?(reading field: Field, folders: some ScenarioFolders) {
        guard let keys = MappingReader(field, "a scenario") else { return nil }
        // A later, incompatible format would count this up.
        _ = keys["format"]?.read("1, the only format so far") { $0 == "1" ? 1 : nil }
        scenario = Scenario(name: keys.required("name", "a name")?.text("a name") ?? "")
        keys.set(&scenario.seed, "seed") { $0.seed() }
        keys.set(&scenario.limit, "limit") { $0.duration(least: .milliseconds(1)) }
        keys.set(&scenario.until, "until") { $0.choice(Scenario.Until.self) }
        keys.set(&scenario.manager, "manager") { ManagerSettings(reading: $0) }
        keys.set(&scenario.port, "port") { $0.integer(in: 1...65_535) }
        keys.set(&scenario.network, "network") { $0.network() }
        keys.set(&scenario.archives, "archives") { field in
            let archives = ArchiveSpec.readAll(field)
            return archives.isEmpty ? nil : archives
        }
        keys.set(&scenario.unknownBuild, "default-build") {
            BuildScript(reading: $0, model: BuildScript())
        }
        var series = "noble"
        keys.set(&series, "series") { $0.name() }

        let slaves = keys["slaves"].map { SlaveSection(reading: $0, network: scenario.network) }
        scenario.slaves = slaves?.slaves ?? []
        let defaults = JobDefaults(
            series: series, archives: scenario.archives, build: scenario.unknownBuild,
            realArchitectures: Set(scenario.slaves.lazy.filter { !$0.isVirtual }.flatMap(\.architectures)))
        let jobs = keys["jobs"].map { JobSection(reading: $0, defaults: defaults, folders: folders) }
        scenario.jobs = jobs?.jobs ?? []
        var drafts = (slaves?.rules ?? []) + (jobs?.rules ?? [])
        if let faults = keys["faults"] { drafts += RuleDraft.readAll(faults, scope: .farm) }
        let expectations = keys["expect"].map(FarmExpectation.readAll) ?? []
        scenario.expectations = expectations.map(\.expectation)
        keys.finish()

        drafts = Self.inFileOrder(drafts)
        scenario.rules = Self.named(drafts, limit: field.reading.limits.rules)
        // Further complaints would only follow from the first ones.
        guard !field.reading.hasProblems else { return }
        ScenarioChecks(scenario: scenario).run(
            jobs: jobs, drafts: drafts, expectations: expectations.map(\.field), folders: folders)
    }

    private static func inFileOrder(_ drafts: [RuleDraft]) -> [RuleDraft] {
        drafts.enumerated().sorted { first, second in
            (first.element.field.place, first.offset) < (second.element.field.place, second.offset)
        }.map(\.element)
    }

    /// Gives each rule its name. A rule without one is called after its fault and where it stands, and numbered
    /// from the second of the same name on, so that a rule more somewhere else renames no other.
    private static func named(_ drafts: [RuleDraft], limit: Int) -> [FaultRule] {
        if drafts.count > limit {
            drafts[limit].field.report(
                .tooLarge, found: "\(drafts.count) fault rules", expected: "at most \(limit)")
        }
        var lines: [String: Int] = [:]
        for draft in drafts {
            guard let name = draft.name else { continue }
            if let line = lines[name] {
                draft.field.report(
                    .conflict, found: "a second rule `\(name)`", expected: "names that differ",
                    hint: "the first is in line \(line)")
            }
            lines[name] = draft.field.place.line
        }
        var counts: [String: Int] = [:]
        return drafts.map { draft in
            var name = draft.name ?? ""
            while name.isEmpty || draft.name == nil && lines[name] != nil {
                let count = counts[draft.defaultName, default: 0] + 1
                counts[draft.defaultName] = count
                name = count == 1 ? draft.defaultName : "\(draft.defaultName)#\(count)"
            }
            return FaultRule(
                name: name, fault: draft.fault, selector: draft.selector, schedule: draft.schedule)
        }
    }
}

extension Field {
    fileprivate func seed() -> UInt64? {
        read("a whole number from 0 to \(UInt64.max)") { UInt64($0) }
    }

    fileprivate func network() -> LoopbackNetwork? {
        read("a network inside 127.0.0.0/8 such as 127.1.0.0/16") { LoopbackNetwork($0) }
    }
}
