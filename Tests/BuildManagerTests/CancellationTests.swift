import BuildManager
import BuilddProtocol
import FarmModel
import Testing
import XMLRPC

@Suite("Cancelling a running build")
struct CancellationTests {
    private func stage(settings: ManagerSettings = .init()) throws -> ScanStage {
        ScanStage(try .bob(.dirty, job: .cancelling), settings: settings)
    }

    private static let waits = ["status", "tail \(LogTail.aborting)"]
    private static let ends = [
        "status", "store log PACKAGEBUILD-7", "cancelled PACKAGEBUILD-7", "tell cancelled PACKAGEBUILD-7",
    ]

    @Test("abort once, wait, keep the log, CANCELLED")
    func story() throws {
        var stage = try stage()
        stage.answer(status: .building(), .aborting(), .aborting(), .waiting(.aborted))
        #expect(
            stage.scans(4) == [
                ["status", "abort", "tail \(LogTail.aborting)"], Self.waits, Self.waits, Self.ends,
            ])
        #expect(stage.failures.isEmpty)
    }

    @Test("the ABORTED state of 2010 ends it, too")
    func release2010() throws {
        var stage = try stage()
        stage.answer(status: .building(), .aborting(), .aborted(), dialect: .release2010)
        #expect(stage.scans(3) == [["status", "abort", "tail \(LogTail.aborting)"], Self.waits, Self.ends])
    }

    @Test("a build that finished first is thrown away, whatever it left, and nobody gets a strike")
    func finishedFirst() throws {
        for result in BuildResult.allCases {
            var stage = try stage()
            stage.answer(status: .waiting(result, files: ["a.deb"]))
            #expect(stage.scan() == Self.ends)
            #expect(stage.failures.isEmpty)
        }
    }

    @Test("a build that finishes between status and abort ends at the next scan, without a strike")
    func race() throws {
        var stage = try stage()
        stage.answer(status: .building(), .waiting(.ok))
        stage.answer(.abort, failure: .fault, "error")
        #expect(
            stage.scan() == ["status", "abort", "tell note the slave refused to abort PACKAGEBUILD-7: error"])
        #expect(stage.scan() == Self.ends)
        #expect(stage.failures.isEmpty)
    }

    @Test("a log that cannot be had does not hold the end up")
    func missingLog() throws {
        var stage = try stage()
        stage.answer(status: .waiting(.aborted))
        stage.answer(.log, .logStored(.failure(EdgeFailure("404"))))
        #expect(stage.scan() == Self.ends)
        #expect(stage.failures.isEmpty)
    }

    @Test("an abort that did not arrive is sent again")
    func lostAbort() throws {
        var stage = try stage()
        stage.answer(status: .building())
        stage.answer(
            .abort, .replied(.failure(CallFailure(.timedOut, "slow"))),
            .replied(.success("BuilderStatus.ABORTING")))
        #expect(stage.scan() == ["status", "abort", "tell failure 1, graced"])
        #expect(stage.scan() == ["status", "abort", "tail \(LogTail.aborting)"])
        #expect(stage.scan() == Self.waits)
    }

    @Test("a slave that aborts already is not told again, nor one in any other state")
    func onlyBuilding() throws {
        for status in [SlaveStatus.aborting(), .unknown] {
            var stage = try stage()
            stage.answer(status: status)
            #expect(stage.scans(5).allSatisfy { $0 == Self.waits })
        }
    }

    @Test("after 180 s it is a failure; the fifth comes before the judge, who may not let it be tried again")
    func deadline() throws {
        for status in [SlaveStatus.aborting(), .building(), .unknown] {
            var stage = try stage()
            stage.answer(status: status)
            #expect(
                stage.scans(12).allSatisfy { $0.first == "status" && !$0.contains { $0.contains("failure") } }
            )
            #expect(
                stage.scans(5) == (1...4).map { ["status", "tell failure \($0), graced"] } + [
                    ["status", "tell failure 5", "judge cancel timed out, at once", "tell judged"]
                ])
            #expect(stage.reports.first?.job?.isCancelling == true)
        }
    }

    @Test("a slave that refuses every abort meets the deadline as well")
    func cannotAbort() throws {
        var stage = try stage()
        stage.answer(status: .building())
        stage.answer(.abort, failure: .fault, "Could not abort")
        #expect(stage.scans(12).allSatisfy { $0.starts(with: ["status", "abort"]) })
        #expect(stage.scan() == ["status", "tell failure 1, graced"])
    }

    @Test("a dead slave ends in a judgement after five scans")
    func deadSlave() throws {
        var stage = try stage()
        stage.answer(.status, failure: .refused)
        #expect(stage.scans(5).last?.contains("judge communication failure, at once") == true)
    }

    @Test("a slave that lost the build has cancelled it, whatever it does now, and nobody gets a strike")
    func lost() throws {
        for settings in [ManagerSettings(), .original] {
            for status in [SlaveStatus.idle, .building(.other), .waiting(.ok, .other)] {
                var stage = try stage(settings: settings)
                stage.answer(status: status)
                #expect(
                    stage.scan() == [
                        "status", "tell lost PACKAGEBUILD-7", "cancelled PACKAGEBUILD-7",
                        "tell cancelled PACKAGEBUILD-7",
                    ])
                #expect(stage.failures.isEmpty)
            }
        }
    }

    @Test("on a disabled builder the build is cancelled, not put back, and the slave is not asked")
    func disabled() throws {
        var stage = ScanStage(try .bob(.dirty, job: .cancelling, isOK: false))
        #expect(stage.scan() == ["cancelled PACKAGEBUILD-7", "tell cancelled PACKAGEBUILD-7"])
    }

    @Test("the next cancelled build has its own time and its own abort")
    func nextBuild() throws {
        var stage = try stage()
        stage.answer(status: .building())
        _ = stage.scans(10)
        stage.answer(status: .waiting(.aborted))
        stage.scan()
        for cookie in [BuildCookie.other, .sample] {
            stage.vitals = try .bob(.dirty)
            stage.answer(status: .idle)
            stage.scan()
            stage.vitals.job = JobVitals(queueEntry: QueueEntryID(9), cookie: cookie, isCancelling: true)
            stage.answer(status: .building(cookie))
            #expect(stage.scan() == ["status", "abort", "tail \(LogTail.aborting)"])
            #expect(stage.scans(11).allSatisfy { $0 == Self.waits })
        }
    }

    @Test(
        "the same build, cancelled a second time on the same builder without a scan between, is aborted anew")
    func sameBuildAgain() throws {
        var stage = try stage()
        stage.answer(status: .building())
        stage.scan()
        stage.answer(status: .waiting(.aborted))
        stage.scan()
        stage.answer(status: .building())
        #expect(stage.scan() == ["status", "abort", "tail \(LogTail.aborting)"])
    }

    @Test("after the cancel the builder is cleaned like any other")
    func cleanedAfterwards() throws {
        var stage = try stage()
        stage.answer(status: .aborting())
        _ = stage.scans(17)
        stage.vitals = try .bob(.dirty)
        #expect(stage.scans(21).allSatisfy { $0 == ["status"] })
        #expect(stage.scan() == ["status", "tell failure 1, graced"])
    }
}
