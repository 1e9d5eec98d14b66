import BuildManager
import BuilddProtocol
import FarmModel
import Testing
import XMLRPC

@Suite("Cleaning a builder that is not virtual")
struct CleaningTests {
    @Test("an idle slave is clean")
    func idle() throws {
        for dialect in SlaveDialect.allCases {
            var stage = ScanStage(try .bob(.dirty))
            stage.answer(status: .idle, dialect: dialect)
            #expect(stage.scan() == ["status", "set CLEAN", "tell cleaned"])
        }
    }

    @Test("a waiting slave is told to clean, whatever its build and result")
    func waiting() throws {
        for result in BuildResult.allCases {
            for dialect in SlaveDialect.allCases {
                var stage = ScanStage(try .bob(.dirty))
                stage.answer(status: .waiting(result, .other), dialect: dialect)
                #expect(
                    stage.scan() == [
                        "status", "tell cleaning by clean", "clean", "set CLEAN", "tell cleaned",
                    ])
            }
        }
    }

    @Test("the ABORTED slave of 2010 is told to clean, too")
    func aborted() throws {
        var stage = ScanStage(try .bob(.dirty))
        stage.answer(status: .aborted(), dialect: .release2010)
        #expect(stage.scan() == ["status", "tell cleaning by clean", "clean", "set CLEAN", "tell cleaned"])
    }

    @Test("a building slave is told to abort, then waited for, then cleaned, then found idle")
    func building() throws {
        var stage = ScanStage(try .bob(.dirty))
        stage.answer(
            status: .building(.other), .aborting(.other), .aborting(.other), .waiting(.aborted, .other))
        #expect(
            stage.scans(4) == [
                ["status", "tell cleaning by abort", "abort"], ["status"], ["status"],
                ["status", "tell cleaning by clean", "clean", "set CLEAN", "tell cleaned"],
            ])
        stage.vitals.cleanStatus = .clean
        stage.answer(status: .idle)
        #expect(stage.scan() == ["status", "take"])
    }

    @Test("an abort that the slave refuses is no failure: it looks again at the next scan")
    func refusedAbort() throws {
        var stage = ScanStage(try .bob(.dirty))
        stage.answer(status: .building(.other))
        stage.answer(.abort, failure: .fault)
        #expect(stage.scan() == ["status", "tell cleaning by abort", "abort"])
        stage.answer(status: .waiting(.ok, .other))
        #expect(stage.scan().contains("clean"))
    }

    @Test("an abort that does not arrive is a failure")
    func lostAbort() throws {
        var stage = ScanStage(try .bob(.dirty))
        stage.answer(status: .building(.other))
        stage.answer(.abort, failure: .timedOut)
        #expect(stage.scan() == ["status", "tell cleaning by abort", "abort", "tell failure 1, graced"])
        #expect(stage.failures.first?.cause == .communication)
    }

    @Test("a clean that faults and yet worked makes the builder clean")
    func halfDone() throws {
        var stage = ScanStage(try .bob(.dirty))
        stage.answer(status: .waiting(.ok), .idle)
        stage.answer(.clean, failure: .fault, "error")
        #expect(
            stage.scan() == [
                "status", "tell cleaning by clean", "clean", "status", "set CLEAN", "tell cleaned",
            ])
    }

    @Test("a clean that faults and did nothing is the slave's failure")
    func refusedClean() throws {
        for second in [SlaveStatus.waiting(.ok), .building(), .aborting(), .unknown] {
            var stage = ScanStage(try .bob(.dirty))
            stage.answer(status: .waiting(.ok), second)
            stage.answer(.clean, failure: .fault, "error")
            #expect(
                stage.scan() == [
                    "status", "tell cleaning by clean", "clean", "status", "tell failure 1, graced",
                ])
            #expect(stage.failures.first?.cause == .slaveFailure)
        }
    }

    @Test("a clean whose answer is lost is looked into, and counts as a failure of communication")
    func lostClean() throws {
        var stage = ScanStage(try .bob(.dirty))
        stage.answer(
            .status, .replied(.success(SlaveStatus.waiting(.ok).encoded(in: .current))),
            .replied(.failure(CallFailure(.refused, "gone"))))
        stage.answer(.clean, failure: .timedOut)
        #expect(
            stage.scan() == ["status", "tell cleaning by clean", "clean", "status", "tell failure 1, graced"])
        #expect(stage.failures.first?.cause == .communication)
    }

    @Test("an unknown state is a failure, and nothing is sent to the slave")
    func unknown() throws {
        var stage = ScanStage(try .bob(.dirty))
        stage.answer(status: .unknown)
        #expect(stage.scan() == ["status", "tell failure 1, graced"])
        #expect(stage.failures.first?.cause == .slaveFailure)
    }

    @Test("a slave stuck in ABORTING becomes a visible failure after five minutes")
    func stuckAborting() throws {
        var stage = ScanStage(try .bob(.dirty))
        stage.answer(status: .aborting(.other))
        #expect(stage.scans(21).allSatisfy { $0 == ["status"] })
        #expect(stage.scan() == ["status", "tell failure 1, graced"])
        #expect(
            stage.scans(4).last == ["status", "tell failure 5", "judge cleaning timed out", "tell judged"])
    }

    @Test("the original waits for a stuck slave for ever and counts nothing")
    func stuckInTheOriginal() throws {
        var stage = ScanStage(try .bob(.dirty), settings: .original)
        stage.answer(status: .aborting(.other))
        #expect(stage.scans(500).allSatisfy { $0 == ["status"] })
    }

    @Test("a slave that goes on BUILDING is sent aborts even when its time is over")
    func stuckBuilding() throws {
        var stage = ScanStage(try .bob(.dirty))
        stage.answer(status: .building(.other))
        stage.answer(.abort, failure: .fault)
        #expect(stage.scans(21).allSatisfy { $0 == ["status", "tell cleaning by abort", "abort"] })
        #expect(stage.scan() == ["status", "tell cleaning by abort", "abort", "tell failure 1, graced"])
        #expect(stage.failures.first?.cause == .cleaningTimedOut)
    }

    @Test("the time begins anew with each cleaning")
    func nextCleaning() throws {
        var stage = ScanStage(try .bob(.dirty))
        stage.answer(status: .aborting(.other))
        _ = stage.scans(20)
        stage.answer(status: .waiting(.aborted, .other))
        stage.scan()
        stage.answer(status: .aborting(.other))
        #expect(stage.scans(21).allSatisfy { $0 == ["status"] })
    }

    @Test("a builder found disabled or clean in between starts the time anew", arguments: [true, false])
    func timeForgotten(isOK: Bool) throws {
        var stage = ScanStage(try .bob(.dirty))
        stage.answer(status: .aborting(.other))
        _ = stage.scans(20)
        stage.vitals = try .bob(.clean, isOK: isOK, isManual: true)
        stage.answer(status: .idle)
        stage.scan()
        stage.vitals = try .bob(.dirty)
        stage.answer(status: .aborting(.other))
        #expect(stage.scans(21).allSatisfy { $0 == ["status"] })
    }

    @Test("a builder that was left CLEANING is cleaned like a dirty one")
    func cleaningStatus() throws {
        var stage = ScanStage(try .bob(.cleaning))
        stage.answer(status: .waiting(.ok))
        #expect(stage.scan() == ["status", "tell cleaning by clean", "clean", "set CLEAN", "tell cleaned"])
    }
}

