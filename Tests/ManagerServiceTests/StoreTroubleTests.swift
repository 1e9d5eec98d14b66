import BuildManager
import FarmModel
import FarmRecords
import Foundation
import SlaveHost
import Store
import Synchronization
import TestSupport
import Testing

@testable import ManagerService

@Suite("A store in trouble")
struct StoreTroubleTests {
    /// Keeps everybody else from writing to a database, from another connection, until told otherwise.
    private final class Lock: Sendable {
        private let release = DispatchSemaphore(value: 0)
        private let released = DispatchSemaphore(value: 0)

        init(_ directory: String) async throws {
            let (records, _) = try ManagerFarm.open(directory)
            let (release, released) = (release, released)
            try await withCheckedThrowingContinuation { (locked: CheckedContinuation<Void, any Error>) in
                Thread.detachNewThread {
                    var isLocked = false
                    do {
                        try records.store.writeBlocking { tx in
                            try tx.execute("UPDATE builders SET is_ok = is_ok", [])
                            isLocked = true
                            locked.resume()
                            release.wait()
                        }
                    } catch {
                        if !isLocked { locked.resume(throwing: error) }
                    }
                    released.signal()
                }
            }
        }

        func end() async {
            release.signal()
            await withCheckedContinuation { ended in
                Thread.detachNewThread { [released] in
                    released.wait()
                    ended.resume()
                }
            }
        }
    }

    private func runWithLocks(
        _ settings: ManagerSettings, _ script: BuildScript?, _ farm: ManagerFarm, lockAt point: CrashPoint
    ) async throws {
        let (impatient, _) = try ManagerFarm.open(farm.scratch.path, busyTimeout: .milliseconds(20))
        let bob = try await farm.addBuilder("bob")
        let alice = try await farm.addBuilder("alice")
        try await farm.records.setBuilder(alice.name, manual: true)
        let build = try await farm.addJob("hello", script)
        let reached = Mutex(false)
        let gate = DispatchSemaphore(value: 0)
        // The scan stands still at the point until the database is locked.
        let crash: @Sendable (CrashPoint) -> Void = { at in
            guard at == point,
                reached.withLock({ reached in
                    defer { reached = true }
                    return !reached
                })
            else { return }
            gate.wait()
        }
        try await farm.withManager(settings, records: impatient, crash: crash) { _ in
            try await farm.wait(for: "the scan to come to \(point.rawValue)") { reached.withLock { $0 } }
            let lock = try await Lock(farm.scratch.path)
            gate.signal()
            let asked = farm.journal.count("status", at: alice.name)
            try await farm.wait(for: "the trouble to be felt") { farm.told.recordFailures >= 2 }
            try await farm.wait(for: "scans to go on") {
                farm.journal.count("status", at: alice.name) > asked + 20
            }
            await lock.end()
            try await farm.wait(for: build, .uploading)
            try await farm.wait(for: "the leaf") { farm.leaves().count == 1 }
            try await farm.wait(for: "bob to be clean") { try await farm.vitals(bob).cleanStatus == .clean }
        }
        #expect(farm.told.verdicts.isEmpty)
        #expect(farm.told.failures(of: bob).isEmpty)
        #expect(try await farm.build(build).failureCount == 0)
        #expect(farm.journal.count("build", at: bob.name) == 1)
        #expect(farm.leaves("grabbing") == [])
    }

    @Test(
        "stops no loop and punishes nobody, and the work goes on where it was",
        arguments: [CrashPoint.buildAccepted, .logStored, .gathering])
    func locked(point: CrashPoint) async throws {
        try await ManagerFarm.run { farm in
            try await runWithLocks(.fast, nil, farm, lockAt: point)
        }
    }

    @Test("a store that cannot be read at the start does not start a manager")
    func unreadable() async throws {
        try await ManagerFarm.run { farm in
            try await farm.records.store.write { try $0.execute("ALTER TABLE builds RENAME TO other", []) }
            await #expect(throws: (any Error).self) { try await farm.manager().run() }
            try await farm.records.store.write { try $0.execute("ALTER TABLE other RENAME TO builds", []) }
        }
    }

    @Test("a refresh that fails is told and survived")
    func refreshFails() async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob")
            try await farm.withManager { _ in
                try await farm.wait(for: "a scan") { farm.journal.count("status", at: bob.name) > 2 }
                try await farm.records.store.write {
                    try $0.execute("ALTER TABLE build_queue RENAME COLUMN is_virtual TO other", [])
                }
                try await farm.wait(for: "the refresh to fail") { farm.log.text.contains("refresh failed") }
                let asked = farm.journal.count("status", at: bob.name)
                try await farm.wait(for: "scans to go on") {
                    farm.journal.count("status", at: bob.name) > asked + 5
                }
                try await farm.records.store.write {
                    try $0.execute("ALTER TABLE build_queue RENAME COLUMN other TO is_virtual", [])
                }
                let build = try await farm.addJob("hello")
                try await farm.wait(for: build, .uploading)
            }
            #expect(farm.told.verdicts.isEmpty)
        }
    }

    @Test(
        "a disk that takes no results, or no logs, is nobody's fault",
        arguments: ["uploads/grabbing", "library/tmp"])
    func unwritable(_ directory: String) async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob")
            let script = BuildScript(progress: .statusCalls(5), results: .generated(bytes: 2048))
            let build = try await farm.addJob("hello", script)
            let path = farm.scratch.path(directory)
            try await farm.withManager { _ in
                try await farm.wait(for: "the dispatch") { farm.journal.count("build", at: bob.name) == 1 }
                // A file stands where the directory should be: that stops the super-user, too.
                try FileManager.default.moveItem(atPath: path, toPath: path + ".aside")
                try farm.scratch.write(directory, [])
                try await farm.wait(for: "the trouble to be felt") { farm.told.recordFailures >= 20 }
                #expect(farm.leaves() == [])
                try FileManager.default.removeItem(atPath: path)
                try FileManager.default.moveItem(atPath: path + ".aside", toPath: path)
                try await farm.wait(for: build, .uploading)
            }
            #expect(farm.told.verdicts.isEmpty)
            #expect(farm.told.failures(of: bob).isEmpty)
            #expect(farm.journal.count("build", at: bob.name) == 1)
        }
    }
}
