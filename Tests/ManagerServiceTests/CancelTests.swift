import BuildManager
import FarmModel
import FarmRecords
import SlaveHost
import Testing

@testable import ManagerService

@Suite("Cancelling, over sockets")
struct CancelTests {
    private static let endless = BuildScript(progress: .never)

    private static var settings: ManagerSettings {
        var settings = ManagerSettings.fast
        settings.failedScansBeforeRecording = 2
        return settings
    }

    /// Runs `hello` on bob until it is BUILDING there, prepares, asks for its end and waits until it has ended.
    private func cancel(
        _ settings: ManagerSettings = settings, _ script: BuildScript = endless,
        prepare: (ManagerFarm, ManagerFarm.Builder) async throws -> Void = { _, _ in },
        until end: BuildStatus = .cancelled,
        _ check: (ManagerFarm, ManagerFarm.Builder, BuildID) async throws -> Void
    ) async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob")
            let build = try await farm.addJob("hello", script)
            try await farm.withManager(settings) { _ in
                try await farm.wait(for: "the dispatch") { farm.journal.count("build", at: bob.name) == 1 }
                try await farm.wait(for: "the slave to build") {
                    farm.told.all.contains { if case .dispatched = $0.event { true } else { false } }
                }
                try await prepare(farm, bob)
                #expect(try await farm.records.requestCancel(build, now: .systemTime))
                try await farm.wait(for: build, end)
                try await check(farm, bob, build)
            }
            #expect(farm.leaves() == [])
            #expect(farm.leaves("grabbing") == [])
        }
    }

    /// Bob is fit for another build.
    private func checkUsable(_ farm: ManagerFarm, _ bob: ManagerFarm.Builder) async throws {
        let next = try await farm.addJob("next", BuildScript(progress: .time(.zero), outcome: .packageFail))
        try await farm.wait(for: next, .failedToBuild)
        #expect(try await farm.vitals(bob).failureCount == 0)
        #expect(farm.told.verdicts.isEmpty)
    }

    @Test("a waiting build is cancelled at once, without a manager")
    func waiting() async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob")
            let build = try await farm.addJob("hello")
            #expect(try await farm.records.requestCancel(build, now: .systemTime))
            #expect(try await farm.status(build) == .cancelled)
            try await farm.withManager { _ in
                try await farm.wait(for: "some scans") { farm.journal.count("status", at: bob.name) > 5 }
            }
            #expect(farm.journal.calls(bob.name) == [])
            #expect(try await farm.status(build) == .cancelled)
        }
    }

    @Test("a running build is aborted once, its log is kept, and the builder is clean for the next one")
    func running() async throws {
        try await cancel { farm, bob, build in
            #expect(farm.journal.count("abort", at: bob.name) == 1)
            #expect(try await farm.build(build).log != nil)
            try await checkUsable(farm, bob)
            #expect(
                farm.journal.calls(bob.name).prefix(5) == [
                    "ensurepresent", "ensurepresent", "build", "abort", "clean",
                ])
        }
    }

    @Test("a slave that refuses to abort meets the deadline")
    func refused() async throws {
        var settings = Self.settings
        settings.cancelTimeout = .milliseconds(200)
        try await cancel(settings) { farm, bob in
            farm.faults.set(bob, at: "abort", .answerFault(code: 8002, text: "not now"))
        } _: { farm, bob, _ in
            #expect(farm.journal.count("abort", at: bob.name) >= 1)
            #expect(farm.told.failures(of: bob).map(\.report.cause) == [.cancelTimedOut, .cancelTimedOut])
            #expect(farm.told.verdicts.map(\.verdict.job) == [.cancel])
            // The builder is cleaned by another abort, once the slave lets it.
            farm.faults.set(bob, nil)
            try await farm.wait(for: "bob to be clean") { try await farm.vitals(bob).cleanStatus == .clean }
        }
    }

    @Test("an abort that came too late is nobody's fault")
    func tooLate() async throws {
        // The slave has finished by the time the abort arrives, but had not when it was asked for its state.
        try await cancel(script: .statusCalls(8)) { farm, bob, build in
            #expect(farm.told.verdicts.isEmpty)
            #expect(try await farm.build(build).status == .cancelled)
            farm.faults.set(bob, nil)
            try await checkUsable(farm, bob)
        }
    }

    private func cancel(
        script progress: BuildScript.Progress,
        _ check: (ManagerFarm, ManagerFarm.Builder, BuildID) async throws -> Void
    ) async throws {
        try await cancel(
            Self.settings, BuildScript(progress: progress, results: .generated(bytes: 2048)),
            prepare: { farm, bob in
                farm.faults.set(bob, at: "abort", .answerFault(code: 8002, text: "not building"))
            }, check)
    }

    @Test("an abort that a slave never ends meets the deadline, and then the builder fails for all to see")
    func ignored() async throws {
        var settings = Self.settings
        settings.cancelTimeout = .milliseconds(100)
        settings.cleaningTimeout = .milliseconds(100)
        try await cancel(settings) { farm, bob in
            farm.faults.set(bob, at: "abort", .neverFinishAborting)
        } _: { farm, bob, _ in
            #expect(farm.told.failures(of: bob).map(\.report.cause) == [.cancelTimedOut, .cancelTimedOut])
            try await farm.wait(for: "bob to be disabled") { try await !farm.vitals(bob).isOK }
            #expect(farm.told.verdicts.last?.report.cause == .cleaningTimedOut)
            #expect(farm.journal.count("build", at: bob.name) == 1)
        }
    }

    @Test("a slave that cannot be reached meets the grace, and the build is cancelled")
    func outOfReach() async throws {
        try await cancel { farm, bob in
            try await farm.host.setPower(.off, of: bob.name)
        } _: { farm, bob, _ in
            #expect(farm.told.failures(of: bob).allSatisfy { $0.report.cause == .communication })
            #expect(farm.told.verdicts.map(\.verdict.job) == [.cancel])
        }
    }

    @Test("a build that its slave has lost while it was to be cancelled is cancelled, and nobody is blamed")
    func lost() async throws {
        try await cancel { farm, bob in
            farm.faults.set(bob, at: "abort", .forgetBuild)
        } _: { farm, bob, _ in
            farm.faults.set(bob, nil)
            try await checkUsable(farm, bob)
        }
    }

    @Test("a build on a builder that is switched off is cancelled without asking its slave")
    func disabled() async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob")
            let build = try await farm.addJob("hello", Self.endless)
            _ = try await farm.assign(build, to: bob)
            try await farm.records.setBuilder(bob.name, enabled: false, notes: "broken", now: .systemTime)
            #expect(try await farm.records.requestCancel(build, now: .systemTime))
            try await farm.withManager { _ in try await farm.wait(for: build, .cancelled) }
            #expect(farm.journal.entries(of: bob.name).allSatisfy { $0.event == .power(.on) })
            #expect(farm.told.verdicts.isEmpty)
        }
    }
}

