import FarmModel
import FarmRecords
import Foundation
import Glibc
import TestSupport
import Testing

@Suite("manager and process-uploads")
struct ManagerTests {
    private let scratch: ScratchDirectory
    private let program: BaikonurProgram

    init() throws {
        scratch = try ScratchDirectory()
        program = BaikonurProgram(in: scratch.path)
    }

    private func write(_ name: String, _ text: String) throws {
        try scratch.write("\(name).yaml", Array((text + "\n").utf8))
    }

    /// Hosts the slaves of a scenario in a process of their own, while something else happens.
    private func withSlaves(_ scenario: String, _ body: ([String: String]) async throws -> Void) async throws
    {
        let (_, end) = try await Lanes.farms.run {
            try await program.run(["slaves", scenario, "--listing", "slaves.json"]) { running in
                let urls = try await eventually("the slaves listen") {
                    try? SlaveListing.read(scratch.path("slaves.json"))
                }
                try await body(urls)
                running.send(SIGTERM)
            }
        }
        #expect(end.status == 0)
    }

    private func status(_ farm: String) async throws -> BuildStatus? {
        let database = scratch.path(farm + "/farm.sqlite")
        guard FileManager.default.fileExists(atPath: database) else { return nil }
        return try await FarmRecords.open(path: database).builds().first?.status
    }

    @Test("the slaves of another process are driven to a verdict, virtual ones reset by their reset command")
    func otherProcess() async throws {
        try write(
            "farm",
            """
            name: two processes
            manager: { scan-interval: 100ms, rpc-timeout: 20s, reset-timeout: 30s }
            slaves:
              - { name: real-1, architecture: amd64 }
              - { name: virtual-1, architecture: i386, virtual: yes }
            jobs:
              - { source: "pkg-{1..2} 1.0", architectures: [amd64, i386], build: { duration: 50ms } }
            expect:
              - { jobs: "pkg-*", status: FULLYBUILT }
              - { builders: virtual-1, resets: at least 2 }
            """)
        try await withSlaves("farm.yaml") { urls in
            let places = urls.sorted { $0.key < $1.key }.flatMap { ["--builder", "\($0.key)=\($0.value)/"] }

            let lost = try await program.run("manager", "farm.yaml")
            #expect(lost.status == 3)
            #expect(lost.error.hasPrefix("Error: the slave real-1 has no address"))
            let (_, unreset) = try await program.run(["manager", "farm.yaml"] + places) { _ in }
            #expect(unreset.status == 3)
            #expect(
                unreset.error.hasPrefix("Error: the slave virtual-1 is virtual; say with --reset-command"))

            let control = scratch.path("out/farm-slaves/slaves.control")
            let command = "\(BaikonurProgram.path) slave reset {vm_host} --control \(control)"
            let (_, end) = try await program.run(
                ["manager", "farm.yaml", "--reset-command", command] + places
            ) { _ in }
            #expect(end.status == 0, "\(end.output)\(end.error)")
            #expect(end.lines.contains("PASS  two processes: 2 of 2 expectations hold"))
            #expect(scratch.names(in: "out/farm").contains("junit.xml"))
        }
    }

    @Test(
        "without a scenario the manager works on a farm that is there; uploads wait for whoever processes them"
    )
    func existingFarm() async throws {
        try write(
            "farm",
            """
            name: existing
            limit: 1s
            manager: { scan-interval: 100ms, rpc-timeout: 20s }
            slaves: [{ name: real-1, architecture: amd64, enabled: no }]
            jobs: [{ source: pkg 1.0, architectures: amd64, build: { duration: 50ms } }]
            expect: [{ jobs: pkg, status: NEEDSBUILD }]
            """)
        try await withSlaves("farm.yaml") { urls in
            let url = try #require(urls["real-1"])
            let first = try await program.run(
                "manager", "farm.yaml", "--builder", "real-1=\(url)", "--no-uploads")
            #expect(first.status == 0, "\(first.output)\(first.error)")
            #expect(try await status("out/farm") == .needsBuild)

            #expect(try await program.run("builder", "enable", "real-1", "--farm", "out/farm").status == 0)
            let service = ["manager", "--farm", "out/farm", "--scan-interval", "100ms"]
            let (_, worked) = try await program.run(service + ["--no-uploads"]) { running in
                try await eventually("the build is collected") { try await status("out/farm") == .uploading }
                #expect(running.children().isEmpty)
                running.send(SIGINT)
            }
            #expect(worked.status == 0)
            #expect(
                worked.error.contains("the manager works on \(scratch.path)/out/farm until it is interrupted")
            )

            let once = try await program.run("process-uploads", "--once", "--farm", "out/farm")
            #expect(once.status == 0, "\(once.error)")
            #expect(once.output.contains("PACKAGEBUILD-1: accepted, 1 binary package"))
            #expect(try await status("out/farm") == .fullyBuilt)
            #expect(scratch.names(in: "out/farm/uploads/incoming").isEmpty)
            let again = try await program.run("process-uploads", "--once", "--farm", "out/farm")
            #expect(again.status == 0)
            #expect(again.output.isEmpty)

            // The log of the first run is still there, and the second went on with it.
            let events = String(decoding: try scratch.read("out/farm/events.jsonl"), as: UTF8.self)
            #expect(events.contains(#""kind":"run-started""#))
            #expect(events.contains(#""job":"pkg_1.0_amd64","build":"PACKAGEBUILD-1","to":"UPLOADING""#))
        }
    }

    @Test("only one processor works on a queue, and one whose starter is gone stops")
    func processor() async throws {
        let farm = try await FarmSample.shared.copy(to: scratch)
        let (_, end) = try await program.run(["process-uploads", "--farm", farm]) { running in
            try await eventually("the processor has its queue") {
                guard scratch.names(in: "farm/uploads").contains("processor.lock") else { return false }
                return try await program.run("process-uploads", "--once", "--farm", farm).status != 0
            }
            let second = try await program.run("process-uploads", "--farm", farm)
            #expect(second.status == 1)
            #expect(second.error.split(separator: "\n").count == 1)
            running.send(SIGTERM)
        }
        #expect(end.status == 0)
        // Tests give their programs an input that has ended.
        #expect(try await program.run("process-uploads", "--supervised", "--farm", farm).status == 0)
    }

    @Test(
        "what does not go together is wrong usage",
        arguments: [
            (["manager"], "Name a scenario file, or an existing farm with --farm."),
            (
                ["manager", "--farm", "x", "--builder", "a=http://127.0.0.1:1"],
                "--builder goes with a scenario file."
            ),
            (
                ["manager", "x.yaml", "--builder", "a=ftp://127.0.0.1"],
                "The value 'a=ftp://127.0.0.1' is invalid"
            ),
            (["manager", "x.yaml", "--scan-interval", "soon"], "The value 'soon' is invalid"),
            (["run", "x.yaml", "--limit", "90"], "The value '90' is invalid"),
            (["run", "x.yaml", "--log-level", "loud"], "The value 'loud' is invalid"),
        ])
    func usage(arguments: [String], message: String) async throws {
        let (_, end) = try await program.run(arguments) { _ in }
        #expect(end.status == 64)
        #expect(end.error.hasPrefix("Error: \(message)"), "\(end.error)")
    }

    @Test("a manager without a farm says so")
    func noFarm() async throws {
        let end = try await program.run("manager", "--farm", "nowhere")
        #expect(end.status == 1)
        #expect(end.error == "Error: there is no farm in nowhere\n")
        #expect(scratch.names() == [])
    }
}
