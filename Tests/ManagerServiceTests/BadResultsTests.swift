import BuildManager
import FarmModel
import FarmRecords
import SlaveHost
import Synchronization
import Testing

@testable import ManagerService

@Suite("Results that are not as announced")
struct BadResultsTests {
    /// Two failing scans are one failure, and two equal counts send a job elsewhere.
    private static var settings: ManagerSettings {
        var settings = ManagerSettings.fast
        settings.failedScansBeforeRecording = 2
        settings.attribution.jobResetThreshold = 2
        settings.downloadAttempts = 2
        settings.maximumFileSize = 1 << 20
        return settings
    }

    private static let bytes = (0..<50_000).map { UInt8(truncatingIfNeeded: $0) }

    enum Damage: String, CaseIterable {
        case truncated, altered, reset, missing, tooLarge

        var effects: [FaultEffect] {
            switch self {
            case .truncated: [.truncateFile(afterBytes: 20_000)]
            case .altered: [.corruptFile(atByte: 30_000)]
            case .reset: [.resetInBody(afterBytes: 20_000)]
            case .missing, .tooLarge: []
            }
        }
    }

    /// A script whose second file is damaged on its way, or already at its slave.
    private func script(_ damage: Damage, _ farm: ManagerFarm) throws -> BuildScript {
        var script = BuildScript(progress: .time(.zero))
        var files = try farm.results(["a.changes": [1, 2, 3], "b.deb": Self.bytes])
        if damage == .missing { try farm.slaveStore.remove(files[1].sum) }
        if damage == .tooLarge {
            files += try farm.results(["c.deb": Array(repeating: 7, count: 1 << 20 + 1)])
        }
        script.storedResults = files
        return script
    }