@Suite("Cleaning a virtual builder")
struct VirtualCleaningTests {
    @Test("protocol 1.1: CLEANING is recorded, then the host is reset and pinged, then it is CLEAN")
    func synchronous() throws {
        for cleanStatus in [CleanStatus.dirty, .cleaning] {
            var stage = ScanStage(try .virtual(cleanStatus, .synchronous))
            #expect(
                stage.scan() == [
                    "tell cleaning by reset", "set CLEANING", "reset host", "echo ping", "set CLEAN",
                    "tell cleaned",
                ])
        }
    }

    @Test("protocol 1.1: a reset that fails is judged at once and never leads to CLEAN")
    func failedReset() throws {
        var stage = ScanStage(try .virtual(.dirty, .synchronous))
        stage.answer(.reset, .hostReset(.failure(EdgeFailure("exit status 1"))))
        #expect(
            stage.scan() == [
                "tell cleaning by reset", "set CLEANING", "reset host", "tell failure 1",
                "judge cannot resume host, at once", "tell judged",
            ])
        #expect(stage.reports.first?.message == "exit status 1")
    }

    @Test("protocol 1.1: a host that does not answer the ping is not clean")
    func unansweredPing() throws {
        var stage = ScanStage(try .virtual(.dirty, .synchronous))
        stage.answer(.echo, failure: .timedOut)
        #expect(
            stage.scan() == [
                "tell cleaning by reset", "set CLEANING", "reset host", "echo ping", "tell failure 1, graced",
            ])
    }

    @Test("protocol 2.0: the trigger comes before CLEANING is recorded, and the manager never says CLEAN")
    func asynchronous() throws {
        var stage = ScanStage(try .virtual(.dirty, .asynchronous))
        #expect(stage.scan() == ["tell cleaning by reset trigger", "reset host", "set CLEANING"])
        stage.vitals = try .virtual(.cleaning, .asynchronous, since: stage.now)
        #expect(stage.scans(20).allSatisfy { $0 == [] })
    }

    @Test("protocol 2.0: a trigger that fails is judged at once and leaves the builder DIRTY")
    func failedTrigger() throws {
        var stage = ScanStage(try .virtual(.dirty, .asynchronous))
        stage.answer(.reset, .hostReset(.failure(EdgeFailure("killed"))))
        #expect(
            stage.scan() == [
                "tell cleaning by reset trigger", "reset host", "tell failure 1",
                "judge cannot resume host, at once",
                "tell judged",
            ])
    }

    @Test(
        "protocol 2.0: an agent that never answers becomes a failure after five minutes, without a second trigger"
    )
    func silentAgent() throws {
        var stage = ScanStage(try .virtual(.cleaning, .asynchronous))
        stage.vitals.cleanStatusChanged = stage.now
        #expect(stage.scans(20).allSatisfy { $0 == [] })
        #expect(stage.scans(4) == (1...4).map { ["tell failure \($0), graced"] })
        #expect(stage.scan() == ["tell failure 5", "judge cleaning timed out", "tell judged"])
    }

    @Test("protocol 2.0: the original waits for the agent for ever")
    func silentAgentInTheOriginal() throws {
        var stage = ScanStage(try .virtual(.cleaning, .asynchronous), settings: .original)
        #expect(stage.scans(500).allSatisfy { $0 == [] })
    }

    @Test("a virtual builder without host or protocol cannot be reset")
    func notResettable() throws {
        for vitals in [
            try BuilderVitals.virtual(.dirty, nil), try .virtual(.dirty, .synchronous, vmHost: nil),
            try .virtual(.cleaning, .asynchronous, vmHost: nil),
        ] {
            var stage = ScanStage(vitals)
            #expect(stage.scan() == ["tell failure 1", "judge cannot resume host, at once", "tell judged"])
        }
    }

    @Test("a failing reset disables on the fifth scan: five judgements in five scans")
    func noGrace() throws {
        var stage = ScanStage(try .virtual(.dirty, .synchronous))
        stage.answer(.reset, .hostReset(.failure(EdgeFailure("exit status 1"))))
        _ = stage.scans(5)
        #expect(stage.reports.count == 5)
    }
}
