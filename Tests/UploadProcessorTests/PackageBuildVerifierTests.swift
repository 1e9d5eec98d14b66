import DebianFormats
import FarmModel
import FarmRecords
import Foundation
import TestSupport
import Testing
import UploadProcessor

@Suite("Package build verifier")
struct PackageBuildVerifierTests {
    /// Real results of real builds, see golden/ppa/README.md.
    private static let golden = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "golden/ppa/builds")

    /// Paths of all golden `.changes` files, below the golden builds.
    static let goldenChanges: [String] = {
        let names = FileManager.default.enumerator(atPath: golden.path)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".changes") }.sorted()
    }()

    /// A leaf of the files that a golden `.changes` lists, and the build it is of.
    private func upload(_ path: String) async throws -> (UploadFixture, BuildID, String, ChangesFile) {
        let url = Self.golden.appending(path: path)
        let changes = try ChangesFile([UInt8](Data(contentsOf: url)), fileName: url.lastPathComponent)
        let fixture = try await UploadFixture()
        let source = try await fixture.records.enter(
            source: SourceEntry(
                archive: fixture.archive, name: changes.source.name.rawValue,
                version: changes.sourceVersion.text,
                files: []))
        let build = try await fixture.records.enter(
            build: BuildEntry(
                source: source, series: "noble", architecture: changes.nameArchitecture, isVirtualized: false,
                score: 1),
            now: UploadFixture.now)
        try await fixture.set(build, .uploading)
        let leaf = UploadFixture.leafName(build)
        for name in changes.files.map(\.name.rawValue) + [url.lastPathComponent] {
            let bytes = try Data(contentsOf: url.deletingLastPathComponent().appending(path: name))
            try fixture.scratch.write(
                "queue/incoming/\(leaf)/\(fixture.archive)/ubuntu/\(name)", [UInt8](bytes))
        }
        return (fixture, build, leaf, changes)
    }

    private func run(_ fixture: UploadFixture) async throws -> [LeafReport.Outcome] {
        try await fixture.processor(verifier: PackageBuildVerifier()).runOnce().map(\.outcome)
    }

    @Test("there are golden builds")
    func goldenIsThere() {
        #expect(Self.goldenChanges.count >= 10)
    }

    @Test("the results of real builds are accepted, and their packages recorded", arguments: goldenChanges)
    func acceptsGolden(path: String) async throws {
        let (fixture, build, _, changes) = try await upload(path)
        let packages = changes.files.filter {
            ["deb", "udeb", "ddeb"].contains($0.name.rawValue.split(separator: ".").last)
        }
        #expect(!packages.isEmpty)
        #expect(try await run(fixture) == [.accepted(binaries: packages.count)])
        let listing = try await fixture.listing(build)
        #expect(listing?.status == .fullyBuilt)
        #expect(listing?.binaries == packages.count)
        for file in changes.files {
            let sum = try #require(file.sha1)
            #expect(fixture.store.size(of: sum) == file.size)
        }
        let names = try await fixture.records.store.read { tx in
            try tx.query("SELECT file_name, size, sha256 FROM binaries ORDER BY file_name").map {
                "\(try $0.text("file_name")) \(try $0.int("size")) \(try $0.text("sha256"))"
            }
        }
        let expected = packages.map { "\($0.name) \($0.size) \($0.sha256?.description ?? "")" }.sorted()
        #expect(names == expected)
    }

    @Test("an altered package is rejected with the file and the reason in the log")
    func rejectsAltered() async throws {
        let (fixture, build, leaf, changes) = try await upload("hello-ppa_1.0/hello-ppa_1.0_i386.changes")
        let deb = try #require(changes.files.map(\.name.rawValue).first { $0.hasSuffix(".deb") })
        let path = "queue/incoming/\(leaf)/\(fixture.archive)/ubuntu/\(deb)"
        var bytes = try fixture.scratch.read(path)
        bytes[bytes.count / 2] ^= 0xFF
        try fixture.scratch.write(path, bytes)
        guard case .rejected(let reasons) = try await run(fixture).first else {
            Issue.record("not rejected")
            return
        }
        #expect(reasons.contains { $0.contains(deb) })
        #expect(try await fixture.status(build) == .failedToUpload)
        #expect(fixture.names(.rejected) == [leaf])
        #expect(
            fixture.scratch.names(in: "queue/rejected/\(leaf)/\(fixture.archive)/ubuntu").count == changes
                .files.count + 1)
        #expect(try await fixture.uploadLog(build)?.contains("Rejected: \(deb)") == true)
    }

    @Test("the results of another source, or of another architecture, are rejected")
    func rejectsForeign() async throws {
        for column in ["name", "version"] {
            let (fixture, build, leaf, _) = try await upload("hello-ppa_1.0/hello-ppa_1.0_i386.changes")
            try await fixture.records.store.write { tx in
                try tx.execute("UPDATE sources SET \(column) = '9' || \(column)")
            }
            guard case .rejected = try await run(fixture).first else {
                Issue.record("not rejected")
                continue
            }
            #expect(try await fixture.status(build) == .failedToUpload)
            #expect(fixture.names(.rejected) == [leaf])
        }
        let (fixture, build, _, _) = try await upload("fmt10_1.2-3/fmt10_1.2-3_amd64.changes")
        try await fixture.records.store.write { tx in
            try tx.execute("UPDATE builds SET architecture = 'arm64'")
        }
        guard case .rejected = try await run(fixture).first else {
            Issue.record("not rejected")
            return
        }
        #expect(try await fixture.status(build) == .failedToUpload)
    }

    // Invariant 47.
    @Test("no .changes, or two, is a failure, and the leaf is kept")
    func failsWithoutChanges() async throws {
        for changes in [[], ["a.changes", "b.changes"]] {
            let fixture = try await UploadFixture()
            let build = try await fixture.build()
            let files = Dictionary(uniqueKeysWithValues: (changes + ["hello.deb"]).map { ($0, "x") })
            let leaf = try fixture.leaf(UploadFixture.leafName(build), files: files)
            guard case .failed(let reason) = try await run(fixture).first else {
                Issue.record("not failed")
                continue
            }
            #expect(reason.contains(".changes"))
            #expect(try await fixture.status(build) == .failedToUpload)
            #expect(fixture.files(.failed, leaf) == files)
        }
    }

    // Invariant 48.
    @Test("a .changes without packages is rejected")
    func rejectsEmpty() async throws {
        let (fixture, build, leaf, changes) = try await upload("hello-ppa_1.0/hello-ppa_1.0_i386.changes")
        let root = "queue/incoming/\(leaf)/\(fixture.archive)/ubuntu"
        var text = String(decoding: try fixture.scratch.read("\(root)/\(changes.name)"), as: UTF8.self)
        for file in changes.files {
            text = text.split(separator: "\n", omittingEmptySubsequences: false)
                .filter { !($0.hasPrefix(" ") && $0.hasSuffix(" \(file.name)")) }.joined(separator: "\n")
            try FileManager.default.removeItem(atPath: fixture.scratch.path("\(root)/\(file.name)"))
        }
        try fixture.scratch.write("\(root)/\(changes.name)", Array(text.utf8))
        guard case .rejected = try await run(fixture).first else {
            Issue.record("not rejected")
            return
        }
        #expect(try await fixture.status(build) == .failedToUpload)
        #expect(fixture.names(.rejected) == [leaf])
        #expect(try await fixture.uploadLog(build)?.contains("REJECTED") == true)
    }
}
