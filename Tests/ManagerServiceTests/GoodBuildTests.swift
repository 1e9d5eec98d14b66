import BuildManager
import FarmModel
import FarmRecords
import Glibc
import Librarian
import MockSlave
import SlaveHost
import Store
import Synchronization
import Testing

@testable import ManagerService

@Suite("A good build, from the queue to the upload processor")
struct GoodBuildTests {
    @Test("a build is dispatched, followed, collected and accepted, and its builder takes the next one")
    func endToEnd() async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob")
            let log = BuildScript.LogEntry(text: "making hello\n")
            let first = try await farm.addJob(
                "hello", BuildScript(progress: .statusCalls(6), log: [log], results: .generated(bytes: 4096)),
                score: 2)
            let second = try await farm.addJob("world")
            try await farm.withManager { _ in
                try await farm.wait(for: "a log tail") {
                    try await farm.build(first).logTail?.isEmpty == false
                }
                #expect(try await farm.build(first).logTail?.contains("making hello") == true)
                try await farm.wait(for: first, .uploading)
                try await farm.wait(for: second, .uploading)
                try await farm.wait(for: "bob to be clean") {
                    try await farm.vitals(bob).cleanStatus == .clean
                }
            }
            let leaves = farm.leaves()
            try #require(leaves.count == 2)
            #expect(leaves.map { BuildCookie(leafName: $0)?.build } == [first, second])
            let files = try farm.files(in: leaves[0])
            #expect(
                files.keys.sorted() == [
                    "\(farm.archive)/ubuntu/hello_1.0_amd64.changes",
                    "\(farm.archive)/ubuntu/hello_1.0_amd64.deb",
                ])
            // What came is what the slave had.
            for bytes in files.values {
                let sum = try farm.library.insert(bytes: bytes).sha1
                #expect(farm.slaveStore.contains(sum))
            }
            let sum = try #require(try await farm.build(first).log)
            let text = String(decoding: try farm.library.bytes(of: sum, limit: 1 << 20), as: UTF8.self)
            #expect(text.contains("making hello\n"))
            // Both builds were cleaned up after, before anything else.
            let calls = ["ensurepresent", "ensurepresent", "build", "clean"]
            #expect(farm.journal.calls(bob.name) == calls + calls)

            try await Uploads.process(root: farm.queue.root, records: farm.records, library: farm.library)
            for build in [first, second] { #expect(try await farm.build(build).status == .fullyBuilt) }
            #expect(farm.leaves() == [])
            #expect(farm.leaves("accepted") == leaves)
            #expect(farm.leaves("grabbing") == [])
            #expect(farm.told.verdicts.isEmpty)
        }
    }

    @Test("UPLOADING is committed before the leaf can be seen, and the leaf is complete when it is")
    func visibleAfterDurable() async throws {
        try await ManagerFarm.run { farm in
            try await farm.addBuilder("bob")
            let script = BuildScript(progress: .time(.zero), results: .generated(bytes: 100_000))
            let build = try await farm.addJob("hello", script)
            let seen = Mutex<[String]>([])
            let look: @Sendable (CrashPoint) -> Void = { point in
                let incoming = farm.leaves()
                let grabbing = farm.leaves("grabbing").filter { BuildCookie(leafName: $0) != nil }
                let status = try? farm.records.store.readBlocking { tx in
                    try tx.query("SELECT status FROM builds WHERE id = $1", [.integer(build.rawValue)])[0]
                        .int("status")
                }
                let name = status.flatMap { BuildStatus(rawValue: Int($0)) }?.name ?? "?"
                seen.withLock {
                    $0.append("\(point.rawValue): \(name), \(grabbing.count) and \(incoming.count)")
                }
            }
            try await farm.withManager(crash: look) { _ in
                try await farm.wait(for: "the leaf") { farm.leaves().count == 1 }
            }
            #expect(
                seen.withLock { $0 }.filter {
                    $0.hasPrefix("gath") || $0.hasPrefix("upl") || $0.hasPrefix("leaf")
                } == [
                    "gathering: GATHERING, 1 and 0", "gathering: GATHERING, 1 and 0",
                    "uploading-committed: UPLOADING, 1 and 0", "leaf-moved: UPLOADING, 0 and 1",
                ])
        }
    }

    @Test("sources of a private archive go to slaves that present its token")
    func privateArchive() async throws {
        try await ManagerFarm.run { farm in
            let bob = try await farm.addBuilder("bob")
            let archive = try await farm.records.enter(
                archive: ArchiveEntry(
                    name: "secret", purpose: "PPA", isPrivate: true, requiresVirtualized: false,
                    buildToken: "s3cr3t-t0ken",
                    archiveURLs: ["http://archive.invalid/secret"]))
            let build = try await farm.addJob("hello", archive: archive)
            try await farm.withManager { _ in try await farm.wait(for: build, .uploading) }
            #expect(farm.told.verdicts.isEmpty)
            #expect(try await farm.vitals(bob).failureCount == 0)
            #expect(
                try farm.files(in: farm.leaves()[0]).keys.allSatisfy { $0.hasPrefix("\(archive)/ubuntu/") })
            let log = try #require(try await farm.build(build).log)
            #expect(try await farm.records.libraryAccess(to: log) == .restricted(tokens: ["s3cr3t-t0ken"]))
        }
    }

    @Test("a source that no slave may fetch fails its job and no builder")
    func wrongToken() async throws {
        var options = ManagerFarm.Options()
        options.access = { records in
            VisibilityAccess { sum in
                switch try await records.libraryAccess(to: sum) {
                case .unknown: .unknown
                case .open: .open
                case .restricted: .restricted([LibraryToken("another token")])
                }
            }
        }
        try await ManagerFarm.run(options) { farm in
            let builders = [try await farm.addBuilder("alice"), try await farm.addBuilder("bob")]
            let archive = try await farm.records.enter(
                archive: ArchiveEntry(
                    name: "secret", purpose: "PPA", isPrivate: true, requiresVirtualized: false,
                    buildToken: "s3cr3t-t0ken"))
            let build = try await farm.addJob("hello", archive: archive)
            let open = try await farm.addJob("world")
            try await farm.withManager { _ in
                try await farm.wait(for: build, .failedToBuild)
                try await farm.wait(for: open, .uploading)
            }
            #expect(farm.told.verdicts.allSatisfy { $0.report.cause == .cannotFetchFile })
            for builder in builders { #expect(try await farm.vitals(builder).isOK) }
            #expect(farm.told.verdicts.last?.report.message.contains("hello_1.0.dsc") == true)
        }
    }
}
