import ContentStore
import FarmModel
import FarmRecords
import FarmRunner
import Foundation
import Glibc
import Scenario
import Synchronization
import TestSupport
import Testing

@Suite("A run")
struct FarmRunTests {
    /// One slave, so that the builds come one after another and each draws its own number.
    static func lottery(seed: UInt64) throws -> Scenario {
        try Scenario(
            text: """
                name: lottery
                seed: \(seed)
                manager: { scan-interval: 100ms, rpc-timeout: 20s }
                slaves: [{ name: amd64-001, architecture: amd64 }]
                jobs:
                  - { source: "pkg-{01..08} 1.0", architectures: amd64, build: { duration: 50ms } }
                faults:
                  - { fault: packagefail, when: { probability: 50% } }
                expect:
                  - { jobs: "pkg-*", status: FULLYBUILT }
                  - { faults: packagefail, fired: at least 1 }
                """)
    }

    @Test("the same seed gives the same verdict, another seed another")
    func seeds() async throws {
        let verdicts = try await withThrowingTaskGroup(of: (Int, String).self) { group in
            for (place, seed) in [7, 7, 8].enumerated() {
                group.addTask {
                    (place, try await FarmFixture().run(Self.lottery(seed: UInt64(seed))).verdict.text)
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        #expect(verdicts[0] == verdicts[1])
        #expect(verdicts[0] != verdicts[2])
        #expect(verdicts[0]?.contains("FAIL  jobs pkg-*: FULLYBUILT; seen: not so for") == true)
    }

    @Test("what does not hold fails, and the sentence says what was seen")
    func fails() async throws {
        let fixture = try FarmFixture()
        let report = try await fixture.run(
            Scenario(
                text: """
                    name: fails
                    manager: { scan-interval: 100ms, rpc-timeout: 20s }
                    slaves: [{ name: amd64-001, architecture: amd64 }]
                    jobs: [{ source: pkg 1.0, architectures: amd64, build: { duration: 50ms } }]
                    expect:
                      - { jobs: pkg, status: FAILEDTOBUILD }
                      - { builders: amd64-001, enabled: yes, dispatches: 1 }
                    """))
        #expect(report.verdict.grade == .fail)
        #expect(report.verdict.lines.map(\.grade) == [.fail, .pass])
        #expect(
            report.verdict.lines[0].sentence.hasSuffix("seen: not so for 1 of 1: pkg_1.0_amd64: FULLYBUILT"))
        #expect(try fixture.events().lines.last?.text("verdict") == "FAIL")
    }

    @Test("a fault that never strikes makes the run inconclusive")
    func inconclusive() async throws {
        let report = try await FarmFixture().run(
            Scenario(
                text: """
                    name: inconclusive
                    manager: { scan-interval: 100ms, rpc-timeout: 20s }
                    slaves: [{ name: amd64-001, architecture: amd64 }]
                    jobs: [{ source: pkg 1.0, architectures: amd64, build: { duration: 50ms } }]
                    faults: [{ fault: delay, name: never, calls: abort }]
                    expect:
                      - { jobs: pkg, status: FULLYBUILT }
                      - { faults: never }
                    """))
        #expect(report.verdict.grade == .inconclusive)
        #expect(report.verdict.lines.map(\.grade) == [.pass, .inconclusive])
    }

    @Test("a run that does not come to an end ends at its limit, with the jobs as they stand")
    func limit() async throws {
        let fixture = try FarmFixture()
        let report = try await fixture.run(
            Scenario(
                text: """
                    name: limit
                    limit: 3s
                    manager: { scan-interval: 100ms, rpc-timeout: 20s }
                    slaves: [{ name: amd64-001, architecture: amd64 }]
                    jobs: [{ source: endless 1.0, architectures: amd64, build: { duration: never } }]
                    expect:
                      - { run: { ends: limit } }
                      - { jobs: endless, status: FULLYBUILT }
                    """), limit: nil)
        #expect(report.outcome.ending == .limit)
        #expect(report.verdict.lines.map(\.grade) == [.pass, .fail])
        #expect(report.outcome.jobs.map(\.status) != [.fullyBuilt])
        #expect(try fixture.events().lines.last?.text("ending") == "limit")
    }

    @Test(
        "with \"until: expectations\" a run goes on after its last job until everything expected has happened"
    )
    func untilExpectations() async throws {
        let report = try await FarmFixture().run(
            Scenario(
                text: """
                    name: until
                    until: expectations
                    manager: { scan-interval: 100ms, rpc-timeout: 20s, scan-grace: 2 }
                    slaves:
                      - { name: good-001, architecture: amd64 }
                      - { name: bad-001, architecture: arm64, faults: [{ fault: refuse-connections, when: { after: 3s } }] }
                    jobs: [{ source: pkg 1.0, architectures: amd64, build: { duration: 50ms } }]
                    expect: [{ builders: bad-001, enabled: no }]
                    """))
        #expect(report.outcome.ending == .allFinal)
        #expect(report.verdict.grade == .pass)
        #expect(report.outcome.duration > .seconds(3))
    }

    @Test("a run that is interrupted says how things stand, and leaves no process behind")
    func interrupted() async throws {
        let fixture = try FarmFixture()
        let processors = Mutex<Set<Int32>>([])
        let (stops, stop) = AsyncStream.makeStream(of: Void.self)
        let report = try await fixture.run(
            Scenario(
                text: """
                    name: interrupted
                    manager: { scan-interval: 100ms, rpc-timeout: 60s }
                    slaves:
                      - { name: amd64-001, architecture: amd64 }
                      - { name: hung-001, architecture: arm64, faults: [never-answer] }
                    jobs: [{ source: endless 1.0, architectures: amd64, build: { duration: never } }]
                    expect: [{ jobs: endless, status: BUILDING }]
                    """),
            stop: { for await _ in stops { return } },
            observe: { table in
                let running = Self.processors(of: fixture)
                processors.withLock { $0.formUnion(running) }
                if table.builds.first?.status == .building, !running.isEmpty { stop.yield() }
            })
        // The hung slave would have held up the stop for a minute, had it not been made to hang up.
        #expect(report.outcome.ending == .interrupted)
        #expect(report.verdict.grade == .pass, "\(report.verdict.text)")
        #expect(try fixture.events().lines.last?.text("ending") == "interrupted")
        let seen = processors.withLock { $0 }
        #expect(!seen.isEmpty)
        for process in seen { #expect(!ProcessTable.isAlive(process)) }
    }

    @Test("an upload processor that is killed is started again, goes on with its log, and the run passes")
    func processorKilled() async throws {
        let fixture = try FarmFixture()
        let killed = Mutex<Int32?>(nil)
        let report = try await fixture.run(
            Scenario(
                text: """
                    name: killed
                    manager: { scan-interval: 100ms, rpc-timeout: 20s, uploads: { interval: 100ms } }
                    slaves: [{ name: amd64-001, architecture: amd64 }]
                    jobs:
                      - { source: "pkg-{1..6} 1.0", architectures: amd64, build: { duration: 100ms } }
                    expect:
                      - { jobs: "*", status: FULLYBUILT, attempts: 1, binaries: at least 1 }
                      - { events: upload-processor-ended, count: at least 1 }
                    """),
            observe: { table in
                guard killed.withLock({ $0 == nil }),
                    table.builds.contains(where: { $0.status == .fullyBuilt }),
                    let process = Self.processors(of: fixture).first
                else { return }
                kill(process, SIGKILL)
                killed.withLock { $0 = process }
            })
        #expect(killed.withLock { $0 } != nil)
        #expect(report.verdict.grade == .pass, "\(report.verdict.text)")
        let log = try String(contentsOfFile: fixture.directory.processorLog, encoding: .utf8)
        // Each build's acceptance is told by one of the two; what the first said is still there.
        #expect(log.split(separator: "\n").count { $0.contains(": accepted") } >= 5)
        #expect(log.contains("PACKAGEBUILD-1: accepted"))
    }

    @Test("a slave that hangs does not hold up the end of a run")
    func hungSlave() async throws {
        let report = try await FarmFixture().run(
            Scenario(
                text: """
                    name: hung
                    manager: { scan-interval: 100ms, rpc-timeout: 200s, stop-timeout: 300s }
                    slaves:
                      - { name: good-001, architecture: amd64 }
                      - { name: hung-001, architecture: amd64, faults: [never-answer] }
                    jobs: [{ source: pkg 1.0, architectures: amd64, build: { duration: 50ms } }]
                    expect:
                      - { jobs: pkg, status: FULLYBUILT, on: good-001 }
                      - { builders: hung-001, failure-count: none }
                    """), limit: .seconds(150))
        // With a time-out longer than the limit, the hung scan cannot have ended by itself.
        #expect(report.outcome.ending == .allFinal)
        #expect(report.verdict.grade == .pass, "\(report.verdict.text)")
    }

    @Test("a program that cannot process uploads ends the run with an error")
    func noProcessor() async throws {
        let scratch = try ScratchDirectory()
        let directory = FarmDirectory(scratch.path("farm"))
        let claim = try directory.claim(isEmptied: true)
        defer { claim.release() }
        var options = FarmRun.Options(
            directory: directory, program: "/nowhere/baikonur", logger: FarmFixture.quiet)
        options.stop = { try? await Task.sleep(for: .seconds(1000)) }
        let run = FarmRun(try Self.lottery(seed: 1), options: options)
        await #expect {
            try await run.run()
        } throws: { error in
            "\(error)".contains("/nowhere/baikonur cannot be started")
        }
    }

    @Test("no secret of a private archive lies in a file of the farm, but for its database")
    func secrets() async throws {
        let fixture = try FarmFixture()
        let report = try await fixture.run(
            Scenario(
                text: """
                    name: secrets
                    manager: { scan-interval: 100ms, rpc-timeout: 20s }
                    archives:
                      primary: {}
                      secret: { owner: bob, private: yes, depends: [primary] }
                    slaves: [{ name: amd64-001, architecture: amd64 }]
                    jobs:
                      - { source: open 1.0, architectures: amd64, build: { duration: 50ms } }
                      - { source: hidden 1.0, architectures: amd64, archive: secret, build: { duration: 50ms } }
                      - { source: refused 1.0, architectures: amd64, archive: secret, build: { duration: 50ms } }
                    faults: [{ fault: unknown-sum, calls: build, when: { times: 2 } }]
                    expect: [{ jobs: "*", status: FULLYBUILT }, { faults: unknown-sum }]
                    """))
        #expect(report.verdict.grade == .pass, "\(report.verdict.text)")
        let secrets = try await Self.secrets(of: fixture)
        #expect(secrets.count == 1, "each private archive has one token")
        for name in try FileManager.default.subpathsOfDirectory(atPath: fixture.directory.root).sorted() {
            guard !name.hasPrefix("farm.sqlite"),
                let content = FileManager.default.contents(atPath: fixture.directory.root + "/" + name)
            else { continue }
            for secret in secrets { #expect(content.firstRange(of: Data(secret.utf8)) == nil, "\(name)") }
        }
    }

    /// The tokens with which files of the library can be fetched.
    private static func secrets(of fixture: FarmFixture) async throws -> Set<String> {
        let records = try fixture.records()
        var secrets: Set<String> = []
        let library = URL(filePath: fixture.directory.library)
        for case let file as URL in FileManager.default.enumerator(
            at: library, includingPropertiesForKeys: nil)
            ?? .init()
        {
            guard let sum = SHA1Digest(file.lastPathComponent) else { continue }
            if case .restricted(let tokens) = try await records.libraryAccess(to: sum) {
                secrets.formUnion(tokens)
            }
        }
        return secrets
    }

    /// The farm's upload processors that live.
    private static func processors(of fixture: FarmFixture) -> [Int32] {
        ProcessTable.children(of: getpid()).filter { child in
            child.arguments.contains("process-uploads") && child.arguments.contains(fixture.directory.root)
        }.map(\.process)
    }
}
