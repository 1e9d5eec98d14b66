import BuildManager
import DebianFormats
import FarmModel
import FarmRecords
import Logging
import MockSlave
import SlaveHost
import Synchronization

/// What happened at the slaves.
final class SlaveJournal: Sendable {
    private let kept = Mutex<[JournalEntry]>([])

    func note(_ entry: JournalEntry) { kept.withLock { $0.append(entry) } }

    var entries: [JournalEntry] { kept.withLock { $0 } }

    func entries(of slave: BuilderName) -> [JournalEntry] {
        kept.withLock { kept in kept.filter { $0.slave == slave } }
    }

    /// The methods that were called on a slave, in order; `status` only if asked for.
    func calls(_ slave: BuilderName, withStatus: Bool = false) -> [String] {
        entries(of: slave).compactMap { entry in
            guard case .call(let method) = entry.event, withStatus || method != "status" else { return nil }
            return method ?? "?"
        }
    }

    func count(_ method: String, at slave: BuilderName) -> Int {
        calls(slave, withStatus: true).count { $0 == method }
    }

    /// How often the reset command was run for a slave.
    func resets(_ slave: BuilderName) -> Int {
        entries(of: slave).count { if case .resetCommand = $0.event { true } else { false } }
    }
}

/// What each source package's builds do.
final class ScriptShelf: Sendable {
    private let scripts = Mutex<[String: BuildScript]>([:])

    func put(_ script: BuildScript, for source: String) { scripts.withLock { $0[source] = script } }

    func script(for order: BuildOrder) -> BuildScript {
        order.sourceName.flatMap { name in scripts.withLock { $0[name] } }
            ?? BuildScript(progress: .time(.zero), results: .generated(bytes: 2048))
    }
}

/// The faults of each slave; they can be changed while it runs.
final class FaultBoard: Sendable {
    typealias Rule = @Sendable (FaultMoment) -> [FaultEffect]

    private let rules = Mutex<[BuilderName: Rule]>([:])

    func set(_ builder: ManagerFarm.Builder, _ rule: Rule?) { rules.withLock { $0[builder.name] = rule } }

    /// Injects at every call of a method.
    func set(_ builder: ManagerFarm.Builder, at method: String, _ effects: FaultEffect...) {
        set(builder) { $0.event == .call(method: method) ? effects : [] }
    }

    func effects(_ moment: FaultMoment) -> [FaultEffect] {
        rules.withLock { $0[moment.slave.name] }?(moment) ?? []
    }
}

/// What managers told.
final class ToldEvents: Sendable {
    struct Told: Sendable {
        var builder: BuilderName
        var event: ManagerEvent
    }

    private let kept = Mutex<[Told]>([])

    func note(_ builder: BuilderName, _ event: ManagerEvent) {
        kept.withLock { $0.append(Told(builder: builder, event: event)) }
    }

    var all: [Told] { kept.withLock { $0 } }

    /// The reports of failed scans of a builder, with whether each was graced.
    func failures(of builder: ManagerFarm.Builder) -> [(report: FailureReport, isGraced: Bool)] {
        all.compactMap { told in
            guard told.builder == builder.name, case .scanFailed(let report, _, let isGraced) = told.event
            else {
                return nil
            }
            return (report, isGraced)
        }
    }

    /// All verdicts.
    var verdicts: [AppliedVerdict] {
        all.compactMap { if case .judged(let verdict) = $0.event { verdict } else { nil } }
    }

    /// How many builders told that their records could not be written.
    var recordFailures: Int {
        all.count { if case .recordFailed = $0.event { true } else { false } }
    }
}

/// Everything a manager writes into its log, at every level.
final class CapturedLog: Sendable {
    private final class Lines: Sendable {
        let kept = Mutex<[String]>([])
    }

    private struct Handler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let line = "\(event.level): \(event.message) \(event.metadata.map { "\($0)" } ?? "")"
            lines.kept.withLock { $0.append(line) }
        }
    }

    private let lines = Lines()

    var logger: Logger { Logger(label: "manager") { [lines] _ in Handler(lines: lines) } }

    var text: String { lines.kept.withLock { $0.joined(separator: "\n") } }
}

/// Packages that the upload processor accepts.
enum GeneratedPackages {
    static func results(of order: BuildOrder, bytes: Int) throws -> [GeneratedResult] {
        let source = try SourceDescription(
            name: order.sourceName ?? "", version: order.sourceVersion ?? "",
            distribution: order.suite ?? ManagerFarm.series, section: "misc")
        return try PackageBuilder(seed: 1, modified: Instant(seconds: 1_262_304_000))
            .results(of: source, architecture: ArchitectureName(order.architectureTag), totalBytes: bytes)
            .map { GeneratedResult(name: $0.name.rawValue, bytes: $0.bytes) }
    }
}

/// A reset command that asks the slave host by its control file, with nothing but a shell.
enum ResetScript {
    static let text = """
        # reset.sh CONTROL-FILE NAME
        while read -r key value; do
            case $key in
                url) address=${value#http://} ;;
                token) token=$value ;;
            esac
        done <"$1"
        exec 3<>"/dev/tcp/${address%:*}/${address#*:}"
        printf 'POST /slaves/%s/reset HTTP/1.1\\r\\nHost: control\\r\\nAuthorization: Bearer %s\\r\\nContent-Length: 0\\r\\n\\r\\n' \\
            "$2" "$token" >&3
        status=1
        while IFS= read -r line <&3; do
            line=${line%$'\\r'}
            case $line in
                Exit-Status:*) status=${line#*: } ;;
                '') break ;;
            esac
        done
        exit "$status"
        """
}
