import BuilddProtocol
import FarmModel

/// A fault rule as read, before it has its final name and its place in the order of the file.
struct RuleDraft {
    /// Whose `faults:` it stands in.
    enum Scope {
        case farm
        /// - Parameter title: the slave's name as written, with its ranges.
        case slaves(names: [BuilderName], title: String)
        /// - Parameter title: the job's source as written.
        case jobs(names: [String], title: String)
    }

    var field: Field
    /// The name given, or nil.
    var name: String?
    /// The name it gets when none is given.
    var defaultName: String
    var fault: any ScriptedFault
    var selector: FaultSelector
    var schedule: FaultSchedule

    /// The entries of a `faults:`.
    static func readAll(_ field: Field, scope: Scope) -> [RuleDraft] {
        field.list().compactMap { RuleDraft(reading: $0, scope: scope) }
    }

    private init?(reading field: Field, scope: Scope) {
        self.field = field
        selector = FaultSelector()
        schedule = FaultSchedule()
        guard field.isMapping else {
            guard let type = field.fault() else { return nil }
            fault = type.init(FaultParameterValues())
            defaultName = Self.defaultName(type.name, scope)
            confine(to: scope)
            return
        }
        guard let keys = MappingReader(field, "a fault"),
            let type = keys.required("fault", "the name of a fault")?.fault()
        else { return nil }
        var values = FaultParameterValues()
        for parameter in type.parameters {
            guard let given = keys[parameter.name] else { continue }
            if let value = given.read(parameter.expected, { parameter.value(of: $0) }) {
                values.set(parameter.name, to: value)
            }
        }
        fault = type.init(values)
        defaultName = Self.defaultName(type.name, scope)
        name = keys["name"]?.text("a name for the rule")
        readSelector(keys, type, scope)
        if let when = keys["when"] { schedule.read(when, for: type) }
        keys.finish()
        confine(to: scope)
    }

    private mutating func readSelector(_ keys: MappingReader, _ type: any ScriptedFault.Type, _ scope: Scope)
    {
        if case .slaves = scope {
            // The slave's own entry says which slave.
        } else {
            let except = keys["except"]
            if let globs = keys["slaves"]?.globs() {
                selector.slaves = GlobSet(globs, except: except?.globs() ?? [])
            } else if let except, let everything = Glob("*") {
                selector.slaves = GlobSet([everything], except: except.globs() ?? [])
            }
            keys.set(&selector.architectures, "architectures") { $0.architectures() }
            keys.set(&selector.regions, "regions") { $0.globs().map { GlobSet($0) } }
            keys.set(&selector.tags, "tags") { $0.names() }
            keys.set(&selector.isVirtual, "virtual") { $0.flag() }
        }
        if type.occasion.canBeCalls {
            keys.set(&selector.calls, "calls") { $0.methods(of: type.occasion) }
        }
        if type.occasion.canBeFiles {
            keys.set(&selector.files, "files") { $0.globs().map { GlobSet($0) } }
        }
        guard type.occasion.canKnowBuild else { return }
        keys.set(&selector.attempts, "attempts") { $0.count() }
        if case .jobs = scope { return }
        keys.set(&selector.jobs, "jobs") { $0.globs().map { JobGlobs(GlobSet($0)) } }
    }

    /// Adds what the place of the rule says about where it applies.
    private mutating func confine(to scope: Scope) {
        switch scope {
        case .farm: break
        case .slaves(let names, _): selector.slaves = GlobSet(names.compactMap { Glob($0.rawValue) })
        case .jobs(let names, _):
            if type(of: fault).occasion.canKnowBuild {
                selector.jobs = JobGlobs(GlobSet(names.compactMap { Glob($0) }))
            } else {
                field.report(
                    .conflict, found: "`\(type(of: fault).name)` as a fault of a job",
                    expected: "a fault that acts on builds, calls or files",
                    hint: "write it at a slave, or in the scenario's `faults`")
            }
        }
    }

    private static func defaultName(_ fault: String, _ scope: Scope) -> String {
        switch scope {
        case .farm: fault
        case .slaves(_, let title), .jobs(_, let title): "\(starred(title))/\(fault)"
        }
    }

    /// A title with `*` for each range, so that the rule's name is also a pattern that fits it.
    private static func starred(_ title: String) -> String {
        var starred = ""
        var rest = title[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            starred += rest[..<open] + "*"
            rest = rest[rest.index(after: close)...]
        }
        return starred + rest
    }
}

extension FaultSchedule {
    /// The value of `when:`.
    fileprivate mutating func read(_ field: Field, for type: any ScriptedFault.Type) {
        guard let keys = MappingReader(field, "when a fault fires") else { return }
        keys.set(&after, "after") { $0.duration() }
        keys.set(&lasting, "for") { $0.duration(least: .milliseconds(1)) }
        // A listener is open or closed over time; there are no moments to count or to draw for.
        if type.occasion != .listening {
            keys.set(&nth, "nth") { $0.ordinals() }
            keys.set(&every, "every") { $0.integer(in: 1...1_000_000) }
            keys.set(&probability, "probability") { $0.probability() }
            keys.set(&times, "times") { $0.integer(in: 1...1_000_000) }
        }
        keys.finish()
    }
}

extension FaultOccasion {
    fileprivate var canBeCalls: Bool {
        switch self {
        case .calls, .requests: true
        case .listening, .files, .builds, .resets: false
        }
    }

    fileprivate var canBeFiles: Bool { self == .files || self == .requests }

    fileprivate var canKnowBuild: Bool {
        switch self {
        case .calls, .files, .requests, .builds: true
        case .listening, .resets: false
        }
    }
}

extension Field {
    fileprivate func fault() -> (any ScriptedFault.Type)? {
        let names = FaultCatalogue.all.map { $0.name }
        return read("a fault: one of " + names.joined(separator: ", "), words: names) {
            FaultCatalogue.fault(named: $0)
        }
    }

    /// Names of methods that a fault of this occasion can act on.
    fileprivate func methods(of occasion: FaultOccasion) -> [String]? {
        var known = SlaveMethod.allCases.map(\.rawValue)
        if case .calls(let methods) = occasion, !methods.isEmpty { known = methods }
        let methods = list().compactMap { field in
            field.choice(Dictionary(uniqueKeysWithValues: known.map { ($0, $0) }), order: known)
        }
        return methods.isEmpty ? nil : methods
    }

    fileprivate func ordinals() -> CountRange? {
        read("a number or range from 1 such as 3, 1..3, 2..") { text in
            CountRange(text).flatMap { $0.lower >= 1 ? $0 : nil }
        }
    }

    fileprivate func probability() -> Double? {
        read("a share such as 0.3 or 30%") { text in
            let isPercent = text.hasSuffix("%")
            guard let number = Double(isPercent ? String(text.dropLast()) : text) else { return nil }
            let share = isPercent ? number / 100 : number
            return (0...1).contains(share) ? share : nil
        }
    }
}
