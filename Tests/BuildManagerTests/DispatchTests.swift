import BuildManager
import BuilddProtocol
import FarmModel
import Testing
import XMLRPC

@Suite("Dispatch")
struct DispatchTests {
    private func stage(settings: ManagerSettings = .init(), plan: DispatchPlan? = nil) throws -> ScanStage {
        var stage = ScanStage(try .bob(.clean), settings: settings)
        stage.answer(status: .idle)
        stage.answer(.candidate, .candidate(try plan ?? .sample()))
        return stage
    }

    @Test("status, candidate, files, build, in this order")
    func order() throws {
        var stage = try stage()
        #expect(
            stage.scan() == [
                "status", "take", "ensurepresent", "build PACKAGEBUILD-7", "tell dispatched PACKAGEBUILD-7",
            ])
        #expect(stage.failures.isEmpty)
    }

    @Test("the original clears the builder's failures when a build is accepted")
    func clearing() throws {
        var stage = try stage(settings: .original)
        #expect(stage.scan().suffix(2) == ["tell dispatched PACKAGEBUILD-7", "clear failures"])
    }

    @Test("without a candidate nothing more happens")
    func noCandidate() throws {
        var stage = ScanStage(try .bob(.clean))
        stage.answer(status: .idle)
        #expect(stage.scan() == ["status", "take"])
    }

    @Test("without a base image, or against an objection, nothing is sent")
    func cannotBuild() throws {
        var imageless = try DispatchPlan.sample()
        imageless.image = nil
        var objected = try DispatchPlan.sample()
        objected.objection = "noble (updates) takes no more packages"
        for plan in [imageless, objected] {
            var stage = try stage(plan: plan)
            #expect(
                stage.scan() == [
                    "status", "take", "tell failure 1", "judge cannot build, at once", "tell judged",
                ])
            #expect(stage.reports.first?.job == .sample)
        }
        var stage = try stage(plan: objected)
        stage.scan()
        #expect(stage.reports.first?.message == "noble (updates) takes no more packages")
    }

    @Test("a file that the slave cannot get is named, with the slave's words but not its secrets")
    func cannotFetch() throws {
        var plan = try DispatchPlan.sample()
        plan.fileToken = "topsecret"
        var stage = try stage(plan: plan)
        let no = EnsurePresentReply(
            present: false, information: "Error accessing Librarian: http://buildd:topsecret@x/ topsecret 404"
        )
        stage.answer(.ensure, .ensured([.success(.yes), .success(no), .success(.yes)]))
        #expect(
            stage.scan() == [
                "status", "take", "ensurepresent", "tell failure 1", "judge cannot fetch file, at once",
                "tell judged",
            ])
        let message = try #require(stage.reports.first).message
        #expect(message.hasPrefix("the slave could not fetch hello_2.10-2.dsc: Error accessing Librarian"))
        #expect(!message.contains("topsecret"))
    }

    @Test("a failing ensurepresent counts at once; the first in order is told")
    func failingEnsure() throws {
        var stage = try stage()
        stage.answer(
            .ensure,
            .ensured([
                .success(.yes), .failure(CallFailure(.timedOut, "too slow")),
                .failure(CallFailure(.reset, "cut")),
            ]))
        stage.scan()
        #expect(stage.reports.map(\.cause) == [.communication])
        #expect(stage.reports.first?.message == "ensurepresent of hello_2.10-2.dsc: too slow")
        #expect(stage.reports.first?.mayRetry == false)
    }

    @Test("fewer or more answers than files never lead to a build", arguments: [0, 2, 4])
    func missingAnswers(count: Int) throws {
        var stage = try stage()
        stage.answer(
            .ensure,
            .ensured([Result<EnsurePresentReply, CallFailure>](repeating: .success(.yes), count: count)))
        #expect(!stage.scan().contains { $0.hasPrefix("build") })
        #expect(stage.reports.count == 1)
    }

    private static let refusals: [XMLRPCValue] = [
        ["BuilderStatus.UNKNOWNSUM", "FILESUM -> b"],
        ["BuilderStatus.UNKNOWNBUILDER", "binarypackage not in []"],
        ["BuilderStatus.BUILDING", "PACKAGEBUILD-8"], ["BuilderStatus.BUILDING", ""],
        ["BuilderStatus.IDLE", "PACKAGEBUILD-7"], ["BuildStatus.BUILDING", "PACKAGEBUILD-7"],
        ["BuilderStatus.BUILDING"], ["BuilderStatus.BUILDING", "PACKAGEBUILD-7", ""], [1, "PACKAGEBUILD-7"],
        "BuilderStatus.BUILDING", .nil, [],
    ]

    @Test("anything but “building, this id” is a refused build and counts at once")
    func refused() throws {
        for answer in Self.refusals {
            var stage = try stage()
            stage.answer(.build, value: answer)
            #expect(
                stage.scan().suffix(4) == [
                    "build PACKAGEBUILD-7", "tell failure 1", "judge build refused, at once", "tell judged",
                ])
        }
    }

    @Test("the original believes any answer")
    func believed() throws {
        for answer in Self.refusals {
            var stage = try stage(settings: .original)
            stage.answer(.build, value: answer)
            #expect(
                stage.scan().suffix(3) == [
                    "build PACKAGEBUILD-7", "tell dispatched PACKAGEBUILD-7", "clear failures",
                ])
        }
    }

    @Test("a build whose answer is lost is looked for: the slave may run it")
    func lostAnswer() throws {
        for kind in [CallFailure.Kind.timedOut, .reset, .malformed, .other] {
            for second in [SlaveStatus.building(), .waiting(.packageFail)] {
                var stage = try stage()
                stage.answer(status: .idle, second)
                stage.answer(.build, failure: kind)
                let trace = stage.scan()
                #expect(
                    trace.suffix(4) == [
                        "build PACKAGEBUILD-7", "status",
                        "tell note no answer to build, but the slave runs PACKAGEBUILD-7",
                        "tell dispatched PACKAGEBUILD-7",
                    ])
                #expect(stage.failures.isEmpty)
            }
        }
    }

    @Test("a build whose answer is lost and that the slave does not run has failed")
    func notStarted() throws {
        for second in [
            SlaveStatus.idle, .building(.other), .waiting(.ok, .other), .aborting(), .unknown,
            SlaveStatus(stateText: "BuilderStatus.BUILDING"),
        ] {
            var stage = try stage()
            stage.answer(status: .idle, second)
            stage.answer(.build, failure: .timedOut)
            #expect(
                stage.scan().suffix(5) == [
                    "build PACKAGEBUILD-7", "status", "tell failure 1",
                    "judge communication failure, at once",
                    "tell judged",
                ])
        }
    }

    @Test("a slave that faults and is then BUILDING with our id is stuck: the dispatch has failed")
    func stuck() throws {
        var stage = try stage()
        stage.answer(status: .idle, .building())
        stage.answer(.build, failure: .fault, "XML-RPC fault 8002: error")
        #expect(
            stage.scan().suffix(5) == [
                "build PACKAGEBUILD-7", "status", "tell failure 1", "judge build refused, at once",
                "tell judged",
            ])
        #expect(
            stage.reports.first?.message
                == "build of PACKAGEBUILD-7: XML-RPC fault 8002: error; the slave is stuck with it")
    }

    @Test("a build that never reached the slave has failed without another question")
    func unreached() throws {
        for kind in [CallFailure.Kind.refused, .unreachable, .httpStatus] {
            var stage = try stage()
            stage.answer(.build, failure: kind)
            #expect(
                stage.scan().suffix(4) == [
                    "build PACKAGEBUILD-7", "tell failure 1", "judge communication failure, at once",
                    "tell judged",
                ])
        }
    }

    @Test("the original asks nothing after a failed build")
    func failedInTheOriginal() throws {
        var stage = try stage(settings: .original)
        stage.answer(.build, failure: .timedOut)
        #expect(
            stage.scan().suffix(3) == [
                "tell failure 1", "judge communication failure, at once", "tell judged",
            ])
    }

    @Test("after a failed dispatch the next scan finds its builder dirty and cleans it")
    func afterwards() throws {
        var stage = try stage()
        stage.answer(.build, value: ["BuilderStatus.UNKNOWNSUM", ""])
        stage.scan()
        stage.vitals = try .bob(.dirty)
        #expect(stage.scan() == ["status", "set CLEAN", "tell cleaned"])
    }
}