    @Test("nothing of a bad result is ever seen, and the job is built elsewhere", arguments: Damage.allCases)
    func elsewhere(damage: Damage) async throws {
        try await ManagerFarm.run { farm in
            let bad = try await farm.addBuilder("bad")
            farm.faults.set(bad) { moment in
                if case .file(let name) = moment.event, name == "b.deb" { damage.effects } else { [] }
            }
            let build = try await farm.addJob("hello", try script(damage, farm))
            let leftovers = Mutex<Set<String>>([])
            try await farm.withManager(Self.settings) { _ in
                try await farm.wait(for: "the job to be sent away") {
                    leftovers.withLock { $0.formUnion(farm.leaves()) }
                    return farm.told.verdicts.contains { $0.verdict.job == .reset }
                }
                // A good slave gives what was announced; the fault and the missing file are the bad one's.
                try await farm.records.setBuilder(bad.name, manual: true)
                farm.scripts.put(
                    BuildScript(progress: .time(.zero), results: .generated(bytes: 2048)), for: "hello")
                try await farm.addBuilder("good")
                try await farm.wait(for: build, .uploading)
            }
            #expect(leftovers.withLock { $0 } == [])
            #expect(farm.leaves().count == 1)
            #expect(farm.leaves("grabbing") == [])
            #expect(try farm.files(in: farm.leaves()[0]).count == 2)

            let failures = farm.told.failures(of: bad)
            #expect(failures.count >= 4)
            #expect(failures.allSatisfy { $0.report.cause == .download }, "\(failures.map(\.report))")
            #expect(
                failures.allSatisfy {
                    $0.report.message.hasPrefix(damage == .tooLarge ? "c.deb: " : "b.deb: ")
                })
            // Two scans in a row are one failure: graced, counted, graced, counted.
            #expect(failures.prefix(4).map(\.isGraced) == [true, false, true, false])
            let counts = farm.told.verdicts.prefix(2).map { [$0.builderCount, $0.jobCount] }
            #expect(counts == [[1, 1], [2, 2]])
            #expect(farm.told.verdicts.prefix(2).map(\.verdict.job) == [.none, .reset])
            // A file that is cut is asked for again at once, one that is too large is not.
            let asked = farm.journal.entries(of: bad.name).filter {
                if case .file(let name, _) = $0.event, name != "buildlog" { true } else { false }
            }
            #expect(asked.count >= 4)
        }
    }

    @Test("a file that came damaged once is fetched again, and nobody hears of it")
    func onceDamaged() async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob")
            let isFirst = Mutex(true)
            farm.faults.set(bob) { moment in
                guard case .file(let name) = moment.event, name == "b.deb" else { return [] }
                return isFirst.withLock { isFirst in
                    defer { isFirst = false }
                    return isFirst ? [.corruptFile(atByte: 0)] : []
                }
            }
            let build = try await farm.addJob("hello", try script(.altered, farm))
            try await farm.withManager(Self.settings) { _ in try await farm.wait(for: build, .uploading) }
            #expect(!isFirst.withLock { $0 })
            #expect(try farm.files(in: farm.leaves()[0])["\(farm.archive)/ubuntu/b.deb"] == Self.bytes)
            #expect(farm.told.failures(of: bob).isEmpty)
        }
    }

    @Test("a log that cannot be fetched delays the result and never doubles it")
    func logLater() async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob")
            let left = Mutex(5)
            farm.faults.set(bob) { moment in
                guard moment.event == .file(name: "buildlog") else { return [] }
                return left.withLock { left in
                    left -= 1
                    return left >= 0 ? [.resetBeforeAnswer] : []
                }
            }
            let build = try await farm.addJob("hello")
            var settings = Self.settings
            settings.failedScansBeforeRecording = 5
            try await farm.withManager(settings) { _ in try await farm.wait(for: build, .uploading) }
            #expect(farm.leaves().count == 1)
            #expect(try await farm.build(build).log != nil)
            // Two attempts a scan: two scans fail, the third succeeds at the second attempt.
            #expect(farm.told.failures(of: bob).map(\.report.cause) == [.download, .download])
            #expect(farm.told.verdicts.isEmpty)
        }
    }

    static let names: [String] = [
        "../x", "/x", "a/../../x", "a/../b", "..", ".", "", "a//b", "a/", "a\nb", "a\u{7F}b", "a\\b", "a/./b",
        String(repeating: "x", count: 256), String(repeating: "x", count: 300),
        String(repeating: "xy/", count: 8) + "x",
        Array(repeating: String(repeating: "x", count: 200), count: 6).joined(separator: "/"),
    ]

    @Test("a name that is no plain name is refused before anything is fetched", arguments: names)
    func badName(_ name: String) async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob")
            var script = BuildScript(progress: .time(.zero))
            script.storedResults = try farm.results(["good.deb": [1], name: [2, 3]])
            let build = try await farm.addJob("hello", script)
            try await farm.withManager(Self.settings) { _ in
                try await farm.wait(for: "a verdict") { !farm.told.verdicts.isEmpty }
            }
            #expect(try await farm.status(build) != .uploading)
            #expect(farm.leaves() == [])
            #expect(farm.leaves("grabbing") == [])
            #expect(
                farm.scratch.names(in: "uploads") == [
                    "accepted", "failed", "grabbing", "incoming", "rejected",
                ])
            let failures = farm.told.failures(of: bob)
            #expect(failures.first?.report.cause == .slaveFailure)
            let fetched = farm.journal.entries(of: bob.name).compactMap { entry -> String? in
                if case .file(let name, _) = entry.event { name } else { nil }
            }
            #expect(Set(fetched) == ["buildlog"])
        }
    }

    @Test("names that look like unfinished files, or are as long as may be, come through")
    func oddNames() async throws {
        try await ManagerFarm.run { farm in
            try await farm.addBuilder("bob")
            let long = String(repeating: "x", count: 255)
            var script = BuildScript(progress: .time(.zero))
            script.storedResults = try farm.results([
                "a": [1], "a.part": [2], "a.part.part": [3], ".a": [4], "a.unfinished": [5], "0": [6],
                "1": [7],
                long: [8], "d/e/f": [9], "d/a": [1], "Ünicode %2e%2e": [10],
            ])
            let build = try await farm.addJob("hello", script)
            try await farm.withManager(Self.settings) { _ in try await farm.wait(for: build, .uploading) }
            let files = try farm.files(in: farm.leaves()[0])
            let expected: [String: [UInt8]] = [
                "a": [1], "a.part": [2], "a.part.part": [3], ".a": [4], "a.unfinished": [5], "0": [6],
                "1": [7],
                long: [8], "d/e/f": [9], "d/a": [1], "Ünicode %2e%2e": [10],
            ]
            #expect(
                files == expected.reduce(into: [:]) { $0["\(farm.archive)/ubuntu/\($1.key)"] = $1.value })
            #expect(farm.leaves("grabbing") == [])
        }
    }

    /// A slave that has finished `cookie` and says what it left.
    private func finished(_ cookie: @escaping @Sendable () -> String, filemap: String, files: [RawSlave.Step])
        async throws -> RawSlave
    {
        try await RawSlave.start { target, body in
            switch target {
            case "/filecache/buildlog": return [.send(RawSlave.http("a log"))]
            case _ where target.hasPrefix("/filecache/"): return files
            default:
                guard body.contains("<methodName>status<") else {
                    return RawSlave.answer("<string>BuilderStatus.IDLE</string>")
                }
                return RawSlave.status(
                    "WAITING",
                    [
                        ("build_id", "<string>\(cookie())</string>"),
                        ("build_status", "<string>BuildStatus.OK</string>"),
                        ("filemap", filemap),
                    ])
            }
        }
    }

    static let hostileAnswers:
        [(filemap: String, files: [RawSlave.Step], cause: FailureReport.Cause, fetches: Bool)] = [
            // A NUL is no character of XML, however it is written.
            (RawSlave.structure([("a&#0;b", "<string>\(sum)</string>")]), [], .communication, false),
            (RawSlave.structure([("a\u{0}b", "<string>\(sum)</string>")]), [], .communication, false),
            (RawSlave.structure([("a", "<string>\(sum)/../x</string>")]), [], .slaveFailure, false),
            (RawSlave.structure([("a", "<int>3</int>")]), [], .communication, false),
            ("<array><data></data></array>", [], .communication, false),
            (
                RawSlave.structure([("a", "<string>\(sum)</string>"), ("a", "<string>\(sum)</string>")]), [],
                .communication, false
            ),
            (
                RawSlave.structure([("a", "<string>\(sum)</string>"), ("a/b", "<string>\(sum)</string>")]),
                [],
                .slaveFailure, false
            ),
            (
                RawSlave.structure([("a", "<string>\(sum)</string>")]),
                [
                    .send(Array("HTTP/1.1 200 OK\r\n\r\n".utf8)),
                    .sendForEver(Array(repeating: 1, count: 65_536)),
                ],
                .download, true
            ),
            (
                RawSlave.structure([("a", "<string>\(sum)</string>")]),
                [.send(RawSlave.http("302 Found", ["Location: http://127.0.0.1:1/"]))], .download, true
            ),
        ]

    private static let sum = "da39a3ee5e6b4b0d3255bfef95601890afd80709"

    @Test(
        "what a hostile slave announces or sends never reaches the queue", arguments: hostileAnswers.indices)
    func hostile(_ index: Int) async throws {
        let given = Self.hostileAnswers[index]
        try await ManagerFarm.run { farm in
            let cookie = Mutex("")
            let slave = try await finished(
                { cookie.withLock { $0 } }, filemap: given.filemap, files: given.files)
            let builder = try await farm.enterBuilder(try #require(BuilderName("eve")), url: slave.url)
            let build = try await farm.addJob("hello")
            let text = try await farm.assign(build, to: builder).description
            cookie.withLock { $0 = text }
            try await farm.withManager(Self.settings) { _ in
                try await farm.wait(for: "a verdict") { !farm.told.verdicts.isEmpty }
            }
            #expect(farm.told.failures(of: builder).first?.report.cause == given.cause)
            #expect(slave.targets.contains("/filecache/\(Self.sum)") == given.fetches)
            #expect(farm.leaves() == [])
            #expect(farm.leaves("grabbing") == [])
            #expect([.building, .gathering].contains(try await farm.status(build)))
            await slave.stop()
        }
    }
}
