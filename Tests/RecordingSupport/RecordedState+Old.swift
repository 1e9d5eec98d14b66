import FarmModel
import MockSlave
import XMLRPC

/// The exchanges of releases 206 and 70.
extension RecordedState {
    static func prepare206(_ id: String, _ preparation: inout Preparation) throws {
        guard id == "release-206/status-waiting" || id == "release-206/clean" else { return }
        try preparation.start(
            RecordedCalls.call("release-206/build-ok"),
            RecordedScripts.main(
                results: [
                    try RecordedFixtures.result(
                        "hello_1.0-1_amd64.changes", "ae986154452406840fa0bb9166889f906360f763"),
                    try RecordedFixtures.result(
                        "hello_1.0-1_amd64.deb", "c6a9f9403589646785e11157ea006637096dca1f"),
                ]))
    }

    private static func build(
        _ script: BuildScript, id: String = "2-1", _ preparation: inout Preparation
    ) throws {
        try preparation.start(
            RecordedCalls.build(id, like: "dialect-2010/build-ok", type: "binarypackage"), script)
    }

    static func prepareOld(_ id: String, _ preparation: inout Preparation) throws {
        let name = String(id.dropFirst("dialect-2010/".count))
        switch name {
        case "status-building", "clean-building", "build-while-building":
            try build(RecordedScripts.oldRunning, &preparation)
        case "status-building-after", "buildlog-building", "abort-building":
            try build(RecordedScripts.oldRunning, &preparation)
            try preparation.expectFault(RecordedCalls.call("dialect-2010/build-while-building"))
        case "status-aborted", "abort-aborted", "build-while-aborted", "clean-aborted":
            try build(RecordedScripts.oldRunning, &preparation)
            try preparation.expectFault(RecordedCalls.call("dialect-2010/build-while-building"))
            try preparation.expect(.abort)
        case "abort-stubborn":
            try build(stubborn, &preparation)
        case "status-aborting", "abort-aborting", "clean-aborting", "build-while-aborting":
            try build(stubborn, &preparation)
            try preparation.expect(.abort)
        case "status-aborted-kill":
            try build(stubborn, &preparation)
            try preparation.expect(.abort)
            try preparation.expectFault(RecordedCalls.call("dialect-2010/build-while-aborting"))
            preparation.pass(.milliseconds(100))
        case "clean-aborted-running", "status-idle-too-early", "status-after-late-steps":
            try abortedWithLateSteps(name, &preparation)
        case "abort-stuck":
            try preparation.expectFault(RecordedCalls.call("dialect-2010/build-missing-ogrecomponent"))
        case "logtail-private":
            let script = RecordedScripts.oldMain(
                output: RecordedScripts.downloads(series: "lucid") + "MARK-MAIN-RUNNING\n",
                progress: .never)
            try preparation.start(
                RecordedCalls.build(
                    "6-6", like: "dialect-2010/build-ok", type: "binarypackage",
                    changes: ["archive_private": true]), script)
        case "status-gather-failed":
            var script = RecordedScripts.oldMain()
            script.gathering = .failsAfter(files: 0)
            try build(script, id: "PACKAGEBUILD-101", &preparation)
        case "ensurepresent-reset-again":
            try preparation.expectFault(RecordedCalls.call("dialect-2010/ensurepresent-reset"))
        case "clean-waiting-duplicate-again":
            try build(try oldDuplicateResults(), &preparation)
            try preparation.expectFault(.clean)
        default:
            if let script = try oldFinishedScript(name) { try build(script, &preparation) }
        }
    }

    private static var stubborn: BuildScript {
        var script = RecordedScripts.oldRunning
        script.killing = .init(ignoresTermination: true)
        return script
    }

    /// The clean-up after an abort takes its time, and `clean` does not wait for it.
    private static func abortedWithLateSteps(_ name: String, _ preparation: inout Preparation) throws {
        var script = RecordedScripts.oldRunning
        script.steps[.unmount] = .init(duration: .milliseconds(50))
        try build(script, id: "4-4", &preparation)
        try preparation.expect(.abort)
        guard name != "clean-aborted-running" else { return }
        try preparation.expect(.clean)
        if name == "status-after-late-steps" { preparation.pass(.milliseconds(100)) }
    }

    /// The script of a build whose end an exchange shows.
    private static func oldFinishedScript(_ name: String) throws -> BuildScript? {
        switch name {
        case "status-waiting-ok", "buildlog-waiting", "listing", "abort-waiting", "clean-waiting":
            return try RecordedScripts.oldGood()
        case "status-waiting-depfail":
            return RecordedScripts.oldMain(end: 1, outcome: .depFail(dependencies: "libfoo-dev"))
        case "status-waiting-depfail-version":
            return RecordedScripts.oldMain(
                end: 1, outcome: .depFail(dependencies: "libfoo-dev (>= 2.0)"))
        case "status-waiting-exit-1": return RecordedScripts.oldMain(end: 1)
        case "status-waiting-givenback": return RecordedScripts.oldMain(end: 2)
        case "status-waiting-packagefail": return RecordedScripts.oldMain(end: 3)
        case "status-waiting-builderfail": return RecordedScripts.oldMain(end: 4)
        case "status-waiting-chrootfail":
            var script = RecordedScripts.oldMain()
            script.steps[.unpack] = .init(end: .exit(1))
            return script
        case "status-waiting-duplicate", "clean-waiting-duplicate": return try oldDuplicateResults()
        default: return nil
        }
    }

    private static func oldDuplicateResults() throws -> BuildScript {
        RecordedScripts.oldMain(
            results: [
                try RecordedFixtures.result(
                    "hello_1.0-1_i386.changes", "1491349b4536975b0086d55d8248fdd34cc34252"),
                try RecordedFixtures.result("a.deb", "ff3390557335ba88d37755e41514beb03bc499ec", size: 4),
                try RecordedFixtures.result("b.deb", "ff3390557335ba88d37755e41514beb03bc499ec", size: 4),
            ])
    }
}
