import Foundation
import TestSupport
import Testing

@Suite("Looking into a farm")
struct LookingTests {
    private let program = BaikonurProgram(in: Repository.path(""))

    @Test("builders lists who there is and how they stand")
    func builders() async throws {
        let end = try await program.run("builders", "--farm", FarmSample.shared.directory())
        #expect(end.status == 0)
        #expect(
            end.lines == [
                "NAME       ARCH   KIND  STATE     CLEAN  FAIL  VERSION  JOB OR NOTES",
                "amd64-001  amd64  real  ok        CLEAN  0     254",
                "amd64-002  amd64  real  ok        CLEAN  0     254",
                "arm64-001  arm64  real  disabled  DIRTY  0     -        disabled by the scenario", "",
            ])
    }

    @Test("jobs lists what was and is to be built, all or those in one status")
    func jobs() async throws {
        let farm = try await FarmSample.shared.directory()
        let end = try await program.run("jobs", "--farm", farm)
        #expect(end.status == 0)
        // Which of the two builders took a job is chance.
        let lines = end.lines.map { $0.replacing(/amd64-00[12]/, with: "amd64-00?") }
        #expect(
            lines == [
                "JOB             NAME               STATUS         BUILDER    TRIES  FAIL  SCORE  BINARIES",
                "PACKAGEBUILD-1  good_1.0_amd64     FULLYBUILT     amd64-00?  1      0     -      1",
                "PACKAGEBUILD-2  broken_1.0_amd64   FAILEDTOBUILD  amd64-00?  1      0     -      0",
                "PACKAGEBUILD-3  needy_1.0_amd64    MANUALDEPWAIT  amd64-00?  1      0     -      0",
                "PACKAGEBUILD-4  waiting_1.0_arm64  NEEDSBUILD     -          0      0     2505   0", "",
            ])
        let waiting = try await program.run("jobs", "--farm", farm, "--status", "needsbuild")
        #expect(waiting.lines.count == 3)
        #expect(waiting.lines[1].hasPrefix("PACKAGEBUILD-4  waiting_1.0_arm64"))
        let none = try await program.run("jobs", "--farm", farm, "--status", "CANCELLED")
        #expect(none.lines == ["JOB  NAME  STATUS  BUILDER  TRIES  FAIL  SCORE  BINARIES", ""])
        let wrong = try await program.run("jobs", "--farm", farm, "--status", "LOST")
        #expect(wrong.status == 64)
        #expect(wrong.error.contains("FULLYBUILT"))
    }

    @Test(
        "show finds a job by its name, its cookie and its number",
        arguments: ["good_1.0_amd64", "PACKAGEBUILD-1", "1"])
    func job(subject: String) async throws {
        let end = try await program.run("show", subject, "--farm", FarmSample.shared.directory())
        #expect(end.status == 0)
        #expect(end.lines[0] == "good_1.0_amd64 (PACKAGEBUILD-1): FULLYBUILT")
        #expect(end.lines[1] == "source: good 2:1.0")
        #expect(end.lines[2] == "failures: 0")
        #expect(end.lines[3].wholeMatch(of: /attempt on amd64-00[12]: UPLOADING/) != nil)
        #expect(
            end.lines[4].wholeMatch(of: /binary good_1.0_amd64.deb: \d+ bytes, SHA-256 [0-9a-f]{64}/) != nil)
        #expect(end.lines.count == 6)
    }

    @Test("show tells what a job waits for, and its score")
    func waitingJobs() async throws {
        let farm = try await FarmSample.shared.directory()
        let needy = try await program.run("show", "needy_1.0_amd64", "--farm", farm)
        #expect(needy.lines.contains("waits for: libfoo-dev (>= 2)"))
        let waiting = try await program.run("show", "4", "--farm", farm)
        #expect(waiting.lines.contains("score: 2505"))
    }

    @Test("show tells of a builder where it is and why it is disabled")
    func builder() async throws {
        let end = try await program.run("show", "arm64-001", "--farm", FarmSample.shared.directory())
        #expect(end.status == 0)
        #expect(end.lines[0].wholeMatch(of: /arm64-001 at http:\/\/127.0.0.1:\d+: disabled, DIRTY/) != nil)
        #expect(end.lines[1...] == ["notes: disabled by the scenario", "failures: 0", ""])
    }

    @Test("show prints the build log and the upload log byte for byte")
    func logs() async throws {
        let farm = try await FarmSample.shared.directory()
        let build = try await program.run("show", "1", "--log", "--farm", farm)
        #expect(build.status == 0)
        #expect(build.lines.contains("made with care"))
        let upload = try await program.run("show", "1", "--upload-log", "--farm", farm)
        #expect(upload.status == 0)
        #expect(upload.output.hasSuffix("ACCEPTED\n"))
    }

    @Test(
        "what is not there is an error without usage",
        arguments: [
            (["show", "nobody"], "no builder and no job is called 'nobody'"),
            (["show", "99"], "no builder and no job is called '99'"),
            (["show", "4", "--log"], "4 has no such log yet"),
            (["show", "2", "--upload-log"], "2 has no such log yet"),
            (["show", "amd64-001", "--log"], "amd64-001 is a builder, and only jobs have logs"),
        ])
    func missing(arguments: [String], message: String) async throws {
        let farm = try await FarmSample.shared.directory()
        let (_, end) = try await program.run(arguments + ["--farm", farm]) { _ in }
        #expect(end.status == 1)
        #expect(end.output.isEmpty)
        #expect(end.error.hasPrefix("Error: \(message)"))
        #expect(end.error.split(separator: "\n").count == 1)
    }

    @Test("without --farm the newest farm below out/ is looked into")
    func newest() async throws {
        let scratch = try ScratchDirectory()
        let program = BaikonurProgram(in: scratch.path)
        let none = try await program.run("jobs")
        #expect(none.status == 1)
        #expect(none.error == "Error: there is no farm below out/; name a farm's directory with --farm\n")
        let nowhere = try await program.run("jobs", "--farm", "nowhere")
        #expect(nowhere.status == 1)
        #expect(nowhere.error == "Error: there is no farm in nowhere\n")
        let farm = try await FarmSample.shared.copy(to: scratch)
        try FileManager.default.createDirectory(
            atPath: scratch.path("out"), withIntermediateDirectories: false)
        try FileManager.default.moveItem(atPath: farm, toPath: scratch.path("out/sample"))
        let found = try await program.run("jobs")
        #expect(found.status == 0)
        #expect(found.lines.count == 6)
    }
}
