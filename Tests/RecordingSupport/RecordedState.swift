import FarmModel
import MockSlave

/// Brings a fake slave into the state in which a recorded exchange took place.
package enum RecordedState {
    /// A slave in the state that the exchange names, for the core and for a host that serves it over a
    /// socket.
    ///
    /// - Throws: `RecordingError` when the way to the state did not go as recorded.
    package static func prepare(_ exchange: RecordedExchange) throws -> PreparedSlave {
        var preparation = try Preparation(exchange)
        guard exchange.variant == nil else { return preparation.prepared }
        switch exchange.group {
        case "build": try prepareBuild(exchange.id, &preparation)
        case "dialect-2010": try prepareOld(exchange.id, &preparation)
        case "release-206": try prepare206(exchange.id, &preparation)
        case "logtail": try prepareLogTail(exchange.id, &preparation)
        case "types": try prepareType(exchange.id, &preparation)
        case "ensurepresent": try prepareEnsurePresent(exchange.id, &preparation)
        case "filecache": try prepareFileCache(exchange.id, &preparation)
        case "status": try prepareStatus(exchange.id, &preparation)
        case "clean": try prepareClean(exchange.id, &preparation)
        case "abort": try prepareAbort(exchange.id, &preparation)
        case "echo", "info", "proxy_info": try prepareByName(exchange.id, &preparation)
        default: break
        }
        return preparation.prepared
    }

    // The long session of build PACKAGEBUILD-101, in the order in which it went.

    private static var interrupted: BuildScript {
        var script = RecordedScripts.running
        script.killing = .init(
            duration: .milliseconds(50),
            output: [
                .init(text: "MARK-SCAN-RUNNING\n"),
                .init(
                    at: .milliseconds(50),
                    text: "Scanning for processes to kill in build PACKAGEBUILD-101\n"),
            ])
        return script
    }

    static func building(_ preparation: inout Preparation) throws {
        try preparation.start(RecordedCalls.build("PACKAGEBUILD-101"), interrupted)
    }

    static func buildingAfterFetch(_ preparation: inout Preparation) throws {
        try building(&preparation)
        try preparation.expect(RecordedCalls.call("ensurepresent/building-download"))
    }

    static func aborting(_ preparation: inout Preparation) throws {
        try buildingAfterFetch(&preparation)
        try preparation.expectFault(RecordedCalls.call("build/while-building-same"))
        try preparation.expect(.abort)
    }

    static func abortingTwice(_ preparation: inout Preparation) throws {
        try aborting(&preparation)
        try preparation.expect(.abort)
    }

    static func waitingAborted(_ preparation: inout Preparation) throws {
        try abortingTwice(&preparation)
        preparation.pass(.milliseconds(50))
    }

    /// The state that stands in the exchange's name.
    private static func prepareByName(_ id: String, _ preparation: inout Preparation) throws {
        switch id.split(separator: "/").last {
        case "building", "building-binarypackage": try building(&preparation)
        case "aborting": try aborting(&preparation)
        case "waiting": try waitingAborted(&preparation)
        default: break
        }
    }

    // What several subjects need.

    /// A finished build.
    static func finished(_ script: BuildScript, _ preparation: inout Preparation) throws {
        try preparation.start(RecordedCalls.build("PACKAGEBUILD-101"), script)
    }

    static func restartedWhileBuilding(_ id: String, _ preparation: inout Preparation) throws {
        try preparation.start(RecordedCalls.build(id), RecordedScripts.running)
        preparation.handle(.restart)
    }

    /// A build whose killing step hangs, right before its abort or after the time limit.
    static func abortTimedOut(_ preparation: inout Preparation) throws {
        var script = RecordedScripts.running
        script.killing = .init(effect: .hangs, output: [.init(text: "MARK-SCAN\n")])
        try preparation.start(RecordedCalls.build("SLOW-ABORT"), script)
        try preparation.expect(.abort)
        preparation.pass(.milliseconds(100))
    }

    /// A good build in its last clean-up step.
    static func goodInCleanUp(_ preparation: inout Preparation) throws {
        var script = try RecordedScripts.good()
        script.steps[.remove] = .init(duration: .milliseconds(50))
        try finished(script, &preparation)
    }

    /// A failed build in its clean-up.
    static func failedInCleanUp(_ preparation: inout Preparation) throws {
        var script = RecordedScripts.main(end: 1)
        script.steps[.unmount] = .init(
            duration: .milliseconds(50), output: [.init(text: "MARK-UMOUNT\n")])
        try finished(script, &preparation)
    }

    /// A build whose main step was killed.
    static func stepKilled(_ preparation: inout Preparation) throws {
        var script = RecordedScripts.main(output: "dying\n")
        script.mainEnd = .killed
        try finished(script, &preparation)
    }

    /// A build that an abort does not end.
    static func uselessKilling(_ preparation: inout Preparation) throws {
        var script = RecordedScripts.main(output: "MARK-MAIN\n", progress: .time(.milliseconds(200)))
        script.killing = .init(effect: .useless)
        try finished(script, &preparation)
    }

    /// A finished build of which a file was taken away before `clean`.
    static func vanished(_ name: String, _ preparation: inout Preparation) throws {
        try finished(try RecordedScripts.good(), &preparation)
        preparation.handle(.removeFromCache(name: name))
    }

    static let debSum = "31b852d10b4c84ee521b4cfb150aef8d4ee1b919"

    static func duplicateResults() throws -> BuildScript {
        RecordedScripts.main(
            results: [
                try RecordedFixtures.result(
                    "hello_1.0-1_amd64.changes", "1491349b4536975b0086d55d8248fdd34cc34252"),
                try RecordedFixtures.result("a.deb", "ff3390557335ba88d37755e41514beb03bc499ec", size: 4),
                try RecordedFixtures.result("b.deb", "ff3390557335ba88d37755e41514beb03bc499ec", size: 4),
            ])
    }
}
