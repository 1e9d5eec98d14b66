import BuildManager
import FarmModel
import Foundation
import Scenario
import Synchronization
import TestSupport
import Testing

@testable import FarmRunner

@Suite("The event log")
struct EventRecorderTests {
    private static let builder = BuilderName("lcy-001")!
    private static let job = JobVitals(
        queueEntry: QueueEntryID(1), cookie: BuildCookie(jobType: .packageBuild, build: BuildID(7)))

    @Test("a log that is there is continued")
    func continued() throws {
        let scratch = try ScratchDirectory()
        for _ in 0..<2 {
            let recorder = try EventRecorder(path: scratch.path("events"), clock: { .epoch })
            recorder.record(.builderCleaned, builder: Self.builder)
            recorder.close()
        }
        let log = try EventLog(path: scratch.path("events"))
        #expect(log.complaints.isEmpty)
        #expect(log.count(.builderCleaned) == 2)
    }

    @Test("lines that many write at once are whole and in the order of their times")
    func concurrent() async throws {
        let scratch = try ScratchDirectory()
        let time = Mutex<Int64>(0)
        let recorder = try EventRecorder(path: scratch.path("events")) {
            time.withLock { time in
                time += 1000
                return Instant(nanoseconds: time)
            }
        }
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask {
                    for number in 0..<100 {
                        recorder.record(.dispatched, builder: Self.builder, job: "job \(writer) \(number)")
                    }
                }
            }
        }
        recorder.close()
        let log = try EventLog(path: scratch.path("events"))
        #expect(log.complaints.isEmpty)
        #expect(log.lines.count == 800)
        #expect(recorder.counts[.dispatched] == 800)
        #expect(recorder.dispatches(to: Self.builder) == 800)
        // Counting goes on after the end of the file.
        recorder.record(.dispatched, builder: Self.builder)
        #expect(recorder.dispatches(to: Self.builder) == 801)
    }

    @Test("a log that cannot be written is an error")
    func unwritable() throws {
        #expect {
            try EventRecorder(path: "/nowhere/events.jsonl", clock: { .epoch })
        } throws: { error in
            "\(error)" == "cannot write the event log /nowhere/events.jsonl"
        }
    }

    @Test("what the manager tells becomes events with all that the page about them says")
    func translated() throws {
        let scratch = try ScratchDirectory()
        let recorder = try EventRecorder(path: scratch.path("events"), clock: { .epoch })
        let jobs = JobLedger()
        let translator = ManagerEventTranslator(recorder: recorder, jobs: jobs)
        let plan = Self.plan
        let report = FailureReport(
            builder: BuilderID(1), job: Self.job, cause: .isolation, message: "not idle", mayRetry: false)
        let applied = AppliedVerdict(
            report: report, verdict: Verdict(builder: .disable, job: .fail, explanation: "both"),
            builderCount: 2,
            jobCount: 3)
        let told: [ManagerEvent] = [
            .taken(plan), .dispatched(plan), .jobLost(Self.job, found: "nothing"),
            .scanFailed(report, consecutive: 1, isGraced: true),
            .scanFailed(report, consecutive: 2, isGraced: false), .judged(applied), .taken(plan),
            .dispatched(plan),
            .collected(Self.job, .uploading), .jobReset(Self.job, reason: "so"), .cancelled(Self.job),
            .cleaning("reset trigger"), .cleaning("clean"), .cleaned, .recordFailed("x"), .note("y"),
        ]
        for event in told { translator.record(Self.builder, event) }
        recorder.close()
        let log = try EventLog(path: scratch.path("events"))
        #expect(log.complaints.isEmpty)
        let head = #"{"time":"1970-01-01T00:00:00.000000Z","kind":"#
        let subject = #","builder":"lcy-001","job":"hello_1.0_amd64","build":"PACKAGEBUILD-7""#
        #expect(
            log.lines.map { $0.text.replacing(head, with: "").replacing(subject, with: " ") } == [
                #""job-taken" ,"attempt":1,"score":5}"#, #""dispatched" ,"attempt":1}"#,
                #""job-lost" ,"reason":"nothing"}"#,
                #""scan-retried" ,"reason":"isolation error: not idle","failures":1}"#,
                #""scan-failed" ,"reason":"isolation error: not idle","builder-failures":2,"job-failures":3}"#,
                #""isolation-error" ,"reason":"not idle"}"#,
                #""builder-disabled" ,"reason":"both","builder-failures":2,"job-failures":3}"#,
                #""job-failed" ,"reason":"both","builder-failures":2,"job-failures":3}"#,
                #""job-taken" ,"attempt":2,"score":5}"#, #""dispatched" ,"attempt":2}"#,
                #""collected" ,"to":"UPLOADING"}"#, #""job-reset" ,"reason":"so"}"#, #""job-cancelled" }"#,
                #""builder-reset","builder":"lcy-001"}"#, #""builder-cleaned","builder":"lcy-001"}"#,
            ])
        #expect(
            recorder.headlines.newest == [
                "builder lcy-001 is disabled: not idle", "job hello_1.0_amd64 is failed: both",
            ])
        #expect(recorder.resets(of: Self.builder) == 1)
    }

    private static var plan: DispatchPlan {
        DispatchPlan(
            job: job, sourceName: "hello", sourceVersion: "2:1.0", image: nil, files: [],
            distribution: "ubuntu",
            series: "lucid", architecture: "amd64", isArchIndep: false, archivePurpose: "PRIMARY",
            component: "main", isVirtualized: false, score: 5)
    }
}