@Suite("What people do to builders")
struct OperatorTests {
    @Test("a builder that is switched off loses its job at once, and its slave is not contacted again")
    func disabled() async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob")
            let build = try await farm.addJob("hello", BuildScript(progress: .never))
            try await farm.withManager { manager in
                try await farm.wait(for: "the dispatch") {
                    farm.told.all.contains { if case .dispatched = $0.event { true } else { false } }
                }
                try await farm.records.setBuilder(
                    bob.name, enabled: false, notes: "on fire", now: .systemTime)
                try await farm.wait(for: build, .needsBuild)
                // The scan that took the job away asked nobody, and neither does any later one.
                let calls = farm.journal.calls(bob.name, withStatus: true)
                let scans = await manager.statistics.finished
                try await farm.wait(for: "some scans") { await manager.statistics.finished > scans + 10 }
                #expect(farm.journal.calls(bob.name, withStatus: true) == calls)
            }
            #expect(farm.told.verdicts.isEmpty)
            let attempts = try await farm.records.attempts(of: build)
            #expect(attempts.map(\.strikes) == [0])
        }
    }

    @Test("a builder that is switched off is never contacted")
    func neverContacted() async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob")
            let build = try await farm.addJob("hello")
            _ = try await farm.assign(build, to: bob)
            try await farm.records.setBuilder(bob.name, enabled: false, notes: nil, now: .systemTime)
            try await farm.withManager { manager in
                try await farm.wait(for: build, .needsBuild)
                try await farm.wait(for: "some scans") { await manager.statistics.finished > 10 }
            }
            #expect(farm.journal.entries(of: bob.name).allSatisfy { $0.event == .power(.on) })
        }
    }

    @Test("a manual builder finishes its job and takes no other")
    func manual() async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob")
            let script = BuildScript(progress: .statusCalls(15), results: .generated(bytes: 2048))
            let first = try await farm.addJob("hello", script, score: 2)
            let second = try await farm.addJob("world")
            try await farm.withManager { manager in
                try await farm.wait(for: "the dispatch") { farm.journal.count("build", at: bob.name) == 1 }
                try await farm.records.setBuilder(bob.name, manual: true)
                try await farm.wait(for: first, .uploading)
                try await farm.wait(for: "bob to be clean") {
                    try await farm.vitals(bob).cleanStatus == .clean
                }
                let scans = await manager.statistics.finished
                try await farm.wait(for: "some scans") { await manager.statistics.finished > scans + 10 }
            }
            #expect(farm.journal.count("build", at: bob.name) == 1)
            #expect(try await farm.status(second) == .needsBuild)
            #expect(try await farm.vitals(bob).version == "254")
        }
    }

    @Test("a builder that is switched on again is cleaned first and starts with a clean slate")
    func enabled() async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob")
            let build = try await farm.addJob("hello", BuildScript(progress: .never))
            try await farm.withManager { _ in
                try await farm.wait(for: "the dispatch") {
                    farm.told.all.contains { if case .dispatched = $0.event { true } else { false } }
                }
                try await farm.records.setBuilder(bob.name, enabled: false, notes: nil, now: .systemTime)
                try await farm.wait(for: build, .needsBuild)
                farm.scripts.put(
                    BuildScript(progress: .time(.zero), results: .generated(bytes: 2048)), for: "hello")
                try await farm.records.setBuilder(bob.name, enabled: true, notes: nil, now: .systemTime)
                try await farm.wait(for: build, .uploading)
            }
            // The build that still ran there was aborted and cleaned away before the next one.
            let calls = farm.journal.calls(bob.name).filter { $0 != "ensurepresent" }
            #expect(calls.prefix(4) == ["build", "abort", "clean", "build"])
            #expect(farm.told.verdicts.isEmpty)
        }
    }
}
