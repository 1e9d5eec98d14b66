public import FarmModel
import Store

/// A binary package of an accepted upload.
public struct BinaryRecord: Hashable, Sendable {
    public var name: String
    public var version: String
    public var architecture: String
    /// `deb`, `udeb` or `ddeb`.
    public var kind: String
    public var component: String
    public var section: String
    public var priority: String
    public var fileName: String
    public var sha1: SHA1Digest
    public var sha256: SHA256Digest
    /// Bytes.
    public var size: Int64

    public init(
        name: String, version: String, architecture: String, kind: String, component: String, section: String,
        priority: String, fileName: String, sha1: SHA1Digest, sha256: SHA256Digest, size: Int64
    ) {
        self.name = name
        self.version = version
        self.architecture = architecture
        self.kind = kind
        self.component = component
        self.section = section
        self.priority = priority
        self.fileName = fileName
        self.sha1 = sha1
        self.sha256 = sha256
        self.size = size
    }
}

/// What the upload processor must know of the build behind a leaf (manager spec 8).
public struct UploadingBuild: Hashable, Sendable {
    public var build: BuildID
    public var status: BuildStatus
    public var jobType: JobType
    public var sourceName: String
    public var sourceVersion: String
    public var architecture: String
    public var archive: Int64
    public var distribution: String
    public var component: String
    public var section: String
    /// The leaf the manager handed over, once it did.
    public var leaf: String?
    public var isPrivate: Bool
}

extension FarmRecords {
    /// The build behind a leaf, or nil when there is none of that id.
    public func uploadingBuild(_ build: BuildID) async throws -> UploadingBuild? {
        try await store.read { tx in
            try tx.query(
                """
                SELECT b.status, b.job_type, s.name, s.version, s.component, s.section, b.architecture,
                    a.id AS archive, a.distribution, a.is_private, b.upload_leaf
                FROM builds b JOIN sources s ON s.id = b.source JOIN archives a ON a.id = b.archive
                WHERE b.id = $1
                """, [.id(build)]
            ).first.map { row in
                UploadingBuild(
                    build: build, status: try row.choice("status"), jobType: try Self.jobType(row),
                    sourceName: try row.text("name"), sourceVersion: try row.text("version"),
                    architecture: try row.text("architecture"), archive: try row.int("archive"),
                    distribution: try row.text("distribution"), component: try row.text("component"),
                    section: try row.text("section"), leaf: try row.optionalText("upload_leaf"),
                    isPrivate: try row.bool("is_private"))
            }
        }
    }

    /// The upload is good: its binaries are recorded and the build is FULLYBUILT.
    ///
    /// - Parameter uploadLog: the processor's log in the library; kept only for refused uploads by the original,
    ///   here for all.
    /// - Throws: `FarmRecordsError` when the build is not UPLOADING any more or there is no binary (invariant 48);
    ///   nothing is changed then.
    public func acceptUpload(
        _ build: BuildID, binaries: [BinaryRecord], uploadLog: SHA1Digest?, now: Instant
    ) async throws {
        guard !binaries.isEmpty else {
            throw FarmRecordsError(
                .illegalTransition, "build \(build) cannot be FULLYBUILT without a binary; refuse the upload")
        }
        try await store.write { tx in
            try Self.requireUploading(tx, build)
            try Self.change(tx, build, to: .fullyBuilt, now: now)
            for binary in binaries {
                try tx.execute(
                    """
                    INSERT INTO binaries (build, name, version, architecture, kind, component, section,
                        priority, file_name, sha1, sha256, size)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                    """,
                    [
                        .id(build), .text(binary.name), .text(binary.version), .text(binary.architecture),
                        .text(binary.kind), .text(binary.component), .text(binary.section),
                        .text(binary.priority), .text(binary.fileName), .text(binary.sha1.description),
                        .text(binary.sha256.description), .integer(binary.size),
                    ])
                try Self.registerBuildFile(tx, binary.sha1, of: build)
            }
            try Self.storeUploadLog(tx, uploadLog, of: build)
        }
    }

    /// The upload is refused: the build is FAILEDTOUPLOAD and the processor's log says why.
    ///
    /// - Throws: `FarmRecordsError` when the build is not UPLOADING any more; nothing is changed then.
    public func refuseUpload(_ build: BuildID, uploadLog: SHA1Digest?, now: Instant) async throws {
        try await store.write { tx in
            try Self.requireUploading(tx, build)
            try Self.change(tx, build, to: .failedToUpload, now: now)
            try Self.storeUploadLog(tx, uploadLog, of: build)
        }
    }

    /// Statuses that wait in the queue may change to any other by the table, but not by an upload (invariant 45).
    private static func requireUploading(_ tx: any Transaction, _ build: BuildID) throws {
        guard let row = try tx.query("SELECT status FROM builds WHERE id = $1", [.id(build)]).first else {
            throw FarmRecordsError(.notFound, "no build has the id \(build)")
        }
        let status: BuildStatus = try row.choice("status")
        guard status == .uploading else {
            throw FarmRecordsError(
                .illegalTransition, "build \(build) is \(status.name) and not UPLOADING")
        }
    }

    private static func storeUploadLog(_ tx: any Transaction, _ log: SHA1Digest?, of build: BuildID) throws {
        guard let log else { return }
        try tx.execute(
            "UPDATE builds SET upload_log = $1 WHERE id = $2", [.text(log.description), .id(build)])
        try registerBuildFile(tx, log, of: build)
    }
}
