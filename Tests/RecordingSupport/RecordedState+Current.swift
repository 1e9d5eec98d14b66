import FarmModel
import MockSlave
import XMLRPC

/// The exchanges of the current dialect, by subject.
extension RecordedState {
    static func prepareAbort(_ id: String, _ preparation: inout Preparation) throws {
        switch id {
        case "abort/building": try building(&preparation)
        case "abort/aborting": try aborting(&preparation)
        case "abort/waiting": try waitingAborted(&preparation)
        case "abort/failed-cleaning-up": try failedInCleanUp(&preparation)
        case "abort/good-cleaning-up": try goodInCleanUp(&preparation)
        case "abort/reaper-useless": try uselessKilling(&preparation)
        case "abort/step-killed": try stepKilled(&preparation)
        case "abort/idle-after-restart": try restartedWhileBuilding("PACKAGEBUILD-55", &preparation)
        default: break
        }
    }

    static func prepareBuild(_ id: String, _ preparation: inout Preparation) throws {
        switch id {
        case "build/after-buildlog-vanished":
            try vanished("buildlog", &preparation)
            try preparation.expectFault(.clean)
        case "build/leftover-directory": try restartedWhileBuilding("again", &preparation)
        case "build/same-id-after-restart": try restartedWhileBuilding("PACKAGEBUILD-55", &preparation)
        case "build/stuck-status", "build/stuck-clean", "build/stuck-abort":
            try preparation.expectFault(RecordedCalls.call("build/missing-series"))
        case "build/stuck-status-2":
            try preparation.expectFault(RecordedCalls.call("build/missing-series"))
            try preparation.expect(.abort)
        case "build/while-building-same": try buildingAfterFetch(&preparation)
        case "build/while-building-status-before", "build/while-building",
            "build/while-building-unknown-sum", "build/while-building-unknown-type":
            try firstOfTwo(&preparation)
        case "build/while-building-status-after":
            try refusedSecond(&preparation)
        case "build/while-waiting-status-before", "build/while-waiting":
            try refusedSecond(&preparation)
            preparation.pass(.milliseconds(50))
        case "build/while-waiting-status-after":
            try refusedSecond(&preparation)
            preparation.pass(.milliseconds(50))
            try preparation.expectFault(RecordedCalls.call("build/while-waiting"))
        case "build/while-aborting", "build/while-aborting-status-after":
            try preparation.start(RecordedCalls.build("PACKAGEBUILD-4"), hangingKill)
            try preparation.expect(.abort)
            if id == "build/while-aborting-status-after" {
                try preparation.expectFault(RecordedCalls.call("build/while-aborting"))
            }
        default: break
        }
    }

    private static var hangingKill: BuildScript {
        var script = RecordedScripts.running
        script.killing = .init(effect: .hangs)
        return script
    }

    private static func firstOfTwo(_ preparation: inout Preparation) throws {
        var script = try RecordedScripts.good(progress: .time(.milliseconds(50)))
        script.log = RecordedScripts.running.log
        try preparation.start(RecordedCalls.build("PACKAGEBUILD-1"), script)
    }

    private static func refusedSecond(_ preparation: inout Preparation) throws {
        try firstOfTwo(&preparation)
        try preparation.expectFault(RecordedCalls.call("build/while-building"))
    }

    static func prepareClean(_ id: String, _ preparation: inout Preparation) throws {
        switch id {
        case "clean/building": try building(&preparation)
        case "clean/aborting": try aborting(&preparation)
        case "clean/waiting-aborted": try waitingAborted(&preparation)
        case "clean/waiting-ok": try finished(try RecordedScripts.good(), &preparation)
        case "clean/waiting-aborted-after-good":
            try goodInCleanUp(&preparation)
            try preparation.expect(.abort)
            preparation.pass(.milliseconds(50))
        case "clean/waiting-builderfail-abort-timeout": try abortTimedOut(&preparation)
        case "clean/waiting-builderfail-remove-build":
            try finished(try RecordedScripts.failing(.remove), &preparation)
        case "clean/waiting-builderfail-umount-chroot":
            try finished(try RecordedScripts.failing(.unmount), &preparation)
        case "clean/waiting-duplicate-contents": try finished(try duplicateResults(), &preparation)
        case "clean/result-vanished": try vanished(debSum, &preparation)
        case "clean/result-vanished-again":
            try vanished(debSum, &preparation)
            try preparation.expectFault(.clean)
        case "clean/buildlog-vanished": try vanished("buildlog", &preparation)
        case "clean/buildlog-vanished-again":
            try vanished("buildlog", &preparation)
            try preparation.expectFault(.clean)
        default: break
        }
    }

