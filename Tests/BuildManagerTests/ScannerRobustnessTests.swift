import BuildManager
import BuilddProtocol
import FarmModel
import Testing
import XMLRPC

@Suite("Events that come at the wrong time")
struct ScannerRobustnessTests {
    private static func events() throws -> [ScanEvent] {
        let report = FailureReport(
            builder: BuilderID(1), job: nil, cause: .communication, message: "", mayRetry: true)
        return [
            .tick(try .bob(.clean)), .replied(.success(.nil)), .replied(.failure(CallFailure(.other, ""))),
            .ensured([]), .hostReset(.success(())), .recorded, .candidate(nil), .candidate(try .sample()),
            .logStored(.success(())), .gathering(nil),
            .gathering(GatheringPlace(archive: 1, distribution: "x")),
            .filesFetched(.success(())), .judged(.nothing(report)), .recordFailed("full"),
            .recordRefused("no"),
        ]
    }

    @Test("an event that nobody waits for does nothing but end what is under way")
    func whileResting() throws {
        for event in try Self.events().dropFirst() {
            var scanner = Scanner(settings: .init())
            let actions = scanner.handle(event, at: .epoch)
            #expect(!scanner.isScanning)
            #expect(scanner.consecutiveFailures == 0)
            guard actions.count == 2, case .emit = actions[0], case .done = actions[1] else {
                Issue.record("\(event) gave \(actions)")
                continue
            }
        }
    }

    @Test(
        "in every step every event either moves the scan on or ends it; the next scan is as if nothing had been"
    )
    func inEveryStep() throws {
        var steps = 0
        for (vitals, script) in try Self.roads() {
            for length in 0...script.count {
                for event in try Self.events() {
                    var scanner = Scanner(settings: .init())
                    _ = scanner.handle(.tick(vitals), at: .epoch)
                    for good in script.prefix(length) { _ = scanner.handle(good, at: .epoch) }
                    guard scanner.isScanning else { continue }
                    let actions = scanner.handle(event, at: .epoch)
                    steps += 1
                    try #require(!actions.isEmpty)
                    let endsWell =
                        if case .done? = actions.last { !scanner.isScanning } else { scanner.isScanning }
                    #expect(endsWell, "\(event) after \(length) steps gave \(actions)")
                    if !scanner.isScanning {
                        let next = scanner.handle(.tick(try .bob(.clean)), at: .epoch)
                        guard next.count == 1, case .call(.status)? = next.first else {
                            Issue.record("the next scan began with \(next)")
                            continue
                        }
                    }
                }
            }
        }
        #expect(steps > 300)
    }

    @Test("a tick during a scan ends it instead of beginning a second one")
    func singleFlight() throws {
        var scanner = Scanner(settings: .init())
        let vitals = try BuilderVitals.bob(.clean)
        _ = scanner.handle(.tick(vitals), at: .epoch)
        #expect(scanner.isScanning)
        let actions = scanner.handle(.tick(vitals), at: .epoch)
        #expect(!scanner.isScanning)
        #expect(
            !actions.contains { action in
                if case .call = action { true } else { false }
            })
    }

    @Test("a failing store ends the scan in every step and blames nobody")
    func failingStore() throws {
        var steps = 0
        for (vitals, script) in try Self.roads() {
            for length in 0...script.count {
                var scanner = Scanner(settings: .init())
                _ = scanner.handle(.tick(vitals), at: .epoch)
                for good in script.prefix(length) { _ = scanner.handle(good, at: .epoch) }
                guard scanner.isScanning else { continue }
                steps += 1
                let actions = scanner.handle(.recordFailed("disk full"), at: .epoch)
                guard actions.count == 2, case .emit(.recordFailed("disk full")) = actions[0],
                    case .done = actions[1]
                else {
                    Issue.record("\(actions)")
                    continue
                }
            }
        }
        #expect(steps > 30)
    }

    @Test(
        "a status that does not allow what the slave says is an ordinary failure, so that it cannot go on for ever"
    )
    func refusedRecord() throws {
        var stage = ScanStage(try .bob(.dirty, job: .sample))
        stage.answer(status: .waiting(.depFail, dependencies: "libx"))
        stage.answer(.records, .recordRefused("build 7 is GATHERING and may not become MANUALDEPWAIT"))
        #expect(
            stage.scan().suffix(2) == ["finish PACKAGEBUILD-7 MANUALDEPWAIT: libx", "tell failure 1, graced"])
        #expect(stage.scans(4).last?.suffix(2) == ["judge slave failure", "tell judged"])
    }

    @Test("a refused verdict is told and not judged again in the same scan")
    func refusedVerdict() throws {
        var stage = ScanStage(try .bob(.clean))
        stage.answer(status: .building())
        stage.answer(.judge, .recordRefused("no"))
        #expect(
            stage.scan() == [
                "status", "tell failure 1", "judge isolation error, at once", "tell record failed",
            ])
    }

    /// Good roads through a scan that together come by every step.
    private static func roads() throws -> [(BuilderVitals, [ScanEvent])] {
        func status(_ status: SlaveStatus) -> ScanEvent { .replied(.success(status.encoded(in: .current))) }
        let done = ScanEvent.recorded
        let judged = ScanEvent.judged(
            .nothing(
                FailureReport(builder: BuilderID(1), job: nil, cause: .lost, message: "", mayRetry: false)))
        let fault = ScanEvent.replied(.failure(CallFailure(.fault, "error")))
        let ensured = ScanEvent.ensured([.success(.yes), .success(.yes), .success(.yes)])
        return [
            (try .bob(.dirty, job: .sample), [status(.idle), done]),
            (
                try .bob(.dirty, job: .sample),
                [
                    status(.waiting(.ok, files: ["a"])), .logStored(.success(())),
                    .gathering(GatheringPlace(archive: 1, distribution: "x")), .filesFetched(.success(())),
                    done,
                ]
            ),
            (
                try .bob(.dirty, job: .sample),
                [status(.waiting(.packageFail)), .logStored(.success(())), done]
            ),
            (try .bob(.dirty, job: .sample, isOK: false), [done]),
            (try .bob(.dirty, job: .cancelling), [status(.building()), .replied(.success(.nil))]),
            (
                try .bob(.dirty, job: .cancelling),
                [status(.waiting(.aborted)), .logStored(.success(())), done]
            ),
            (
                try .bob(.clean),
                [
                    status(SlaveStatus.idle.with(version: "9")), done, .candidate(try .sample()), ensured,
                    fault,
                    status(.idle), judged,
                ]
            ),
            (
                try .bob(.clean),
                [
                    status(.idle), .candidate(try .sample()), ensured,
                    .replied(.success(["BuilderStatus.BUILDING", "PACKAGEBUILD-7"])),
                ]
            ),
            (try .bob(.dirty), [status(.building()), .replied(.success(.nil))]),
            (try .bob(.dirty), [status(.waiting(.ok)), fault, status(.idle), done]),
            (
                try .virtual(.dirty, .synchronous),
                [done, .hostReset(.success(())), .replied(.success("ping")), done]
            ),
            (try .virtual(.dirty, .asynchronous), [.hostReset(.success(())), done]),
        ]
    }
}
