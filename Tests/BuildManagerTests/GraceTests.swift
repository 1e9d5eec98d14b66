import BuildManager
import BuilddProtocol
import FarmModel
import Testing
import XMLRPC

@Suite("The grace of five scans")
struct GraceTests {
    private static func answer(_ stage: inout ScanStage, isGood: Bool) {
        if isGood {
            stage.answer(status: .building())
        } else {
            stage.answer(.status, failure: .timedOut)
        }
    }

    @Test("up to four failed scans in a row have no effect; the fifth is recorded, and so is the tenth")
    func five() throws {
        var stage = ScanStage(try .bob(.dirty, job: .sample))
        Self.answer(&stage, isGood: false)
        let traces = stage.scans(11)
        for (index, trace) in traces.enumerated() {
            let count = index % 5 + 1
            #expect(
                trace
                    == (count < 5
                        ? ["status", "tell failure \(count), graced"]
                        : ["status", "tell failure 5", "judge communication failure", "tell judged"]))
        }
        #expect(stage.reports.count == 2)
        #expect(stage.reports.allSatisfy { $0.mayRetry })
    }

    @Test("a good scan forgives all before it")
    func forgiven() throws {
        var stage = ScanStage(try .bob(.dirty, job: .sample))
        for _ in 0..<20 {
            Self.answer(&stage, isGood: false)
            _ = stage.scans(4)
            #expect(stage.scanner.consecutiveFailures == 4)
            Self.answer(&stage, isGood: true)
            stage.scan()
            #expect(stage.scanner.consecutiveFailures == 0)
        }
        #expect(stage.reports.isEmpty)
    }

    @Test("how many scans are graced is configuration", arguments: [0, 1, 2, 7])
    func configured(scans: Int) throws {
        var settings = ManagerSettings()
        settings.failedScansBeforeRecording = scans
        var stage = ScanStage(try .bob(.dirty, job: .sample), settings: settings)
        Self.answer(&stage, isGood: false)
        _ = stage.scans(14)
        #expect(stage.reports.count == 14 / max(scans, 1))
    }

    @Test("a failure that counts at once takes those before it along")
    func atOnce() throws {
        var stage = ScanStage(try .bob(.dirty, job: .sample))
        Self.answer(&stage, isGood: true)
        stage.scan()
        Self.answer(&stage, isGood: false)
        _ = stage.scans(3)
        stage.answer(status: .idle)
        #expect(
            stage.scan() == [
                "status", "tell lost PACKAGEBUILD-7", "tell failure 4", "judge job lost, at once",
                "tell judged",
            ])
        #expect(stage.scanner.consecutiveFailures == 0)
    }

    @Test(
        "a store that fails while a verdict is stored costs nobody anything, and the next failure is judged at once"
    )
    func storeFails() throws {
        var stage = ScanStage(try .bob(.dirty, job: .sample))
        Self.answer(&stage, isGood: false)
        stage.answer(.judge, .recordFailed("disk full"))
        let traces = stage.scans(6)
        #expect(
            traces[4] == ["status", "tell failure 5", "judge communication failure", "tell record failed"])
        #expect(
            traces[5] == ["status", "tell failure 6", "judge communication failure", "tell record failed"])
    }

    @Test("a store that fails makes no good scan of a bad row")
    func storeFailsBetween() throws {
        var stage = ScanStage(try .bob(.dirty))
        stage.answer(.status, failure: .timedOut)
        _ = stage.scans(4)
        stage.answer(status: .idle)
        stage.answer(.records, .recordFailed("disk full"))
        #expect(stage.scan() == ["status", "set CLEAN", "tell record failed"])
        stage.answer(.status, failure: .timedOut)
        #expect(stage.scan() == ["status", "tell failure 5", "judge communication failure", "tell judged"])
    }

    @Test("which causes are graced")
    func retryFlags() throws {
        var graced: Set<FailureReport.Cause> = []
        var counted: Set<FailureReport.Cause> = []
        func run(_ vitals: BuilderVitals, _ script: (inout ScanStage) throws -> Void) rethrows {
            var stage = ScanStage(vitals)
            try script(&stage)
            _ = stage.scans(30)
            for report in stage.failures.prefix(1) {
                if report.mayRetry { graced.insert(report.cause) } else { counted.insert(report.cause) }
            }
        }
        let job = try BuilderVitals.bob(.dirty, job: .sample)
        run(job) { $0.answer(.status, failure: .reset) }
        run(job) { $0.answer(status: .unknown) }
        run(job) { $0.answer(status: .building(), .idle) }
        run(job) { $0.answer(status: .aborting()) }
        run(job) {
            $0.answer(status: .waiting(.ok))
            $0.answer(.log, .logStored(.failure(EdgeFailure("404"))))
        }
        run(try .bob(.dirty, job: .cancelling)) { $0.answer(status: .aborting()) }
        run(try .bob(.clean)) { $0.answer(status: .building()) }
        run(try .virtual(.dirty, .synchronous)) { $0.answer(.reset, .hostReset(.failure(EdgeFailure("1")))) }
        try run(try .bob(.clean)) {
            var plan = try DispatchPlan.sample()
            plan.image = nil
            $0.answer(status: .idle)
            $0.answer(.candidate, .candidate(plan))
        }
        try run(try .bob(.clean)) {
            $0.answer(status: .idle)
            $0.answer(.candidate, .candidate(try .sample()))
            $0.answer(.build, value: ["BuilderStatus.UNKNOWNSUM", ""])
        }
        try run(try .bob(.clean)) {
            let no = EnsurePresentReply(present: false, information: "")
            $0.answer(status: .idle)
            $0.answer(.candidate, .candidate(try .sample()))
            $0.answer(.ensure, .ensured([.success(no), .success(no), .success(no)]))
        }
        #expect(graced == [.communication, .slaveFailure, .cleaningTimedOut, .download, .cancelTimedOut])
        #expect(counted == [.lost, .isolation, .cannotResume, .cannotBuild, .buildRefused, .cannotFetchFile])
        #expect(graced.union(counted) == Set(FailureReport.Cause.allCases))
    }
}
