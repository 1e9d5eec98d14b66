import BuildManager
import FarmModel
import FarmRecords
import Glibc
import MockSlave
import SlaveHost
import Synchronization
import TestSupport
import Testing

@testable import ManagerService

@Suite("Virtual builders")
struct VirtualBuilderTests {
    private func settings(_ farm: ManagerFarm) throws -> ManagerSettings {
        var settings = ManagerSettings.fast
        settings.resetCommand = try farm.resetCommand()
        return settings
    }

    /// What happens at a slave that matters for cleanliness, in order.
    private func history(_ farm: ManagerFarm, _ builder: ManagerFarm.Builder) -> [String] {
        farm.journal.entries(of: builder.name).compactMap { entry in
            switch entry.event {
            case .resetCommand: "reset"
            case .call("build"): "build"
            case .call("echo"): "ping"
            case .call("clean"): "clean"
            default: nil
            }
        }
    }

    @Test("protocol 1.1: a builder is reset and asked whether it lives before each build")
    func synchronous() async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob", virtual: .synchronous)
            let builds = [
                try await farm.addJob("one", isVirtual: true), try await farm.addJob("two", isVirtual: true),
            ]
            try await farm.withManager(try settings(farm)) { _ in
                for build in builds { try await farm.wait(for: build, .uploading) }
                try await farm.wait(for: "bob to be clean") {
                    try await farm.vitals(bob).cleanStatus == .clean
                }
            }
            #expect(
                history(farm, bob) == ["reset", "ping", "build", "reset", "ping", "build", "reset", "ping"])
            #expect(farm.told.verdicts.isEmpty)
        }
    }

    @Test(
        "protocol 2.0: the agent alone says when the builder is clean, and the trigger runs once until then")
    func asynchronous() async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob", virtual: .asynchronous)
            let alice = try await farm.addBuilder("alice")
            let build = try await farm.addJob("one", isVirtual: true)
            try await farm.withManager(try settings(farm)) { _ in
                try await farm.wait(for: "the trigger") {
                    try await farm.vitals(bob).cleanStatus == .cleaning
                }
                // The agent takes its time: a hundred scans of a neighbour.
                let before = farm.journal.count("status", at: alice.name)
                try await farm.wait(for: "time to pass") {
                    farm.journal.count("status", at: alice.name) > before + 100
                }
                #expect(try await farm.vitals(bob).cleanStatus == .cleaning)
                #expect(history(farm, bob) == ["reset"])
                #expect(farm.journal.calls(bob.name, withStatus: true) == [])
                _ = try await farm.records.setCleanStatus(.clean, of: bob.id, now: .systemTime)
                try await farm.wait(for: build, .uploading)
                try await farm.wait(for: "the next trigger") {
                    history(farm, bob) == ["reset", "build", "reset"]
                }
            }
            #expect(farm.told.verdicts.isEmpty)
        }
    }

    @Test("protocol 2.0: an agent that never answers becomes a failure")
    func silentAgent() async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob", virtual: .asynchronous)
            var settings = try settings(farm)
            settings.cleaningTimeout = .milliseconds(50)
            settings.failedScansBeforeRecording = 2
            try await farm.withManager(settings) { _ in
                try await farm.wait(for: "bob to be disabled") { try await !farm.vitals(bob).isOK }
            }
            #expect(farm.told.failures(of: bob).allSatisfy { $0.report.cause == .cleaningTimedOut })
            #expect(farm.told.verdicts.count == 5)
        }
    }

    @Test(
        "a reset that fails never leads to a dispatch, and disables the builder",
        arguments: [ResetProtocol.synchronous, .asynchronous])
    func failing(_ reset: ResetProtocol) async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob", virtual: reset)
            farm.faults.set(bob) { $0.event == .reset ? [.resetFails(exitStatus: 3)] : [] }
            let build = try await farm.addJob("one", isVirtual: true)
            try await farm.withManager(try settings(farm)) { _ in
                try await farm.wait(for: "bob to be disabled") { try await !farm.vitals(bob).isOK }
            }
            #expect(history(farm, bob) == Array(repeating: "reset", count: 5))
            #expect(farm.journal.calls(bob.name, withStatus: true) == [])
            #expect(farm.told.verdicts.allSatisfy { $0.report.cause == .cannotResume })
            #expect(try await farm.status(build) == .needsBuild)
            #expect(try await farm.build(build).failureCount == 0)
        }
    }

    @Test("a reset that hangs is killed, with all that it started, and the next scan tries again")
    func hanging() async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob", virtual: .synchronous)
            let hangs = Mutex(true)
            farm.faults.set(bob) { $0.event == .reset && hangs.withLock { $0 } ? [.resetHangs] : [] }
            let build = try await farm.addJob("one", isVirtual: true)
            var settings = try settings(farm)
            settings.resetTimeout = .milliseconds(100)
            try await farm.withManager(settings) { _ in
                try await farm.wait(for: "a failure") { !farm.told.failures(of: bob).isEmpty }
                hangs.withLock { $0 = false }
                farm.faults.set(bob, nil)
                #expect(try await farm.status(build) == .needsBuild)
            }
            #expect(farm.told.failures(of: bob).first?.report.cause == .cannotResume)
            #expect(farm.told.failures(of: bob).first?.report.message.contains("was killed") == true)
            #expect(farm.journal.count("build", at: bob.name) == 0)

            // A sound machine may need longer than this test's limit.
            settings.resetTimeout = .seconds(60)
            try await farm.withManager(settings) { _ in try await farm.wait(for: build, .uploading) }
            #expect(try await farm.vitals(bob).isOK)
        }
    }

    @Test("a reset that lies is found out before the next build, and stops the builder at once")
    func lying() async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob", virtual: .synchronous)
            let first = try await farm.addJob("one", isVirtual: true, score: 2)
            let second = try await farm.addJob("two", isVirtual: true)
            farm.faults.set(bob) { moment in moment.event == .reset && moment.number > 1 ? [.resetLies] : [] }
            try await farm.withManager(try settings(farm)) { _ in
                try await farm.wait(for: "bob to be disabled") { try await !farm.vitals(bob).isOK }
            }
            #expect(try await farm.status(first) == .uploading)
            #expect(try await farm.status(second) == .needsBuild)
            #expect(farm.told.verdicts.map(\.report.cause) == [.isolation])
            #expect(farm.journal.count("build", at: bob.name) == 1)
            #expect(farm.told.failures(of: bob).map(\.isGraced) == [false])
        }
    }
}