    static func prepareEnsurePresent(_ id: String, _ preparation: inout Preparation) throws {
        switch id {
        case "ensurepresent/building-absent", "ensurepresent/building-download": try building(&preparation)
        case "ensurepresent/aborting": try aborting(&preparation)
        case "ensurepresent/waiting": try waitingAborted(&preparation)
        case "ensurepresent/download-again":
            try preparation.expect(RecordedCalls.call("ensurepresent/download-ok"))
        case "ensurepresent/after-mismatch":
            try preparation.expect(RecordedCalls.call("ensurepresent/digest-mismatch"))
        case "ensurepresent/input-removed-by-clean":
            guard let sum = RecordedFixtures.sum(of: RecordedFixtures.source) else { break }
            let result = ResultFile(name: "hello_1.0-1_amd64.deb", sum: sum, size: 24)
            try finished(RecordedScripts.main(results: [result]), &preparation)
            try preparation.expect(.clean)
        default: break
        }
    }

    static func prepareFileCache(_ id: String, _ preparation: inout Preparation) throws {
        switch id {
        case "filecache/buildlog-building": try buildingAfterFetch(&preparation)
        case "filecache/buildlog-aborting": try abortingTwice(&preparation)
        case "filecache/buildlog-waiting": try waitingAborted(&preparation)
        case "filecache/buildlog-abort-timeout": try abortTimedOut(&preparation)
        case "filecache/buildlog-after-restart":
            try restartedWhileBuilding("PACKAGEBUILD-55", &preparation)
        case "filecache/buildlog-private-waiting", "filecache/buildlog-unsanitized":
            try privateBuild(&preparation)
        case "filecache/buildlog-unsanitized-after-clean":
            try privateBuild(&preparation)
            try preparation.expect(.clean)
        case "filecache/listing-waiting":
            try goodAfterFetch(&preparation)
        case "filecache/listing-after-clean":
            try goodAfterFetch(&preparation)
            try preparation.expect(.clean)
        default: break
        }
    }

    private static func goodAfterFetch(_ preparation: inout Preparation) throws {
        try preparation.expect(RecordedCalls.call("ensurepresent/building-download"))
        try finished(try RecordedScripts.good(), &preparation)
    }

    private static func privateBuild(_ preparation: inout Preparation) throws {
        try preparation.start(
            RecordedCalls.build("PACKAGEBUILD-101", changes: ["archive_private": true]),
            RecordedScripts.main(output: RecordedScripts.downloads(series: "noble"), end: 1))
    }

    static func prepareLogTail(_ id: String, _ preparation: inout Preparation) throws {
        let name = id.split(separator: "/").last ?? ""
        let isPrivate = name.contains("private")
        var changes: KeyValuePairs<String, XMLRPCValue?> = isPrivate ? ["archive_private": true] : [:]
        var script = RecordedScripts.main(progress: .never)
        switch name.hasPrefix("full-") ? name.dropFirst("full-".count) : name {
        case "long":
            let lines = (0..<300).map { number in
                "line \(String(repeating: "0", count: 4 - String(number).count))\(number) of the log\n"
            }
            script = RecordedScripts.main(output: lines.joined(), progress: .never)
        case "exactly-2048-more":
            script = RecordedScripts.main(
                output: String(repeating: "x", count: 4_000), progress: .never)
        case "split-utf8":
            script = RecordedScripts.main(
                output: String(repeating: "€", count: 700) + "abc", progress: .never)
        case "binary":
            let bytes =
                [UInt8](repeating: UInt8(ascii: "."), count: 3_000) + [0x0A, 0x00, 0x01, 0x1B]
                + Array("[31mred".utf8) + [0xFF, 0xFE, 0x0D, 0x0A]
            script = RecordedScripts.main(bytes: bytes, progress: .never)
        case "private":
            script = RecordedScripts.main(
                output: RecordedScripts.downloads(series: "noble"), progress: .never)
        case "private-patterns":
            script = RecordedScripts.main(output: passwords, progress: .never)
        case "private-short" where name.hasPrefix("full-"):
            changes = ["archive_private": true, "build_url": "https://user:pw@launchpad.example/1"]
        case "no-build-url":
            changes = ["build_url": nil]
            script.steps[.prepare] = .init(output: [], end: .hangs)
        case "log-file-vanished":
            script = RecordedScripts.running
        default: break
        }
        try preparation.start(RecordedCalls.build("PACKAGEBUILD-101", changes: changes), script)
        if name == "log-file-vanished" { preparation.handle(.removeFromCache(name: "buildlog")) }
    }

