import TestSupport
import Testing

@testable import Scenario

@Suite("The scenario reference in docs")
struct ScenarioPageTests {
    /// The blocks of YAML on the page.
    private static func blocks() throws -> [String] {
        try Repository.text("docs/scenario.md").components(between: "```yaml\n", and: "```")
    }

    @Test("every example is right", arguments: try blocks())
    func examples(block: String) throws {
        let text = block.hasPrefix("name:") ? block : "name: example\n" + block
        _ = try Scenario(reading: text, file: "example.yaml")
    }

    /// A scenario in which every kind of mapping stands once.
    private static let everything = """
        name: x
        manager: { attribution: { tie-limit: 1 }, downloads: {}, uploads: {} }
        archives: { ppa: {} }
        default-build: { log: [{ text: a }] }
        slaves: [{ name: a-1, architecture: amd64, tags: {} }]
        jobs: [{ source: hello 1, architectures: amd64, results: { generated: 4 KiB } }]
        faults: [{ fault: delay, when: {} }]
        expect:
          - { jobs: hello, status: FULLYBUILT }
          - { builders: a-1, enabled: yes }
          - { events: job-reset, count: 1 }
          - { faults: delay }
          - { run: { ends: limit } }
        """

    @Test("every key of the format is on the page")
    func keys() throws {
        let page = try Repository.text("docs/scenario.md")
        let limits = ScenarioLimits()
        let reading = Reading(file: "f.yaml", limits: limits)
        let root = try YAMLText.compose(Self.everything, file: "f.yaml", limits: limits)
        _ = ScenarioParser(
            reading: Field(node: root, path: "", reading: reading), folders: UncheckedFolders())
        #expect(reading.error == nil)
        let parameters = Set(FaultCatalogue.all.flatMap { $0.parameters.map(\.name) })
        let keys = reading.askedKeys.subtracting(parameters.subtracting(["files", "status"])).sorted()
        #expect(keys.count > 90)
        for key in keys { #expect(page.contains("`\(key)`") || page.contains("`{ \(key):"), "\(key)") }
    }

    @Test("the page tells every word that a key can have")
    func words() throws {
        let page = try Repository.text("docs/scenario.md")
        let words =
            JobSpec.Pocket.allCases.map(\.rawValue) + JobSpec.Urgency.allCases.map(\.rawValue)
            + ArchiveSpec.Purpose.allCases.map(\.rawValue) + ManagerSettings.Policy.allCases.map(\.rawValue)
            + Scenario.Until.allCases.map(\.rawValue) + FarmOutcome.Ending.allCases.map(\.rawValue)
        for word in words { #expect(page.contains("`\(word)`"), "\(word)") }
    }

    @Test("the defaults on the page are the defaults")
    func defaults() throws {
        let page = try Repository.text("docs/scenario.md")
        let manager = ManagerSettings()
        let scenario = Scenario(name: "x")
        let rows: [(String, String)] = [
            ("scan-interval", DurationText.write(manager.scanInterval)),
            ("scan-grace", "\(manager.scanGrace)"), ("tie-threshold", "\(manager.tieThreshold)"),
            ("disable-threshold", "\(manager.disableThreshold)"), ("candidates", "\(manager.candidates)"),
            ("rpc-timeout", DurationText.write(manager.rpcTimeout)),
            ("fetch-timeout-factor", "\(manager.fetchTimeoutFactor)"),
            ("cleaning-timeout", DurationText.write(manager.cleaningTimeout)),
            ("answer-limit", "\(manager.answerLimit)"), ("concurrency", "\(manager.downloads.concurrency)"),
            ("transfer-timeout", DurationText.write(manager.downloads.transferTimeout)),
            ("size-limit", "\(manager.downloads.sizeLimit)"),
            ("file-limit", "\(manager.downloads.fileLimit)"),
            ("limit", DurationText.write(scenario.limit)), ("port", "\(scenario.port)"),
            ("seed", "\(scenario.seed)"), ("until", scenario.until.rawValue),
        ]
        for (key, value) in rows {
            let row = page.split(separator: "\n").first { $0.hasPrefix("| `\(key)` |") }
            let cells = row?.split(separator: "|").map { $0.trimming(" ") } ?? []
            #expect(cells.count > 2 && cells[2] == "`\(value)`", "\(key): \(value)")
        }
    }
}

extension String {
    /// The texts between pairs of marks.
    fileprivate func components(between opening: String, and closing: String) -> [String] {
        var texts: [String] = []
        var rest = self[...]
        while let begin = rest.firstRange(of: opening),
            let end = rest[begin.upperBound...].firstRange(of: closing)
        {
            texts.append(String(rest[begin.upperBound..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        return texts
    }
}

extension Substring {
    fileprivate func trimming(_ character: Character) -> Substring {
        var rest = self
        while rest.first == character { rest.removeFirst() }
        while rest.last == character { rest.removeLast() }
        return rest
    }
}
