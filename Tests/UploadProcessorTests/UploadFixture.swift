import ContentStore
import FarmModel
import FarmRecords
import Foundation
import Logging
import Store
import TestSupport
import UploadProcessor

/// A farm's database, its content store and its upload queue, in a directory of their own.
final class UploadFixture: Sendable {
    let scratch: ScratchDirectory
    let records: FarmRecords
    let store: ContentStore
    let archive: Int64
    let source: Int64

    static let now = Instant(seconds: 1_700_000_000)

    init(isPrivate: Bool = false) async throws {
        scratch = try ScratchDirectory()
        (records, store) = try Self.open(scratch.path)
        archive = try await records.enter(
            archive: ArchiveEntry(name: "primary", distribution: "ubuntu", isPrivate: isPrivate))
        source = try await records.enter(
            source: SourceEntry(archive: archive, name: "hello", version: "1.0", files: []))
        for directory in QueueDirectory.allCases {
            try FileManager.default.createDirectory(
                atPath: scratch.path("queue/\(directory.rawValue)"), withIntermediateDirectories: true)
        }
    }

    /// What is at `path`, opened as another process would.
    static func open(
        _ path: String, busyTimeout: Duration = .seconds(10)
    ) throws -> (FarmRecords, ContentStore) {
        let records = try FarmRecords.open(
            path: path + "/farm.sqlite", options: .init(durability: .processCrash, busyTimeout: busyTimeout))
        return (
            records, try ContentStore.open(directory: path + "/content", options: .init(waitsForDisk: false))
        )
    }

    var options: UploadProcessorOptions {
        UploadProcessorOptions(queueRoot: scratch.path("queue"), pollInterval: .milliseconds(5))
    }

    func processor(
        _ records: FarmRecords? = nil, options: UploadProcessorOptions? = nil,
        verifier: any LeafVerifier = ScriptedVerifier(),
        report: @escaping @Sendable (LeafReport) -> Void = { _ in },
        reach: @escaping @Sendable (CrashPoint, LeafName) throws -> Void = { _, _ in }
    ) -> UploadProcessor {
        UploadProcessor(
            records: records ?? self.records, store: store, options: options ?? self.options,
            verifier: verifier,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), report: report,
            now: { Self.now }, reach: reach)
    }

    /// A new build in a status.
    func build(_ status: BuildStatus = .uploading, leaf: String? = nil) async throws -> BuildID {
        let build = try await records.enter(
            build: BuildEntry(
                source: source, series: "noble", architecture: "amd64", isVirtualized: false, score: 1),
            now: Self.now)
        try await set(build, status, leaf: leaf)
        return build
    }

    func set(_ build: BuildID, _ status: BuildStatus, leaf: String? = nil) async throws {
        try await records.store.write { tx in
            try tx.execute(
                "UPDATE builds SET status = $1, upload_leaf = $2 WHERE id = $3",
                [.int(status.rawValue), .optional(leaf), .integer(build.rawValue)])
            if !status.hasQueueEntry {
                try tx.execute("DELETE FROM build_queue WHERE build = $1", [.integer(build.rawValue)])
            }
        }
    }

    static func leafName(_ build: BuildID, time: String = "20260101-000000-000000001") -> String {
        "\(time)-PACKAGEBUILD-\(build)"
    }

    /// A leaf in `incoming` with these files, by default one that the scripted verifier accepts.
    @discardableResult
    func leaf(_ name: String, files: [String: String] = ScriptedVerifier.acceptable) throws -> String {
        for (file, text) in files.sorted(by: { $0.key < $1.key }) {
            try scratch.write("queue/incoming/\(name)/\(archive)/ubuntu/\(file)", Array(text.utf8))
        }
        return name
    }

    func names(_ directory: QueueDirectory) -> [String] { scratch.names(in: "queue/\(directory.rawValue)") }

    /// Every file below a leaf, with its content.
    func files(_ directory: QueueDirectory, _ leaf: String) -> [String: String] {
        let root = "queue/\(directory.rawValue)/\(leaf)/\(archive)/ubuntu"
        return scratch.names(in: root).reduce(into: [:]) { files, name in
            files[name] = (try? scratch.read("\(root)/\(name)")).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    func listing(_ build: BuildID) async throws -> BuildListing? {
        try await records.builds().first { $0.build == build }
    }

    func status(_ build: BuildID) async throws -> BuildStatus? { try await listing(build)?.status }

    func uploadLog(_ build: BuildID) async throws -> String? {
        guard let sum = try await listing(build)?.uploadLog else { return nil }
        return String(decoding: try store.bytes(of: sum, limit: 1 << 20), as: UTF8.self)
    }
}

/// Decides by the text of the one `.changes` file, so that a test says what becomes of a leaf.
struct ScriptedVerifier: LeafVerifier {
    struct Breakdown: Error {}

    static let acceptable = ["hello_1.0_amd64.changes": "accept", "hello_1.0_amd64.deb": "a package"]

    func verify(_ contents: LeafContents, for build: UploadingBuild, log: inout UploadLog) throws
        -> VerifiedUpload
    {
        let changes = contents.files.filter { $0.name.hasSuffix(".changes") }
        guard changes.count == 1 else { throw Breakdown() }
        log.add("Looked at \(changes[0].name)")
        let text = try String(contentsOfFile: contents.path(changes[0]), encoding: .utf8)
        if text == "reject" { throw UploadRejection(["it was to be rejected", "for two reasons"]) }
        guard text == "accept" || text == "twice" else { throw Breakdown() }
        var binaries: [BinaryRecord] = []
        var files: [VerifiedUpload.File] = []
        for file in contents.files {
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: contents.path(file))))
            let stored = try FileDigester.digest(bytes)
            files.append(.init(name: file.name, sha1: stored.sha1))
            guard file.name.hasSuffix(".deb") else { continue }
            let binary = BinaryRecord(
                name: "hello", version: "1.0", architecture: "amd64", kind: "deb", component: "main",
                section: "misc", priority: "optional", fileName: file.name, sha1: stored.sha1,
                sha256: stored.sha256, size: stored.size)
            binaries += Array(repeating: binary, count: text == "twice" ? 2 : 1)
        }
        return VerifiedUpload(binaries: binaries, files: files)
    }
}
