import ContentStore
import FarmModel
import FarmRecords
import Foundation
import TestSupport
import Testing
import UploadProcessor

@Suite("Upload processor")
struct UploadProcessorTests {
    private let fixture: UploadFixture

    init() async throws { fixture = try await UploadFixture() }

    private func once() async throws -> [LeafReport.Outcome] {
        try await fixture.processor().runOnce().map(\.outcome)
    }

    @Test("a good leaf ends FULLYBUILT with its binaries, files and log, and leaves the queue")
    func accepts() async throws {
        let build = try await fixture.build()
        try fixture.leaf(UploadFixture.leafName(build))
        #expect(try await once() == [.accepted(binaries: 1)])
        let listing = try await fixture.listing(build)
        #expect(listing?.status == .fullyBuilt)
        #expect(listing?.binaries == 1)
        for directory in QueueDirectory.allCases { #expect(fixture.names(directory) == []) }
        for text in ScriptedVerifier.acceptable.values {
            let sum = try FileDigester.digest(Array(text.utf8)).sha1
            #expect(try fixture.store.bytes(of: sum, limit: 100) == Array(text.utf8))
        }
        let log = try await fixture.uploadLog(build)
        #expect(log?.contains("Looked at hello_1.0_amd64.changes\n") == true)
        #expect(log?.hasSuffix("ACCEPTED\n") == true)
    }

    @Test("an accepted leaf can be kept, whole and apart from the store")
    func keepsAccepted() async throws {
        let build = try await fixture.build()
        let leaf = try fixture.leaf(UploadFixture.leafName(build))
        var options = fixture.options
        options.acceptedLeaves = .keep
        try await fixture.processor(options: options).runOnce()
        #expect(fixture.files(.accepted, leaf) == ScriptedVerifier.acceptable)
        try fixture.scratch.write("queue/accepted/\(leaf)/\(fixture.archive)/ubuntu/hello_1.0_amd64.deb", [0])
        let sum = try FileDigester.digest(Array("a package".utf8)).sha1
        try fixture.store.verify(sum)
    }

    // Invariant 44.
    @Test(
        "a refused leaf is moved aside whole, with the reason in the build's log",
        arguments: [
            ("reject", QueueDirectory.rejected, "Rejected: for two reasons"), ("break", .failed, "Failed: "),
        ])
    func refuses(text: String, directory: QueueDirectory, line: String) async throws {
        let build = try await fixture.build()
        let files = ["hello_1.0_amd64.changes": text, "hello_1.0_amd64.deb": "a package", "notes.txt": ""]
        let leaf = try fixture.leaf(UploadFixture.leafName(build), files: files)
        try await fixture.processor().runOnce()
        #expect(try await fixture.status(build) == .failedToUpload)
        #expect(fixture.names(.incoming) == [])
        #expect(fixture.files(directory, leaf) == files)
        #expect(try await fixture.uploadLog(build)?.contains(line) == true)
    }

    @Test("where the name is taken in the target, a number is added")
    func takenNames() async throws {
        let build = try await fixture.build()
        let leaf = UploadFixture.leafName(build)
        // An empty directory is what a plain rename would silently replace.
        try FileManager.default.createDirectory(
            atPath: fixture.scratch.path("queue/failed/\(leaf)"), withIntermediateDirectories: true)
        try fixture.scratch.write("queue/failed/\(leaf).1", [1])
        try fixture.leaf(leaf, files: ["x": "y"])
        try await fixture.processor().runOnce()
        #expect(fixture.names(.failed) == [leaf, "\(leaf).1", "\(leaf).2"])
        #expect(fixture.files(.failed, "\(leaf).2") == ["x": "y"])
    }

    // Invariant 45.
    @Test("a leaf is processed only when its build is UPLOADING", arguments: BuildStatus.allCases)
    func everyStatus(status: BuildStatus) async throws {
        let build = try await fixture.build(status)
        let leaf = try fixture.leaf(UploadFixture.leafName(build))
        let outcome = try await once()
        switch status {
        case .uploading:
            #expect(outcome == [.accepted(binaries: 1)])
        case .building, .gathering:
            #expect(outcome == [.waiting])
            #expect(fixture.files(.incoming, leaf) == ScriptedVerifier.acceptable)
            try await fixture.set(build, .uploading, leaf: leaf)
            #expect(try await once() == [.accepted(binaries: 1)])
        default:
            #expect(outcome == [.setAside("build PACKAGEBUILD-\(build) is \(status.name), not UPLOADING")])
            #expect(fixture.files(.failed, leaf) == ScriptedVerifier.acceptable)
            #expect(try await fixture.status(build) == status)
        }
    }

    // Invariant 36.
    @Test("of two leaves of a build only the one announced is processed")
    func twoLeaves() async throws {
        let build = try await fixture.build()
        let early = try fixture.leaf(
            UploadFixture.leafName(build, time: "20260101-000000"), files: ["half": ""])
        let late = try fixture.leaf(UploadFixture.leafName(build, time: "20260101-000015"))
        try await fixture.set(build, .uploading, leaf: late)
        let outcome = try await once()
        #expect(
            outcome == [
                .setAside("build PACKAGEBUILD-\(build) announced the leaf \(late) instead"),
                .accepted(binaries: 1),
            ])
        #expect(fixture.names(.failed) == [early])
        #expect(try await fixture.listing(build)?.binaries == 1)
    }

