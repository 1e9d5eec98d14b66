import FarmModel
import FarmRecords
import TestSupport
import Testing

@Suite("Acting on a farm")
struct ActingTests {
    private let scratch: ScratchDirectory
    private let program: BaikonurProgram

    init() throws {
        scratch = try ScratchDirectory()
        program = BaikonurProgram(in: scratch.path)
    }

    private func builder(_ name: String, _ farm: String) async throws -> BuilderListing? {
        try await FarmRecords.open(path: farm + "/farm.sqlite").builderListings().first {
            $0.vitals.name.rawValue == name
        }
    }

    private func build(_ number: Int64, _ farm: String) async throws -> BuildListing? {
        try await FarmRecords.open(path: farm + "/farm.sqlite").build(BuildID(number))
    }

    @Test("a builder is disabled with a reason, and enabled again")
    func enable() async throws {
        let farm = try await FarmSample.shared.copy(to: scratch)
        let disabled = try await program.run(
            "builder", "disable", "amd64-001", "--notes", "smokes", "--farm", "farm")
        #expect(disabled.status == 0)
        #expect(disabled.output == "builder amd64-001 of \(farm) is disabled\n")
        #expect(try await builder("amd64-001", farm)?.vitals.isOK == false)
        #expect(try await builder("amd64-001", farm)?.failNotes == "smokes")
        let enabled = try await program.run("builder", "enable", "amd64-001", "--farm", "farm")
        #expect(enabled.output == "builder amd64-001 of \(farm) is enabled\n")
        #expect(try await builder("amd64-001", farm)?.vitals.isOK == true)
        #expect(try await builder("amd64-001", farm)?.failNotes == nil)
        #expect(try await builder("amd64-002", farm)?.vitals.isOK == true)
    }

    @Test("a builder is paused and resumed")
    func pause() async throws {
        let farm = try await FarmSample.shared.copy(to: scratch)
        let paused = try await program.run("builder", "pause", "amd64-002", "--farm", "farm")
        #expect(paused.output == "builder amd64-002 of \(farm) gets no further job\n")
        #expect(try await builder("amd64-002", farm)?.vitals.isManual == true)
        let listed = try await program.run("builders", "--farm", "farm")
        #expect(listed.lines.contains { $0.hasPrefix("amd64-002") && $0.contains(" paused ") })
        let resumed = try await program.run("builder", "resume", "amd64-002", "--farm", "farm")
        #expect(resumed.output == "builder amd64-002 of \(farm) gets jobs again\n")
        #expect(try await builder("amd64-002", farm)?.vitals.isManual == false)
    }

    @Test("a waiting job is cancelled and retried")
    func cancel() async throws {
        let farm = try await FarmSample.shared.copy(to: scratch)
        let cancelled = try await program.run("job", "cancel", "waiting_1.0_arm64", "--farm", "farm")
        #expect(cancelled.status == 0)
        #expect(cancelled.output == "job waiting_1.0_arm64 of \(farm) is CANCELLED\n")
        #expect(try await build(4, farm)?.status == .cancelled)
        let retried = try await program.run(
            "job", "retry", "PACKAGEBUILD-4", "--score", "77", "--farm", "farm")
        #expect(retried.status == 0)
        #expect(retried.output == "job waiting_1.0_arm64 of \(farm) waits again\n")
        #expect(try await build(4, farm)?.status == .needsBuild)
        #expect(try await build(4, farm)?.score == 77)
    }

    @Test("a failed job is retried with a clean slate")
    func retry() async throws {
        let farm = try await FarmSample.shared.copy(to: scratch)
        #expect(try await program.run("job", "retry", "2", "--farm", "farm").status == 0)
        let again = try await build(2, farm)
        #expect(again?.status == .needsBuild)
        #expect(again?.failureCount == 0)
        #expect(again?.log == nil)
        #expect(again?.builder == nil)
    }

    @Test(
        "what cannot be done is said in a line",
        arguments: [
            (["job", "cancel", "1"], "good_1.0_amd64 is FULLYBUILT and cannot be cancelled"),
            (["job", "retry", "1"], "good_1.0_amd64 is FULLYBUILT and cannot be retried"),
            (["job", "retry", "4"], "waiting_1.0_arm64 is NEEDSBUILD and cannot be retried"),
            (["job", "cancel", "nobody"], "no job is called 'nobody' in"),
            (["builder", "enable", "nobody"], "no builder is named 'nobody'"),
        ])
    func refused(arguments: [String], message: String) async throws {
        let farm = try await FarmSample.shared.directory()
        let (_, end) = try await program.run(arguments + ["--farm", farm]) { _ in }
        #expect(end.status == 1)
        #expect(end.output.isEmpty)
        #expect(end.error.hasPrefix("Error: \(message)"))
        #expect(end.error.split(separator: "\n").count == 1)
    }

    @Test("a name that no builder can have is wrong usage")
    func wrongName() async throws {
        let end = try await program.run("builder", "pause", "Bad Name", "--farm", "farm")
        #expect(end.status == 64)
        #expect(end.error.contains("Usage: baikonur builder pause"))
    }
}