@Suite("The reset command")
struct ResetTriggerTests {
    private let scratch: ScratchDirectory
    private let builder: BuilderVitals

    init() throws {
        scratch = try ScratchDirectory()
        builder = BuilderVitals(
            id: BuilderID(1), name: try #require(BuilderName("bob-001")),
            url: "http://bob-001.ppa.invalid:8221",
            processors: [], isVirtualized: true, vmHost: "a host's name; $(exit)",
            resetProtocol: .synchronous,
            cleanStatus: .dirty)
    }

    private func reset(_ script: String, arguments: String = "", limit: Duration = .seconds(100)) async throws
    {
        let path = try scratch.write("script.sh", Array(script.utf8))
        try await ResetTrigger(command: "/bin/bash \(path) \(arguments)").reset(builder, limit: limit)
    }

    @Test("host and name come as arguments, whatever is in them, and no shell sees them")
    func arguments() async throws {
        let script = #"printf '%s|' "$@" >"${0%/*}/said""#
        try await reset(script, arguments: "  {vm_host}  x{buildd_name}x  ")
        #expect(try scratch.read("said") == Array("a host's name; $(exit)|xbob-001x|".utf8))
    }

    @Test("a command that fails says why")
    func failing() async throws {
        let error = await #expect(throws: EdgeFailure.self) {
            try await reset("echo no such domain; echo really >&2; exit 3")
        }
        let message = error?.message ?? ""
        #expect(
            message.contains("no such domain") && message.contains("really") && message.contains("3"),
            "\(message)")
        await #expect(throws: EdgeFailure.self) { try await reset("kill -9 $$") }
        for command in ["", "   ", "/nonexistent/reset", "no-such-reset-command"] {
            await #expect(throws: EdgeFailure.self) {
                try await ResetTrigger(command: command).reset(builder, limit: .seconds(100))
            }
        }
    }

    @Test("a command may say as much as it likes")
    func talkative() async throws {
        try await reset("for i in {1..20000}; do echo this is line $i; echo and this >&2; done")
        let error = await #expect(throws: EdgeFailure.self) {
            try await reset("for i in {1..20000}; do echo this is line $i; done; exit 1")
        }
        #expect((error?.message.utf8.count ?? 0) < 1000)
    }

    @Test("a command may leave something running that keeps its output open")
    func leavesBehind() async throws {
        try await reset("sleep 600 & echo $! >\"${0%/*}/pid\"")
        let pid = try #require(pid_t(String(decoding: try scratch.read("pid"), as: UTF8.self).dropLast()))
        #expect(kill(pid, SIGKILL) == 0)
    }

    @Test("a command that hangs is killed with all that it started")
    func hanging() async throws {
        let error = await #expect(throws: EdgeFailure.self) {
            try await reset(
                "trap '' TERM INT; sleep 600 & echo $! >\"${0%/*}/pid\"; while true; do sleep 600; done",
                limit: .seconds(1))
        }
        #expect(error?.message.contains("was killed") == true)
        let pid = try #require(pid_t(String(decoding: try scratch.read("pid"), as: UTF8.self).dropLast()))
        // Init has to take notice of the orphan before it is gone.
        while kill(pid, 0) == 0, !isZombie(pid) { try await Task.sleep(for: .milliseconds(2)) }
    }

    private func isZombie(_ pid: pid_t) -> Bool {
        guard let file = fopen("/proc/\(pid)/stat", "r") else { return true }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 512)
        guard fgets(&line, 512, file) != nil else { return true }
        return String(decoding: line.map { UInt8(bitPattern: $0) }, as: UTF8.self).contains(") Z ")
    }
}
