import BuildManager
import BuilddProtocol
import FarmModel
import Testing
import XMLRPC

/// The rows of the decision table, manager spec 3.1, from the top.
@Suite("The scan's decision table")
struct ScanTableTests {
    @Test("a job on a builder that is not dirty is an isolation error, and the slave is not asked")
    func buildingButNotDirty() throws {
        for cleanStatus in [CleanStatus.clean, .cleaning] {
            for isOK in [true, false] {
                var stage = ScanStage(try .bob(cleanStatus, job: .sample, isOK: isOK))
                #expect(stage.scan() == ["tell failure 1", "judge isolation error, at once", "tell judged"])
                #expect(stage.reports.first?.job == .sample)
            }
        }
    }

    @Test("a disabled builder loses its job, and the slave is not asked")
    func disabledWithJob() throws {
        var stage = ScanStage(try .bob(.dirty, job: .sample, isOK: false))
        #expect(
            stage.scan() == ["put back PACKAGEBUILD-7: builder disabled", "tell put back PACKAGEBUILD-7"])
    }

    @Test("a slave with another build, or none, has lost its job; that counts against both at once")
    func lost() throws {
        let answers: [SlaveStatus] = [
            .idle, .building(.other), .waiting(.ok, .other), .aborting(.other), .aborted(.other),
            SlaveStatus(stateText: "BuilderStatus.BUILDING"),
            SlaveStatus(stateText: "BuilderStatus.BUILDING", buildID: ""),
            SlaveStatus(stateText: "BuilderStatus.BUILDING", buildID: "PACKAGEBUILD-07"),
            SlaveStatus(stateText: "BuilderStatus.DREAMING"),
        ]
        for status in answers {
            var stage = ScanStage(try .bob(.dirty, job: .sample))
            stage.answer(status: .building(), status)
            stage.scan()
            #expect(
                stage.scan() == [
                    "status", "tell lost PACKAGEBUILD-7", "tell failure 1", "judge job lost, at once",
                    "tell judged",
                ])
        }
    }

    @Test("a job that was dispatched in this process and is then lost counts, too")
    func lostAfterDispatch() throws {
        var stage = ScanStage(try .bob(.clean))
        stage.answer(status: .idle)
        stage.answer(.candidate, .candidate(try .sample()))
        stage.scan()
        stage.vitals = try .bob(.dirty, job: .sample)
        #expect(stage.scan().contains("judge job lost, at once"))
    }

    @Test("a job that this process never saw on its slave is put back and counted against nobody")
    func neverSeen() throws {
        for status in [SlaveStatus.idle, .building(.other), .waiting(.ok, .other)] {
            var stage = ScanStage(try .bob(.dirty, job: .sample))
            stage.answer(status: status)
            let trace = stage.scan()
            #expect(trace.last == "tell put back PACKAGEBUILD-7")
            #expect(stage.failures.isEmpty)
        }
    }

    @Test("the original puts a lost job back and counts nothing")
    func lostInTheOriginal() throws {
        var stage = ScanStage(try .bob(.dirty, job: .sample), settings: .original)
        stage.answer(status: .building(.other))
        #expect(
            stage.scan() == [
                "status", "tell lost PACKAGEBUILD-7",
                "put back PACKAGEBUILD-7: the slave is BuilderStatus.BUILDING with build PACKAGEBUILD-8 instead of PACKAGEBUILD-7",
                "tell put back PACKAGEBUILD-7",
            ])
        #expect(stage.reports.isEmpty)
    }

    @Test("a building slave gives the tail of its log")
    func building() throws {
        for dialect in SlaveDialect.allCases {
            var stage = ScanStage(try .bob(.dirty, job: .sample))
            stage.answer(status: .building(tail: "cc -O2\n"), dialect: dialect)
            #expect(stage.scan() == ["status", "tail cc -O2\n"])
        }
    }

    @Test("a missing log tail leaves the stored one alone")
    func noTail() throws {
        var stage = ScanStage(try .bob(.dirty, job: .sample))
        stage.answer(status: .building(tail: nil))
        #expect(stage.scan() == ["status"])
    }

    @Test("a slave that aborts unasked is waited for, and its log tail says so")
    func aborting() throws {
        for dialect in SlaveDialect.allCases {
            var stage = ScanStage(try .bob(.dirty, job: .sample))
            stage.answer(status: .aborting(), dialect: dialect)
            #expect(stage.scan() == ["status", "tail \(LogTail.aborting)"])
        }
    }

    @Test("unasked aborting becomes a failure after five minutes")
    func abortingTooLong() throws {
        var stage = ScanStage(try .bob(.dirty, job: .sample))
        stage.answer(status: .aborting())
        // The first scan begins the wait; 300 s later it is not yet over.
        #expect(stage.scans(21).allSatisfy { $0 == ["status", "tail \(LogTail.aborting)"] })
        #expect(stage.scan() == ["status", "tell failure 1, graced"])
        #expect(
            stage.scans(4).last == ["status", "tell failure 5", "judge cleaning timed out", "tell judged"])
    }

    @Test("the original waits for ever for an unasked abort")
    func abortingWithoutLimit() throws {
        var stage = ScanStage(try .bob(.dirty, job: .sample), settings: .original)
        stage.answer(status: .aborting())
        #expect(stage.scans(500).allSatisfy { $0 == ["status", "tail \(LogTail.aborting)"] })
    }

    @Test("an abort that ended is forgotten: the next one has its full time")
    func abortingAgain() throws {
        var stage = ScanStage(try .bob(.dirty, job: .sample))
        stage.answer(status: .aborting())
        _ = stage.scans(20)
        stage.answer(status: .building())
        stage.scan()
        stage.answer(status: .aborting())
        #expect(stage.scans(21).allSatisfy { $0 == ["status", "tail \(LogTail.aborting)"] })
    }

    @Test("any other state of a slave with the right build is a failure")
    func otherStates() throws {
        var stage = ScanStage(try .bob(.dirty, job: .sample))
        for status in [
            .unknown, .aborted(), SlaveStatus(stateText: "BuilderStatus.IDLE", buildID: "PACKAGEBUILD-7"),
            SlaveStatus(stateText: "", buildID: "PACKAGEBUILD-7"),
        ] {
            stage.answer(
                .status, value: ["builder_status": .string(status.stateText), "build_id": "PACKAGEBUILD-7"])
            #expect(stage.scan().first == "status")
        }
        #expect(stage.failures.map(\.cause) == Array(repeating: .slaveFailure, count: 4))
    }

    @Test("a disabled builder without a job is left alone", arguments: CleanStatus.allCases)
    func disabledWithoutJob(cleanStatus: CleanStatus) throws {
        var stage = ScanStage(try .bob(cleanStatus, isOK: false))
        #expect(stage.scan() == [])
    }

    @Test("a clean builder whose slave is not idle is an isolation error")
    func cleanButBusy() throws {
        let answers: [SlaveStatus] = [
            .building(), .waiting(.ok), .aborting(), .aborted(), .unknown, SlaveStatus(stateText: "IDLE"),
        ]
        for status in answers {
            for isManual in [false, true] {
                var stage = ScanStage(try .bob(.clean, isManual: isManual))
                stage.answer(status: status)
                #expect(
                    stage.scan() == [
                        "status", "tell failure 1", "judge isolation error, at once", "tell judged",
                    ])
                #expect(stage.reports.first?.job == nil)
            }
        }
    }

    @Test("a clean, idle, automatic builder looks for a job; a manual one does not")
    func cleanAndIdle() throws {
        for dialect in SlaveDialect.allCases {
            var automatic = ScanStage(try .bob(.clean))
            automatic.answer(status: .idle, dialect: dialect)
            #expect(automatic.scan() == ["status", "take"])
            var manual = ScanStage(try .bob(.clean, isManual: true))
            manual.answer(status: .idle, dialect: dialect)
            #expect(manual.scan() == ["status"])
        }
    }

    @Test("a new version of the slave is recorded while it is idle and clean, and only then")
    func version() throws {
        var stage = ScanStage(try .bob(.clean, version: "206"))
        stage.answer(status: SlaveStatus.idle.with(version: "206"))
        #expect(stage.scan() == ["status", "take"])
        stage.answer(status: SlaveStatus.idle.with(version: "254"))
        #expect(stage.scan() == ["status", "version 254", "take"])
        stage.answer(status: .idle)
        #expect(stage.scan() == ["status", "version none", "take"])
        stage.vitals.isManual = true
        stage.answer(status: SlaveStatus.idle.with(version: "254"))
        #expect(stage.scan() == ["status", "version 254"])
        stage.vitals = try .bob(.dirty, job: .sample)
        stage.answer(status: SlaveStatus.building().with(version: "254"))
        #expect(stage.scan() == ["status", "tail make"])
    }

    @Test("a version of any length is recorded once")
    func longVersion() throws {
        var stage = ScanStage(try .bob(.clean))
        stage.answer(status: SlaveStatus.idle.with(version: String(repeating: "9", count: 500)))
        let trace = stage.scan()
        let recorded = try #require(trace.first { $0.hasPrefix("version ") }).dropFirst("version ".count)
        #expect(recorded.utf8.count < 100)
        stage.vitals.version = String(recorded)
        #expect(stage.scan() == ["status", "take"])
    }

    @Test("a dirty builder without a job is cleaned, not dispatched to")
    func dirty() throws {
        for cleanStatus in [CleanStatus.dirty, .cleaning] {
            var stage = ScanStage(try .bob(cleanStatus))
            stage.answer(status: .idle)
            #expect(stage.scan() == ["status", "set CLEAN", "tell cleaned"])
        }
    }

    @Test("a call that fails is a failure of the scan, with a job and without")
    func failedCalls() throws {
        let kinds: [CallFailure.Kind] = [
            .refused, .timedOut, .reset, .unreachable, .httpStatus, .malformed, .tooLarge, .fault, .other,
        ]
        for kind in kinds {
            for vitals in [try BuilderVitals.bob(.dirty, job: .sample), try .bob(.clean), try .bob(.dirty)] {
                var stage = ScanStage(vitals)
                stage.answer(.status, failure: kind)
                #expect(stage.scan() == ["status", "tell failure 1, graced"])
            }
        }
    }

    @Test("an answer that is no status is a failure of the scan")
    func malformed() throws {
        let answers: [XMLRPCValue] = [
            .nil, 1, "BuilderStatus.IDLE", true, [], [1], [:], ["builder_status": 5],
            ["builder_status": "BuilderStatus.WAITING", "build_id": "PACKAGEBUILD-7", "filemap": 3],
            ["builder_status": "BuilderStatus.WAITING", "build_id": "PACKAGEBUILD-7", "filemap": ["a": 1]],
            ["builder_status": "BuilderStatus.BUILDING", "build_id": 7],
            ["builder_status": "BuilderStatus.BUILDING", "build_id": "PACKAGEBUILD-7", "logtail": 1],
        ]
        for value in answers {
            var stage = ScanStage(try .bob(.dirty, job: .sample))
            stage.answer(.status, value: value)
            #expect(stage.scan() == ["status", "tell failure 1, graced"])
        }
    }

    @Test("what a slave says of itself goes into messages short and on one line")
    func hostileWords() throws {
        let word = "BuilderStatus.\n\u{1B}[2J" + String(repeating: "x\u{301}\u{301}", count: 100_000)
        var stage = ScanStage(try .bob(.clean))
        stage.answer(status: SlaveStatus(stateText: word))
        stage.scan()
        let message = try #require(stage.reports.first).message
        #expect(message.utf8.count < 200)
        #expect(message.unicodeScalars.allSatisfy { $0.value >= 0x20 })
    }
}
