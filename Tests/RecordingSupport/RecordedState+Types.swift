import FarmModel
import MockSlave
import XMLRPC

/// The exchanges about the types of builds.
extension RecordedState {
    static func prepareType(_ id: String, _ preparation: inout Preparation) throws {
        let name = String(id.dropFirst("types/".count))
        switch name {
        case "binarypackage-full-log":
            var script = try RecordedScripts.good()
            script.steps[.prepare] = .init(output: [])
            try preparation.start(RecordedCalls.build("PKG-FULL"), script)
        case "binarypackage-fast-cleanup-log":
            try preparation.start(
                RecordedCalls.build("PKG-FAST", changes: ["fast_cleanup": true]),
                try RecordedScripts.good())
        case "ci-status-building":
            try preparation.start(RecordedCalls.call("types/ci-build"), ciScript(stopsInTest: true))
        case "ci-waiting-failed":
            let call = try RecordedCalls.build("CI-2", like: "types/ci-build")
            var script = try ciScript()
            script.jobs["lint:0"]?.end = .exit(200)
            try preparation.start(call, script)
        case "oci-proxy-info":
            try preparation.start(RecordedCalls.call("types/oci-build"), RecordedScripts.running)
        case "snap-status-building":
            var script = try snapScript()
            script.progress = .never
            try preparation.start(RecordedCalls.call("types/snap-build"), script)
        case "snap-proxy-info-building":
            try preparation.start(RecordedCalls.call("types/snap-build"), RecordedScripts.running)
        case "snap-proxy-info-nil", "snap-proxy-info-waiting", "snap-proxy-info-cleaned":
            try preparation.start(
                plainSnap(), RecordedScripts.main(progress: .time(.milliseconds(50))))
            if name != "snap-proxy-info-nil" { preparation.pass(.milliseconds(50)) }
            if name == "snap-proxy-info-cleaned" { try preparation.expect(.clean) }
        case let name where name.hasPrefix("extra-status-"):
            try prepareExtraStatus(String(name.dropFirst("extra-status-".count)), &preparation)
        default:
            try prepareFinishedType(name, &preparation)
        }
    }

    private static func prepareFinishedType(_ name: String, _ preparation: inout Preparation) throws {
        for ending in ["-waiting", "-buildlog"] where name.hasSuffix(ending) {
            let type = String(name.dropLast(ending.count))
            var script = try finishedScript(of: type)
            // Some first steps wrote nothing.
            if !["snap", "oci", "ci"].contains(type) { script.steps[.prepare] = .init(output: []) }
            try preparation.start(RecordedCalls.call("types/\(type)-build"), script)
        }
    }

    private static func finishedScript(of type: String) throws -> BuildScript {
        switch type {
        case "snap": return try snapScript()
        case "oci": return RecordedScripts.main(output: "MARK-OCI\n", end: 200)
        case "ci": return try ciScript()
        case "sourcepackagerecipe":
            return try script(
                output: "Built recipe\n",
                [
                    ("hello_1.0_source.changes", "01586e560b709e7fb68f732eb7a5f74c25b8e68d"),
                    ("hello_1.0.tar.gz", "a6fd5bf3d54d4995290ec02d108b7188afba023d"),
                    ("manifest", "8b11074a96723cb6481d19440477540240929813"),
                ])
        case "translation-templates":
            return try script([
                ("translation-templates.tar.gz", "8c1017982b2032cc059203e3d83dd0ee2e7a86b3")
            ])
        case "livefs":
            return try script([
                ("livecd.ubuntu.iso", "e1abf4c6220c30de9f4be07fefe733bd264fbf43"),
                ("livecd.ubuntu.manifest", "6b0d31c0d563223024da45691584643ac78c96e8"),
            ])
        case "charm":
            return try script([
                ("c.charm", "c9469a9c0313fd835aedae963204ebaa7cd3cedd"),
                ("c.manifest", "6b0d31c0d563223024da45691584643ac78c96e8"),
            ])
        case "rock": return try script([("r.rock", "38464bf083d958b53580c63c01e56707fd043588")])
        case "craft": return try script([("k.tar.xz", "8e3e95f336c0de61758534e57747c80a7b52d885")])
        default: throw RecordingError("no script for '\(type)'")
        }
    }