    // Invariant 47.
    @Test("bad leaves do not hold up the others")
    func badLeaves() async throws {
        let good = [try await fixture.build(), try await fixture.build()]
        let bad = [try await fixture.build(), try await fixture.build(), try await fixture.build()]
        try fixture.leaf("20260101-000000-NOVELBUILD-1")
        try fixture.leaf("20260101-000000-PACKAGEBUILD-999")
        try fixture.leaf("20260101-000000-SNAPBUILD-\(good[0])")
        try fixture.scratch.write("queue/incoming/20260101-stray file", [1])
        try FileManager.default.createSymbolicLink(
            atPath: fixture.scratch.path("queue/incoming/20260101-000001-PACKAGEBUILD-\(bad[0])"),
            withDestinationPath: fixture.scratch.path)
        try fixture.leaf(
            UploadFixture.leafName(bad[1], time: "20260101-000002"), files: ["a.deb": "no changes"])
        try fixture.leaf(
            UploadFixture.leafName(bad[2], time: "20260101-000003"),
            files: ["a.changes": "accept", "b.changes": "accept", "c.deb": ""])
        for build in good { try fixture.leaf(UploadFixture.leafName(build, time: "20260102")) }

        let outcomes = try await once()
        #expect(outcomes.count == 9)
        for build in good { #expect(try await fixture.status(build) == .fullyBuilt) }
        for build in bad { #expect(try await fixture.status(build) == .failedToUpload) }
        #expect(fixture.names(.failed).count == 3)
        #expect(
            fixture.names(.incoming) == [
                "20260101-000000-NOVELBUILD-1", "20260101-000000-PACKAGEBUILD-999",
                "20260101-000000-SNAPBUILD-\(good[0])", "20260101-stray file",
            ])
        #expect(outcomes.filter { if case .skipped = $0 { true } else { false } }.count == 4)
    }

    // Invariant 48.
    @Test("an upload without binaries ends FAILEDTOUPLOAD, with a log, and is kept")
    func noBinaries() async throws {
        let build = try await fixture.build()
        let files = ["hello_1.0_amd64.changes": "accept"]
        let leaf = try fixture.leaf(UploadFixture.leafName(build), files: files)
        #expect(try await once() == [.rejected(["the upload holds no binary package"])])
        #expect(try await fixture.status(build) == .failedToUpload)
        #expect(try await fixture.uploadLog(build)?.contains("no binary package") == true)
        #expect(fixture.files(.rejected, leaf) == files)
    }

    @Test("binaries that cannot be recorded fail the upload, and nothing of them is recorded")
    func unrecordable() async throws {
        let build = try await fixture.build()
        let leaf = try fixture.leaf(
            UploadFixture.leafName(build),
            files: ["hello.changes": "twice", "hello_1.0_amd64.deb": "a package"])
        let outcomes = try await once()
        guard case .failed(let reason) = outcomes.first else {
            Issue.record("\(outcomes)")
            return
        }
        #expect(reason.contains("cannot be recorded"))
        let listing = try await fixture.listing(build)
        #expect(listing?.status == .failedToUpload)
        #expect(listing?.binaries == 0)
        #expect(fixture.names(.failed) == [leaf])
    }

    @Test("a file that changes between check and store fails the upload")
    func changedFile() async throws {
        let build = try await fixture.build()
        let leaf = try fixture.leaf(UploadFixture.leafName(build))
        let scratch = fixture.scratch
        let path = "queue/incoming/\(leaf)/\(fixture.archive)/ubuntu/hello_1.0_amd64.deb"
        try await fixture.processor(reach: { point, _ in
            if point == .leafVerified { try scratch.write(path, Array("another".utf8)) }
        }).runOnce()
        #expect(try await fixture.status(build) == .failedToUpload)
        #expect(fixture.names(.failed) == [leaf])
    }

    @Test("while the database is locked, leaves wait; then they are processed")
    func lockedDatabase() async throws {
        let build = try await fixture.build()
        let leaf = try fixture.leaf(UploadFixture.leafName(build))
        let (hurried, _) = try UploadFixture.open(fixture.scratch.path, busyTimeout: .milliseconds(10))
        let processor = fixture.processor(hurried)

        let (locked, announcement) = AsyncStream.makeStream(of: Void.self)
        let gate = DispatchSemaphore(value: 0)
        let records = fixture.records
        let holder = Task {
            // The closure runs on the database's own thread, which may block.
            try await records.store.write { _ in
                announcement.yield()
                gate.wait()
            }
        }
        for await _ in locked { break }
        let outcomes = try await processor.runOnce().map(\.outcome)
        gate.signal()
        try await holder.value

        guard case .postponed(let reason) = outcomes.first else {
            Issue.record("\(outcomes)")
            return
        }
        #expect(reason.contains("locked"))
        #expect(fixture.files(.incoming, leaf) == ScriptedVerifier.acceptable)
        #expect(try await processor.runOnce().map(\.outcome) == [.accepted(binaries: 1)])
    }

    @Test("the log of a private archive's upload is restricted like the archive's files")
    func privateArchive() async throws {
        let fixture = try await UploadFixture(isPrivate: true)
        let build = try await fixture.build()
        try fixture.leaf(UploadFixture.leafName(build))
        try await fixture.processor().runOnce()
        let log = try #require(try await fixture.listing(build)?.uploadLog)
        #expect(try await fixture.records.libraryAccess(to: log) == .restricted(tokens: []))
    }
}