    private static let passwords =
        String(repeating: "x", count: 2_000) + """

            first
            http://a:b@host/p
            http://a@host/p
            http://:b@host/p
            http://a:b:c@host/p
            ftp://u:p@h/ and https://v:w@h2/q two
            http://u:p/q@host/
            ,proxyauth=x:1234-abc rest
            proxyauth=x:1234 stays

            """

    static func prepareStatus(_ id: String, _ preparation: inout Preparation) throws {
        switch id {
        case "status/building": try building(&preparation)
        case "status/aborting": try aborting(&preparation)
        case "status/waiting-aborted": try waitingAborted(&preparation)
        case "status/building-after-fetch": try buildingAfterFetch(&preparation)
        case "status/building-first":
            var script = RecordedScripts.running
            script.steps[.prepare] = .init(output: [], end: .hangs)
            try finished(script, &preparation)
        case "status/building-failed-cleaning-up": try failedInCleanUp(&preparation)
        case "status/building-step-killed": try stepKilled(&preparation)
        case "status/aborting-step-killed":
            try stepKilled(&preparation)
            try preparation.expect(.abort)
        case "status/aborting-reaper-useless", "status/waiting-aborted-late":
            try uselessKilling(&preparation)
            try preparation.expect(.abort)
            preparation.pass(.milliseconds(150))
            if id == "status/waiting-aborted-late" { preparation.pass(.milliseconds(50)) }
        case "status/after-log-file-vanished":
            try finished(RecordedScripts.main(progress: .time(.milliseconds(50)), end: 1), &preparation)
            preparation.handle(.removeFromCache(name: "buildlog"))
            preparation.pass(.milliseconds(50))
        case "status/idle-after-clean":
            try finished(try RecordedScripts.good(), &preparation)
            try preparation.expect(.clean)
        case "status/idle-after-restart": try restartedWhileBuilding("PACKAGEBUILD-55", &preparation)
        case "status/waiting-aborted-after-fail":
            try failedInCleanUp(&preparation)
            try preparation.expect(.abort)
            preparation.pass(.milliseconds(50))
        case "status/waiting-aborted-after-good":
            try goodInCleanUp(&preparation)
            try preparation.expect(.abort)
            preparation.pass(.milliseconds(50))
        case "status/waiting-after-failed-clean":
            try vanished(debSum, &preparation)
            try preparation.expectFault(.clean)
        case "status/waiting-builderfail-abort-timeout": try abortTimedOut(&preparation)
        default:
            if let script = try finishedScript(id) { try finished(script, &preparation) }
        }
    }

    /// The script of a build whose end an exchange shows.
    private static func finishedScript(_ id: String) throws -> BuildScript? {
        switch id {
        case "status/waiting-ok": return try RecordedScripts.good()
        case "status/waiting-packagefail": return RecordedScripts.main(end: 1)
        case "status/waiting-packagefail-2": return RecordedScripts.main(end: 2)
        case "status/waiting-exit-3-no-pattern": return RecordedScripts.main(end: 3)
        case "status/waiting-depfail":
            return RecordedScripts.main(
                end: 3, outcome: .depFail(dependencies: "libfoo-dev (>= 2.0)"))
        case "status/waiting-givenback": return RecordedScripts.main(end: 3, outcome: .givenBack)
        case "status/waiting-builderfail": return RecordedScripts.main(end: 4)
        case "status/waiting-builderfail-prep": return try RecordedScripts.failing(.prepare)
        case "status/waiting-builderfail-remove-build": return try RecordedScripts.failing(.remove)
        case "status/waiting-builderfail-umount-chroot": return try RecordedScripts.failing(.unmount)
        case "status/waiting-chrootfail-unpack-chroot": return try RecordedScripts.failing(.unpack)
        case "status/waiting-chrootfail-mount-chroot": return try RecordedScripts.failing(.mount)
        case "status/waiting-chrootfail-override-sources-list":
            return try RecordedScripts.failing(.sourcesList)
        case "status/waiting-chrootfail-add-trusted-keys":
            return try RecordedScripts.failing(.trustedKeys)
        case "status/waiting-chrootfail-update-debian-chroot":
            return try RecordedScripts.failing(.update)
        case "status/waiting-duplicate-contents": return try duplicateResults()
        case "status/waiting-no-changes":
            var script = RecordedScripts.main()
            script.gathering = .failsAfter(files: 0)
            return script
        case "status/waiting-gather-failed":
            var script = RecordedScripts.main(
                results: [
                    try RecordedFixtures.result(
                        "hello_1.0-1_amd64.changes", "31b9f1b1a54292f62bd4ed88e49b45f0e4212dfa"),
                    try RecordedFixtures.result("missing.deb", debSum),
                ])
            script.gathering = .failsAfter(files: 1)
            return script
        default: return nil
        }
    }
}
