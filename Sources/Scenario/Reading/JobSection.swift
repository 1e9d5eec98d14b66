import DebianFormats
import FarmModel

/// What all jobs of a scenario have in common.
struct JobDefaults {
    var series: String
    var archives: [ArchiveSpec]
    var build: BuildScript
    /// The architectures for which there is a slave that is not virtual.
    var realArchitectures: Set<String>

    /// Whether a job's builds run on virtual builders, when it does not say so itself (manager spec 1.6).
    func areVirtual(archive: String, architecture: String) -> Bool {
        archives.contains { $0.name == archive && $0.requiresVirtual }
            || !realArchitectures.contains(architecture)
    }
}

/// The entries of `jobs:`, with their ranges and architectures expanded.
struct JobSection {
    private(set) var jobs: [JobSpec] = []
    /// The entry of each job, for complaints about it later.
    private(set) var fields: [String: Field] = [:]
    /// The `results:` that jobs were read from, by the jobs' names.
    private(set) var resultFields: [String: Field] = [:]
    private(set) var rules: [RuleDraft] = []

    init(reading field: Field, defaults: JobDefaults, folders: some ScenarioFolders) {
        for entry in field.strictList(of: "jobs") {
            add(entry, defaults, folders)
            if jobs.count > field.reading.limits.jobs {
                entry.report(
                    .tooLarge, found: "more jobs", expected: "at most \(field.reading.limits.jobs) in all")
                break
            }
        }
    }

    private mutating func add(_ field: Field, _ defaults: JobDefaults, _ folders: some ScenarioFolders) {
        guard let keys = MappingReader(field, "a job") else { return }
        let sourceField = keys.required("source", "a name and a version such as hello 1.0-1")
        let sources = sourceField.map(readSources) ?? []
        let architectureField = keys["architectures", or: "architecture"]
        let architectures = architectureField?.architectures() ?? []
        if architectureField == nil {
            field.report(
                .missing, found: "no `architectures`", expected: "architectures such as [amd64, i386]")
        }

        var model = JobSpec(source: "", version: "", architecture: "", series: defaults.series)
        model.archive = archive(keys, defaults)
        keys.set(&model.series, "series") { $0.name() }
        keys.set(&model.pocket, "pocket") { $0.choice(JobSpec.Pocket.self) }
        keys.set(&model.component, "component") { $0.name() }
        keys.set(&model.section, "section") { $0.section() }
        keys.set(&model.urgency, "urgency") { $0.choice(JobSpec.Urgency.self) }
        keys.set(&model.tags, "tags") { $0.names() }
        let virtual = keys["virtual"]?.flag()
        keys.set(&model.score, "score") { $0.integer(in: -1_000_000...1_000_000) }
        keys.set(&model.arrives, "arrives") { $0.duration() }
        keys.set(&model.cancelled, "cancelled") { $0.duration() }
        keys.set(&model.sourceSize, "source-size") { $0.bytes(in: ByteCount(0)...ByteCount(1 << 30)) }
        let independent = keys["arch-indep"].map { $0.independentOn(architectures) } ?? architectures.first
        model.attempts = scripts(keys, defaults.build, folders)
        let results = keys["results"]
        let faults = keys["faults"]
        keys.finish()

        var names: [String] = []
        for source in sources {
            for architecture in architectures {
                var job = model
                (job.source, job.version) = (source.name, source.version)
                job.architecture = architecture
                job.isVirtual =
                    virtual ?? defaults.areVirtual(archive: job.archive, architecture: architecture)
                job.buildsIndependent = architecture == independent
                guard isNew(job, in: field) else { continue }
                names.append(job.name)
                resultFields[job.name] = results
                jobs.append(job)
            }
        }
        if let faults {
            rules += RuleDraft.readAll(
                faults, scope: .jobs(names: names, title: sourceField?.scalarText ?? ""))
        }
    }

    private mutating func isNew(_ job: JobSpec, in field: Field) -> Bool {
        if let first = fields[job.name] {
            field.report(
                .conflict, found: "a second job `\(job.name)`",
                expected: "jobs that differ without their epochs",
                hint: "the first is in line \(first.place.line)")
            return false
        }
        fields[job.name] = field
        return true
    }

    private func archive(_ keys: MappingReader, _ defaults: JobDefaults) -> String {
        let names = defaults.archives.map(\.name)
        let first = names.first ?? "primary"
        guard let field = keys["archive"] else { return first }
        return field.choice(Dictionary(uniqueKeysWithValues: names.map { ($0, $0) }), order: names) ?? first
    }

    /// One script for each attempt, from `build:` and `results:`.
    private func scripts(
        _ keys: MappingReader, _ model: BuildScript, _ folders: some ScenarioFolders
    ) -> [BuildScript] {
        var model = model
        keys.set(&model.results, "results") { BuildScript.Results(reading: $0, folders: folders) }
        guard let builds = keys["build"] else { return [model] }
        let scripts = builds.list().compactMap { BuildScript(reading: $0, model: model) }
        if builds.isEmptyList {
            builds.report(.wrongValue, found: "an empty list", expected: "what each attempt does")
        }
        return scripts.isEmpty ? [model] : scripts
    }

    private func readSources(_ field: Field) -> [(name: String, version: String)] {
        let form = "a name and a version such as hello 1.0-1"
        guard let text = field.text(form) else { return [] }
        return field.expand(text, limit: field.reading.limits.jobs).compactMap { text in
            let words = text.split(separator: " ")
            guard words.count == 2, let name = try? PackageName(words[0]),
                let version = try? DebianVersion(words[1])
            else {
                field.report(.wrongValue, found: "`\(text)`", expected: form)
                return nil
            }
            return (name.rawValue, version.text)
        }
    }
}

extension Field {
    fileprivate func section() -> String? {
        read("a section such as libs or universe/libs") { (try? Section($0))?.description }
    }

    /// The architecture whose build also makes the packages for all; nil when none does.
    fileprivate func independentOn(_ architectures: [String]) -> String? {
        if scalarText == "none" { return nil }
        return choice(
            Dictionary(architectures.map { ($0, $0) }, uniquingKeysWith: { first, _ in first }),
            order: architectures + ["none"])
    }
}
