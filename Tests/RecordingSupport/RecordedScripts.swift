import FarmModel

/// What the stand-ins for the build steps did while the exchanges were recorded.
enum RecordedScripts {
    /// The main step has written something and goes on.
    static let running = main(
        output: "dpkg-buildpackage: info: source package hello\nMARK-MAIN-RUNNING\n", progress: .never)

    /// A main step.
    static func main(
        output: String = "", progress: BuildScript.Progress = .time(.zero), end: Int = 0,
        outcome: BuildScript.Outcome = .ok, results: [ResultFile] = []
    ) -> BuildScript {
        main(bytes: Array(output.utf8), progress: progress, end: end, outcome: outcome, results: results)
    }

    static func main(
        bytes: [UInt8], progress: BuildScript.Progress = .time(.zero), end: Int = 0,
        outcome: BuildScript.Outcome = .ok, results: [ResultFile] = []
    ) -> BuildScript {
        var script = BuildScript(
            progress: progress, outcome: outcome, log: bytes.isEmpty ? [] : [.init(at: .zero, bytes: bytes)])
        script.mainEnd = .exit(end)
        script.storedResults = results
        return script
    }

    /// A good build of the binary package.
    static func good(progress: BuildScript.Progress = .time(.zero)) throws -> BuildScript {
        main(
            output: "Built hello_1.0-1_amd64.changes\n", progress: progress,
            results: [
                try RecordedFixtures.result(
                    "hello_1.0-1_amd64.changes", "3c308761c6516150785d2a6a1068e9a7109564e6", size: 126),
                try RecordedFixtures.result(
                    "hello_1.0-1_amd64.deb", "31b852d10b4c84ee521b4cfb150aef8d4ee1b919", size: 24),
            ])
    }

    /// A build in which a step around the main one ends so.
    static func failing(
        _ step: BuildScript.Step, _ end: BuildScript.StepEnd = .exit(1), output: String? = nil
    ) throws -> BuildScript {
        var script = try good()
        script.steps[step] = .init(output: output.map { [.init(text: $0)] }, end: end)
        return script
    }

    /// Sixty lines with credentials.
    static func downloads(series: String) -> String {
        (0..<60).map { number in
            let digits = number < 10 ? "00\(number)" : "0\(number)"
            return "Get:\(digits) http://user:secret@private.example/ubuntu \(series)/main\n"
        }.joined()
    }

    // Release 70.

    /// The steps of the 2010 stand-ins wrote less than the real ones do.
    private static func old(_ script: BuildScript) -> BuildScript {
        var script = script
        let texts: KeyValuePairs<BuildScript.Step, String> = [
            .unpack: "stub unpack-chroot: ok\n", .mount: "stub mount-chroot: ok\n",
            .sourcesList: "stub override-sources-list: ok\n", .update: "stub update-debian-chroot: ok\n",
            .reap: "stub scan-for-processes: ok\n", .unmount: "stub umount-chroot: ok\n",
        ]
        for (step, text) in texts { script.steps[step] = .init(output: [.init(text: text)]) }
        return script
    }

    static let oldRunning = old(main(output: "MARK-MAIN-RUNNING\n", progress: .never))

    static func oldMain(
        output: String = "", progress: BuildScript.Progress = .time(.zero), end: Int = 0,
        outcome: BuildScript.Outcome = .ok, results: [ResultFile] = []
    ) -> BuildScript {
        old(main(output: output, progress: progress, end: end, outcome: outcome, results: results))
    }

    static func oldGood() throws -> BuildScript {
        oldMain(
            output: "Built hello_1.0-1_i386.changes\n",
            results: [
                try RecordedFixtures.result(
                    "hello_1.0-1_i386.changes", "17ec6ea99f2f015242aa61657f8d265550d96358", size: 74),
                try RecordedFixtures.result(
                    "hello_1.0-1_i386.deb", "31b852d10b4c84ee521b4cfb150aef8d4ee1b919", size: 24),
            ])
    }
}
