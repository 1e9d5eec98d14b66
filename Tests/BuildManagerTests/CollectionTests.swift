import BuildManager
import BuilddProtocol
import FarmModel
import Testing
import XMLRPC

@Suite("Collecting a finished build")
struct CollectionTests {
    private func stage(_ status: SlaveStatus, dialect: SlaveDialect = .current) throws -> ScanStage {
        var stage = ScanStage(try .bob(.dirty, job: .sample))
        stage.answer(status: status, dialect: dialect)
        return stage
    }

    @Test("a good build: log, gathering, files, hand-over, in this order", arguments: SlaveDialect.allCases)
    func ok(dialect: SlaveDialect) throws {
        var stage = try stage(.waiting(.ok, files: ["hello.changes", "hello.deb"]), dialect: dialect)
        #expect(
            stage.scan() == [
                "status", "store log PACKAGEBUILD-7", "gather PACKAGEBUILD-7",
                "fetch hello.changes hello.deb",
                "hand over PACKAGEBUILD-7", "tell collected PACKAGEBUILD-7 UPLOADING",
            ])
    }

    @Test(
        "a good build without any file is handed over, too: the upload processor says what is wrong with it")
    func noFiles() throws {
        var stage = try stage(.waiting(.ok))
        #expect(stage.scan().contains("hand over PACKAGEBUILD-7"))
    }

    @Test("the job's own faults end it, with the log, without files", arguments: SlaveDialect.allCases)
    func jobFaults(dialect: SlaveDialect) throws {
        let expected: [(SlaveStatus, String)] = [
            (.waiting(.packageFail, files: ["a.deb"]), "FAILEDTOBUILD"),
            (.waiting(.depFail, dependencies: "libx (>= 2)"), "MANUALDEPWAIT: libx (>= 2)"),
            (.waiting(.chrootFail), "CHROOTWAIT"),
        ]
        for (status, end) in expected {
            var stage = try stage(status, dialect: dialect)
            let name = end.prefix { $0 != ":" }
            #expect(
                stage.scan() == [
                    "status", "store log PACKAGEBUILD-7", "finish PACKAGEBUILD-7 \(end)",
                    "tell collected PACKAGEBUILD-7 \(name)",
                ])
            #expect(stage.failures.isEmpty)
        }
    }

    @Test("a DEPFAIL without dependencies, or with endless ones, ends as well")
    func dependencies() throws {
        var none = ScanStage(try .bob(.dirty, job: .sample))
        none.answer(
            .status,
            value: [
                "builder_status": "BuilderStatus.WAITING", "build_status": "BuildStatus.DEPFAIL",
                "build_id": "PACKAGEBUILD-7",
            ])
        #expect(none.scan().contains("finish PACKAGEBUILD-7 MANUALDEPWAIT"))
        var endless = try stage(.waiting(.depFail, dependencies: String(repeating: "é", count: 100_000)))
        let end = try #require(endless.scan().first { $0.hasPrefix("finish") })
        #expect(end.utf8.count < 8300)
    }

    @Test(
        "what is not the job's fault is a failure of the scan and changes nothing",
        arguments: SlaveDialect.allCases)
    func slaveFaults(dialect: SlaveDialect) throws {
        for result in [BuildResult.builderFail, .givenBack, .aborted] {
            var stage = try stage(.waiting(result), dialect: dialect)
            #expect(stage.scan() == ["status", "tell failure 1, graced"])
            #expect(stage.failures.first?.cause == .slaveFailure)
            #expect(stage.failures.first?.message.contains(result.rawValue) == true)
        }
    }

    @Test("an unknown result, or none, is a failure of the scan")
    func unknownResults() throws {
        for result in [
            "BuildStatus.SOMETHING", "OK", "", "BuildStatus.", "buildstatus.OK", "BuildStatus.OK ",
        ] {
            var status = SlaveStatus.waiting(.ok)
            status.resultText = result
            var stage = try stage(status)
            #expect(stage.scan() == ["status", "tell failure 1, graced"])
        }
        var none = ScanStage(try .bob(.dirty, job: .sample))
        none.answer(
            .status, value: ["builder_status": "BuilderStatus.WAITING", "build_id": "PACKAGEBUILD-7"])
        #expect(none.scan() == ["status", "tell failure 1, graced"])
    }

    @Test("a log that cannot be fetched delays every result and ends none")
    func missingLog() throws {
        for result in [BuildResult.ok, .packageFail, .depFail, .chrootFail] {
            var stage = try stage(.waiting(result))
            let missing = ScanEvent.logStored(.failure(EdgeFailure("404")))
            stage.answer(.log, missing, missing, missing, missing, .logStored(.success(())))
            #expect(
                stage.scans(4)
                    == (1...4).map { ["status", "store log PACKAGEBUILD-7", "tell failure \($0), graced"] })
            #expect(stage.failures.allSatisfy { $0.cause == .download })
            let last = stage.scan()
            #expect(last.contains { $0.hasPrefix("finish") || $0.hasPrefix("hand over") })
            #expect(stage.reports.isEmpty)
        }
    }

    @Test("a superseded source: the log is kept, the files are not fetched")
    func superseded() throws {
        var stage = try stage(.waiting(.ok, files: ["a.deb"]))
        stage.answer(.gather, .gathering(nil))
        #expect(
            stage.scan() == [
                "status", "store log PACKAGEBUILD-7", "gather PACKAGEBUILD-7",
                "tell collected PACKAGEBUILD-7 SUPERSEDED",
            ])
    }

    @Test("a file that cannot be fetched fails the scan, and the next one begins anew in another leaf")
    func missingFile() throws {
        var stage = try stage(.waiting(.ok, files: ["a.deb"]))
        stage.answer(
            .fetch, .filesFetched(.failure(EdgeFailure("the digest is wrong"))), .filesFetched(.success(())))
        #expect(stage.scan().last == "tell failure 1, graced")
        #expect(stage.failures.first?.cause == .download)
        stage.vitals.job?.status = .gathering
        #expect(
            stage.scan().suffix(2) == ["hand over PACKAGEBUILD-7", "tell collected PACKAGEBUILD-7 UPLOADING"])
    }

    @Test("a name or sum that is not safe is refused after the log and before anything is fetched")
    func unsafeNames() throws {
        for name in ["../x", "/x", "a/../../x", "", ".", "a/", "../\u{301}x"] {
            var stage = try stage(.waiting(.ok, files: ["good.deb", name]))
            #expect(stage.scan() == ["status", "store log PACKAGEBUILD-7", "tell failure 1, graced"])
            #expect(stage.failures.first?.cause == .slaveFailure)
        }
        var status = SlaveStatus.waiting(.ok)
        status.filemap = [.init(name: "a.deb", sum: "A" + String(repeating: "a", count: 39))]
        var stage = try stage(status)
        #expect(stage.scan() == ["status", "store log PACKAGEBUILD-7", "tell failure 1, graced"])
    }

    @Test("more files than allowed are refused")
    func tooManyFiles() throws {
        var settings = ManagerSettings()
        settings.maximumResultFiles = 3
        for (count, isGood) in [(3, true), (4, false)] {
            var stage = ScanStage(try .bob(.dirty, job: .sample), settings: settings)
            stage.answer(status: .waiting(.ok, files: (0..<count).map { "\($0).deb" }))
            #expect(stage.scan().contains { $0.hasPrefix("fetch") } == isGood)
        }
    }

    @Test("a finished build of a disabled builder is not collected but put back")
    func disabled() throws {
        var stage = ScanStage(try .bob(.dirty, job: .sample, isOK: false))
        stage.answer(status: .waiting(.ok))
        #expect(!stage.scan().contains("status"))
    }
}
