import BuildManager
import FarmModel
import FarmRecords
import Glibc
import Logging
import ServiceLifecycle
import SlaveHost
import Synchronization
import Testing

@testable import ManagerService

@Suite("Stopping and starting")
struct RestartTests {
    @Test("a stop in the middle of a build disturbs nothing, and the next manager carries on")
    func midBuild() async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob")
            let build = try await farm.addJob("hello", BuildScript(progress: .never))
            try await farm.withManager { _ in
                try await farm.wait(for: "the dispatch") {
                    farm.told.all.contains { if case .dispatched = $0.event { true } else { false } }
                }
            }
            #expect(try await farm.status(build) == .building)
            try await farm.withManager { manager in
                try await farm.wait(for: "some scans") { await manager.statistics.finished > 10 }
            }
            #expect(try await farm.status(build) == .building)
            #expect(farm.journal.calls(bob.name) == ["ensurepresent", "ensurepresent", "build"])
            #expect(farm.told.verdicts.isEmpty)
        }
    }

    @Test("a graceful stop waits for running scans, and no further one begins")
    func graceful() async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob")
            farm.faults.set(bob, at: "build", .delay(.milliseconds(300)))
            let build = try await farm.addJob("hello", BuildScript(progress: .never))
            let manager = farm.manager()
            let services = ServiceGroup(
                configuration: .init(
                    services: [.init(service: manager)],
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
            let running = Task { try await services.run() }
            try await farm.wait(for: "the call") { farm.journal.count("build", at: bob.name) == 1 }
            #expect(!farm.told.all.contains { if case .dispatched = $0.event { true } else { false } })
            await services.triggerGracefulShutdown()
            try await running.value
            // The answer to `build` came after the stop was asked for, and was taken note of.
            #expect(farm.told.all.contains { if case .dispatched = $0.event { true } else { false } })
            #expect(try await farm.status(build) == .building)
            let statistics = await manager.statistics
            #expect(statistics.started == statistics.finished)
            #expect(farm.journal.calls(bob.name) == ["ensurepresent", "ensurepresent", "build"])
        }
    }

    @Test("a job that was taken but never sent goes back without blame")
    func neverSent() async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob")
            let build = try await farm.addJob("hello")
            _ = try await farm.assign(build, to: bob)
            try await farm.withManager { _ in try await farm.wait(for: build, .uploading) }
            #expect(farm.told.verdicts.isEmpty)
            #expect(try await farm.records.attempts(of: build).map(\.strikes) == [0, 0])
        }
    }

    @Test("a job that was seen on its slave and is lost then counts, also after a restart")
    func lostLater() async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob")
            let build = try await farm.addJob("hello", BuildScript(progress: .never))
            try await farm.withManager { _ in
                try await farm.wait(for: "the dispatch") {
                    farm.told.all.contains { if case .dispatched = $0.event { true } else { false } }
                }
            }
            try await farm.withManager { manager in
                try await farm.wait(for: "some scans") { await manager.statistics.finished > 5 }
                try await farm.host.restart(bob.name)
                try await farm.wait(for: "a verdict") { !farm.told.verdicts.isEmpty }
            }
            #expect(farm.told.verdicts.first?.report.cause == .lost)
            #expect(farm.told.verdicts.first?.verdict.job == .reset)
            #expect(try await farm.build(build).failureCount >= 1)
        }
    }

    @Test("what interrupted collections left is removed at the start, and what was announced is handed over")
    func leftovers() async throws {
        try await ManagerFarm.run { farm in
            let build = try await farm.addJob("hello")
            let announced = LeafName.make(
                cookie: BuildCookie(jobType: .packageBuild, build: build), now: .systemTime)
            try await farm.records.store.write { tx in
                try tx.execute(
                    "UPDATE builds SET status = $1, upload_leaf = $2, date_finished = 1 WHERE id = $3",
                    [
                        .integer(Int64(BuildStatus.uploading.rawValue)), .text(announced),
                        .integer(build.rawValue),
                    ])
                try tx.execute("DELETE FROM build_queue", [])
            }
            for name in [
                "\(announced)/1/ubuntu/a.deb", "20260101-000000-000000000-PACKAGEBUILD-77/1/ubuntu/a.deb",
            ] {
                try farm.scratch.write("uploads/grabbing/\(name)", [1])
            }
            try farm.scratch.write(
                "uploads/grabbing/20260101-000000-000000000-PACKAGEBUILD-77.unfinished/0", [1])
            try farm.scratch.write("uploads/grabbing/log-PACKAGEBUILD-77-1", [1])
            symlink(farm.scratch.path("library"), farm.scratch.path("uploads/grabbing/link"))
            try await farm.withManager { _ in
                try await farm.wait(for: "the leaf") { farm.leaves() == [announced] }
                try await farm.wait(for: "nothing else") { farm.leaves("grabbing") == [] }
            }
            #expect(farm.scratch.names(in: "library").contains("tmp"))
        }
    }

    @Test("a leaf that cannot be handed over does not hold up the others, and is never thrown away")
    func stuckLeaf() async throws {
        try await ManagerFarm.run { farm in
            let queue = farm.queue
            for leaf in ["a", "b"] { try farm.scratch.write("uploads/grabbing/\(leaf)/1/ubuntu/x", [1]) }
            try farm.scratch.write("uploads/incoming/a/in the way", [2])
            let (moved, failures) = try queue.finishHandOvers(["a", "b", "c"])
            #expect(moved == ["b"])
            #expect(failures.count == 1)
            try queue.discardGathered(except: ["a"])
            #expect(farm.leaves("grabbing") == ["a"])
            // Who comes second finds the leaf gone, which is as good.
            try queue.handOver(leaf: "b")
            #expect(farm.leaves() == ["a", "b"])
        }
    }

    @Test("a leaf is gathered in an empty directory, whatever was there before")
    func freshLeaf() async throws {
        try await ManagerFarm.run { farm in
            try farm.scratch.write("uploads/grabbing/leaf/1/ubuntu/stale.deb", [1])
            try farm.scratch.write("uploads/grabbing/leaf.unfinished/0", [1])
            let gathering = try farm.queue.beginGathering(
                leaf: "leaf", place: .init(archive: 1, distribution: "ubuntu"))
            #expect(farm.scratch.names(in: "uploads/grabbing/leaf/1/ubuntu") == [])
            #expect(farm.scratch.names(in: "uploads/grabbing/leaf.unfinished") == [])
            #expect(gathering.directory == farm.scratch.path("uploads/grabbing/leaf/1/ubuntu"))
            try farm.queue.endGathering(leaf: "leaf")
            #expect(farm.leaves("grabbing") == ["leaf"])
            try farm.queue.discard(leaf: "leaf")
            #expect(farm.leaves("grabbing") == [])
        }
    }
}
