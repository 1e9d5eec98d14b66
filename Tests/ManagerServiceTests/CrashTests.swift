import BuildManager
import FarmModel
import FarmRecords
import Glibc
import Logging
import SlaveHost
import Testing

@testable import ManagerService

/// The manager is killed at each of its crash points, and the next one goes on (manager spec 18, invariants 3, 53,
/// 55).
@Suite("A manager that is killed", .serialized)
struct CrashTests {
    /// Runs a manager in this process until it dies at a crash point.
    static func runToDeath(_ directory: String, librarianURL: String, resetCommand: String, at word: String)
        async throws
    {
        let (records, library) = try ManagerFarm.open(directory)
        var settings = ManagerSettings.fast
        settings.resetCommand = resetCommand
        let manager = ManagerService(
            settings: settings,
            surroundings: .init(
                records: records, library: library, queue: try UploadQueue(root: directory + "/uploads"),
                librarianURL: librarianURL, logger: Logger(label: "doomed") { _ in SwiftLogNoOpLogHandler() },
                clock: { .systemTime }, crash: { if $0.rawValue == word { kill(getpid(), SIGKILL) } }))
        try await manager.run()
    }

    /// Lets a manager die in a process of its own. Slaves and librarian live on in this one.
    private func killManager(_ farm: ManagerFarm, at point: CrashPoint, resetCommand: String = "") async {
        let (directory, url, word) = (farm.scratch.path, farm.librarianURL, point.rawValue)
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [
                directory = directory as String, url = url as String, command = resetCommand as String,
                word = word as String
            ] in
            try await CrashTests.runToDeath(directory, librarianURL: url, resetCommand: command, at: word)
        }
    }

    /// What must be true in the end, however often the manager died: every job built once, nobody blamed, nothing
    /// lost or left.
    private func checkConvergence(_ farm: ManagerFarm, _ builds: [BuildID], on builder: ManagerFarm.Builder)
        async throws
    {
        try await Uploads.process(root: farm.queue.root, records: farm.records, library: farm.library)
        for build in builds {
            let listing = try await farm.build(build)
            #expect(listing.status == .fullyBuilt)
            #expect(listing.binaries == 1)
            #expect(listing.failureCount == 0)
            #expect(listing.log != nil)
        }
        #expect(farm.leaves("accepted").compactMap { BuildCookie(leafName: $0)?.build }.sorted() == builds)
        for directory in ["grabbing", "incoming", "rejected", "failed"] {
            #expect(farm.leaves(directory) == [], "in \(directory)")
        }
        let vitals = try await farm.vitals(builder)
        #expect(vitals.isOK)
        #expect(vitals.failureCount == 0)
        #expect(try await farm.records.verdicts() == [])
        #expect(farm.journal.count("build", at: builder.name) == builds.count)
        #expect(farm.journal.count("abort", at: builder.name) == 0)
    }

    @Test(
        "killed while it dispatches, collects or hands over, it is followed by one that finishes the job",
        arguments: [
            CrashPoint.jobTaken, .buildAccepted, .logStored, .gathering, .uploadingCommitted, .leafMoved,
        ])
    func ordinaryBuilder(point: CrashPoint) async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob")
            let build = try await farm.addJob("hello")
            await killManager(farm, at: point)
            #expect(try await farm.records.audit() == [])
            // Nothing half done is ever to be seen, and what was committed is still there.
            let isDone = point == .uploadingCommitted || point == .leafMoved
            #expect(
                try await farm.status(build)
                    == (isDone ? .uploading : point == .gathering ? .gathering : .building))
            #expect(farm.leaves().count == (point == .leafMoved ? 1 : 0))
            try await farm.withManager { _ in
                try await farm.wait(for: build, .uploading)
                try await farm.wait(for: "the leaf") { farm.leaves().count == 1 }
                try await farm.wait(for: "bob to be clean") {
                    try await farm.vitals(bob).cleanStatus == .clean
                }
            }
            try await checkConvergence(farm, [build], on: bob)
            let attempts = try await farm.records.attempts(of: build)
            #expect(attempts.count == (point == .jobTaken ? 2 : 1))
        }
    }

    @Test(
        "killed while it resets a builder, it is followed by one that resets it again",
        arguments: [
            (CrashPoint.cleaningCommitted, ResetProtocol.synchronous), (.hostReset, .synchronous),
            (.hostReset, .asynchronous), (.cleaningCommitted, .asynchronous),
        ])
    func virtualBuilder(point: CrashPoint, reset: ResetProtocol) async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob", virtual: reset)
            let build = try await farm.addJob("hello", isVirtual: true)
            await killManager(farm, at: point, resetCommand: try farm.resetCommand())
            let status = try await farm.vitals(bob).cleanStatus
            let isCommitted = reset == .synchronous || point == .cleaningCommitted
            #expect(status == (isCommitted ? .cleaning : .dirty))
            let triggers = farm.journal.resets(bob.name)
            #expect(triggers == (reset == .synchronous && point == .cleaningCommitted ? 0 : 1))
            var settings = ManagerSettings.fast
            settings.resetCommand = try farm.resetCommand()
            try await farm.withManager(settings) { _ in
                if reset == .asynchronous {
                    // The agent answers whatever it was told, by whomever.
                    try await farm.wait(for: "the trigger") {
                        try await farm.vitals(bob).cleanStatus == .cleaning
                    }
                    #expect(farm.journal.resets(bob.name) == (point == .hostReset ? 2 : 1))
                    _ = try await farm.records.setCleanStatus(.clean, of: bob.id, now: .systemTime)
                }
                try await farm.wait(for: build, .uploading)
                try await farm.wait(for: "the leaf") { farm.leaves().count == 1 }
            }
            try await checkConvergence(farm, [build], on: bob)
        }
    }

    @Test("killed after it asked for an abort, it is followed by one that sees it through")
    func abortSent() async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob")
            let build = try await farm.addJob("hello", BuildScript(progress: .never))
            try await farm.withManager { _ in
                try await farm.wait(for: "the dispatch") {
                    farm.told.all.contains { if case .dispatched = $0.event { true } else { false } }
                }
            }
            #expect(try await farm.records.requestCancel(build, now: .systemTime))
            await killManager(farm, at: .abortSent)
            #expect(try await farm.status(build) == .cancelling)
            #expect(farm.journal.count("abort", at: bob.name) == 1)
            try await farm.withManager { _ in
                try await farm.wait(for: build, .cancelled)
                try await farm.wait(for: "bob to be clean") {
                    try await farm.vitals(bob).cleanStatus == .clean
                }
            }
            #expect(try await farm.records.verdicts() == [])
            #expect(try await farm.vitals(bob).failureCount == 0)
            for directory in ["grabbing", "incoming"] { #expect(farm.leaves(directory) == []) }
        }
    }

    @Test("killed at one point after the other, it loses nothing, with several builds under way")
    func oneAfterTheOther() async throws {
        try await ManagerFarm.run { farm in
            var builders: [ManagerFarm.Builder] = []
            var builds: [BuildID] = []
            for number in 1...3 { builders.append(try await farm.addBuilder("bob-\(number)")) }
            for number in 1...12 { builds.append(try await farm.addJob("hello\(number)")) }
            for point: CrashPoint in [
                .jobTaken, .buildAccepted, .logStored, .gathering, .uploadingCommitted, .leafMoved,
            ] {
                await killManager(farm, at: point)
                #expect(try await farm.records.audit() == [])
            }
            try await farm.withManager { _ in
                for build in builds { try await farm.wait(for: build, .uploading) }
                try await farm.wait(for: "the leaves") { farm.leaves().count == builds.count }
            }
            try await Uploads.process(root: farm.queue.root, records: farm.records, library: farm.library)
            for build in builds {
                let listing = try await farm.build(build)
                #expect(listing.status == .fullyBuilt)
                #expect(listing.failureCount == 0)
            }
            #expect(
                farm.leaves("accepted").compactMap { BuildCookie(leafName: $0)?.build }.sorted() == builds)
            for directory in ["grabbing", "incoming", "rejected", "failed"] {
                #expect(farm.leaves(directory) == [], "in \(directory)")
            }
            for builder in builders { #expect(try await farm.vitals(builder).isOK) }
            #expect(try await farm.records.verdicts() == [])
            #expect(builders.reduce(0) { $0 + farm.journal.count("build", at: $1.name) } == builds.count)
        }
    }
}