    private static func script(output: String = "", _ results: [(String, String)]) throws -> BuildScript {
        RecordedScripts.main(output: output, results: try results.map { try RecordedFixtures.result($0, $1) })
    }

    // Snaps.

    private static func snapScript() throws -> BuildScript {
        var result = try script([
            ("hello_1.0_amd64.manifest", "5d838ec8c2c344259f3c8540e98ed35f35d69aac"),
            ("hello_1.0_amd64.snap", "603863e3988380844e02ea62d89b3f9c92fe8627"),
        ])
        result.log = [
            .init(text: "fetching http://user:pass@proxy.example/\nMARK-SNAP\n"),
            .init(
                at: .milliseconds(10),
                text: """
                    Revoking proxy token...
                    Unable to revoke token for user: HTTPConnectionPool(host='127.0.0.1', port=9): Max \
                    retries exceeded with url: /tokens/x (Caused by NewConnectionError("HTTPConnection(\
                    host='127.0.0.1', port=9): Failed to establish a new connection: [Errno 111] Connection \
                    refused"))

                    """),
        ]
        result.statusFiles = [
            .init(text: #"{"revision_id": "0123456789abcdef0123456789abcdef01234567"}"#)
        ]
        return result
    }

    /// A snap build without any of the arguments about proxies.
    private static func plainSnap() throws -> XMLRPCCall {
        try RecordedCalls.build(
            "SNAP-X", like: "types/snap-build",
            changes: [
                "git_repository": nil, "git_path": nil, "proxy_url": nil, "revocation_endpoint": nil,
                "use_fetch_service": nil,
            ])
    }

    private static func prepareExtraStatus(_ name: String, _ preparation: inout Preparation) throws {
        let isOver = name.hasSuffix("-waiting")
        let text: String
        switch isOver ? name.dropLast("-waiting".count) : name[...] {
        case "list": text = "[1, 2]"
        case "bigint": text = #"{"n": 3000000000}"#
        case "junk": text = "not json"
        case "mixed": text = #"{"a": null, "b": true, "c": 1.5, "d": {"e": [1, "x"]}}"#
        case "override": text = #"{"builder_status": "BuilderStatus.IDLE", "build_id": "other"}"#
        default: throw RecordingError("no document for '\(name)'")
        }
        var script = RecordedScripts.main(output: "MARK-X\n", progress: .time(.milliseconds(50)))
        script.statusFiles = [.init(text: text)]
        try preparation.start(plainSnap(), script)
        if isOver { preparation.pass(.milliseconds(50)) }
    }

    // Continuous integration.

    private static func ciScript(stopsInTest: Bool = false) throws -> BuildScript {
        let properties = "bf21a9e8fbc5a3846fb05b4fa0859e0917b2202f"
        var result = try script(
            output: "stub run-ci-prepare: ok\n",
            [
                ("build:0.log", "998b9aed79ce3ef9beacc2b2d1d05b2cc07db51a"),
                ("build:0.properties", properties),
                ("build:0/build.whl", "8d41efe8a0d4f866e7610edc21640a3650dc4bce"),
                ("test:0.log", "25613ab9cd9f8e0a13cf0913f991218305e4eb8b"),
                ("test:0.properties", properties),
                ("test:0/test.whl", "aedeff70f5c66abafa5837833001fc166b01ac41"),
                ("lint:0.log", "3e4044ea1166da42357a112b9cd718891a569b51"),
                ("lint:0.properties", properties),
                ("lint:0/lint.whl", "f2db4d07755fe78639823d0bd80be6d26048b0b2"),
            ])
        for job in ["build", "test", "lint"] {
            result.jobs["\(job):0"] = .init(output: [.init(text: "MARK-\(job)\n")])
        }
        if stopsInTest { result.jobs["test:0"]?.end = .hangs }
        return result
    }
}
