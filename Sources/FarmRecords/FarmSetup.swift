public import FarmModel
import Store

/// An archive as it is entered into a farm.
public struct ArchiveEntry: Hashable, Sendable {
    public var name: String
    public var distribution: String
    /// Such as `PRIMARY` or `PPA`.
    public var purpose: String
    public var isPrivate: Bool
    public var requiresVirtualized: Bool
    /// With what the slaves fetch files of a private archive.
    public var buildToken: String?
    /// Archives whose packages its builds may use, itself first: `http://HOST/PATH`, without credentials.
    public var archiveURLs: [String]
    public var trustedKeys: [String]

    public init(
        name: String, distribution: String = "ubuntu", purpose: String = "PRIMARY", isPrivate: Bool = false,
        requiresVirtualized: Bool = true, buildToken: String? = nil, archiveURLs: [String] = [],
        trustedKeys: [String] = []
    ) {
        self.name = name
        self.distribution = distribution
        self.purpose = purpose
        self.isPrivate = isPrivate
        self.requiresVirtualized = requiresVirtualized
        self.buildToken = buildToken
        self.archiveURLs = archiveURLs
        self.trustedKeys = trustedKeys
    }
}

/// A source package as it is entered into a farm.
public struct SourceEntry: Hashable, Sendable {
    public struct File: Hashable, Sendable {
        public var name: String
        public var sum: SHA1Digest
        /// Bytes.
        public var size: Int64

        public init(name: String, sum: SHA1Digest, size: Int64) {
            self.name = name
            self.sum = sum
            self.size = size
        }
    }

    public var archive: Int64
    public var name: String
    public var version: String
    public var component: String
    public var section: String
    public var urgency: String
    public var files: [File]

    public init(
        archive: Int64, name: String, version: String, component: String = "main", section: String = "misc",
        urgency: String = "medium", files: [File]
    ) {
        self.archive = archive
        self.name = name
        self.version = version
        self.component = component
        self.section = section
        self.urgency = urgency
        self.files = files
    }
}

/// A build to be done of a source package.
public struct BuildEntry: Hashable, Sendable {
    public var source: Int64
    public var series: String
    /// `release`, `security`, `updates`, `proposed` or `backports`.
    public var pocket: String
    public var architecture: String
    public var isArchIndep: Bool
    public var processor: String?
    public var isVirtualized: Bool
    public var constraints: [String]
    public var score: Int64

    public init(
        source: Int64, series: String, pocket: String = "release", architecture: String,
        isArchIndep: Bool = false, processor: String? = nil, isVirtualized: Bool, constraints: [String] = [],
        score: Int64
    ) {
        self.source = source
        self.series = series
        self.pocket = pocket
        self.architecture = architecture
        self.isArchIndep = isArchIndep
        self.processor = processor
        self.isVirtualized = isVirtualized
        self.constraints = constraints
        self.score = score
    }
}

extension FarmRecords {
    /// Enters a builder, DIRTY like every builder that was never cleaned; a builder of that name is brought up to
    /// date instead and keeps its history.
    @discardableResult
    public func enter(builder: BuilderVitals, now: Instant) async throws -> BuilderID {
        try await store.write { tx in
            let row = try tx.query(
                """
                INSERT INTO builders (name, url, is_virtual, vm_host, reset_protocol, open_resources,
                    restricted_resources, is_manual, clean_status, clean_status_changed)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                ON CONFLICT (name) DO UPDATE SET url = excluded.url, is_virtual = excluded.is_virtual,
                    vm_host = excluded.vm_host, reset_protocol = excluded.reset_protocol,
                    open_resources = excluded.open_resources,
                    restricted_resources = excluded.restricted_resources
                RETURNING id
                """,
                [
                    .text(builder.name.rawValue), .text(builder.url), .flag(builder.isVirtualized),
                    .optional(builder.vmHost), .optional((builder.resetProtocol?.rawValue).map(Int64.init)),
                    ListColumn.encode(builder.openResources), ListColumn.encode(builder.restrictedResources),
                    .flag(builder.isManual), .raw(CleanStatus.dirty), .time(now),
                ])
            let id = BuilderID(try row[0].int("id"))
            try tx.execute("DELETE FROM builder_processors WHERE builder = $1", [.id(id)])
            for processor in builder.processors {
                try tx.execute(
                    "INSERT INTO builder_processors (builder, processor) VALUES ($1, $2)",
                    [.id(id), .text(processor)])
            }
            return id
        }
    }

    /// Enters an archive, or returns the id of the one of that name.
    public func enter(archive: ArchiveEntry) async throws -> Int64 {
        try await store.write { tx in
            try tx.query(
                """
                INSERT INTO archives (name, distribution, purpose, is_private, requires_virtual, build_token,
                    archive_urls, trusted_keys)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                ON CONFLICT (name) DO UPDATE SET archive_urls = excluded.archive_urls
                RETURNING id
                """,
                [
                    .text(archive.name), .text(archive.distribution), .text(archive.purpose),
                    .flag(archive.isPrivate), .flag(archive.requiresVirtualized),
                    .optional(archive.buildToken), ListColumn.encode(archive.archiveURLs),
                    ListColumn.encode(archive.trustedKeys),
                ])[0].int("id")
        }
    }

    /// Enters a source package with its files, or returns the id of the one of that name and version.
    public func enter(source: SourceEntry) async throws -> Int64 {
        try await store.write { tx in
            let id = try tx.query(
                """
                INSERT INTO sources (archive, name, version, component, section, urgency)
                VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (archive, name, version) DO UPDATE SET is_published = 1 RETURNING id
                """,
                [
                    .integer(source.archive), .text(source.name), .text(source.version),
                    .text(source.component), .text(source.section), .text(source.urgency),
                ])[0].int("id")
            for file in source.files {
                try tx.execute(
                    """
                    INSERT INTO source_files (source, name, sha1, size) VALUES ($1, $2, $3, $4)
                    ON CONFLICT (source, name) DO NOTHING
                    """,
                    [.integer(id), .text(file.name), .text(file.sum.description), .integer(file.size)])
                try tx.execute(
                    """
                    INSERT INTO library_files (sha1, archive, is_restricted)
                    SELECT $1, id, is_private FROM archives WHERE id = $2 ON CONFLICT DO NOTHING
                    """, [.text(file.sum.description), .integer(source.archive)])
            }
            return id
        }
    }

    /// Enters the base image of a series and architecture; it is public, and replaces the one before.
    public func enter(image: DispatchPlan.File, series: String, architecture: String) async throws {
        try await store.write { tx in
            try tx.execute(
                """
                INSERT INTO base_images (series, architecture, name, sha1) VALUES ($1, $2, $3, $4)
                ON CONFLICT (series, architecture) DO UPDATE SET name = excluded.name, sha1 = excluded.sha1
                """,
                [.text(series), .text(architecture), .text(image.name), .text(image.sum.description)])
            try tx.execute(
                """
                INSERT INTO library_files (sha1, archive, is_restricted) VALUES ($1, 0, 0)
                ON CONFLICT DO NOTHING
                """, [.text(image.sum.description)])
        }
    }

    /// Enters a build and its queue entry.
    @discardableResult
    public func enter(build: BuildEntry, now: Instant) async throws -> BuildID {
        try await store.write { tx in
            let id = try tx.query(
                """
                INSERT INTO builds (job_type, archive, source, series, pocket, architecture, is_arch_indep,
                    processor, is_virtual, status, date_created)
                SELECT $1, archive, id, $2, $3, $4, $5, $6, $7, $8, $9 FROM sources WHERE id = $10 RETURNING id
                """,
                [
                    .text(JobType.packageBuild.rawValue), .text(build.series), .text(build.pocket),
                    .text(build.architecture), .flag(build.isArchIndep), .optional(build.processor),
                    .flag(build.isVirtualized), .raw(BuildStatus.needsBuild), .time(now),
                    .integer(build.source),
                ]
            ).first?.int("id")
            guard let id else {
                throw FarmRecordsError(.notFound, "no source package has the id \(build.source)")
            }
            try tx.execute(
                """
                INSERT INTO build_queue (build, status, score, processor, is_virtual, constraints)
                VALUES ($1, $2, $3, $4, $5, $6)
                """,
                [
                    .integer(id), .raw(QueueStatus.waiting), .integer(build.score),
                    .optional(build.processor), .flag(build.isVirtualized),
                    ListColumn.encode(build.constraints),
                ])
            return BuildID(id)
        }
    }

    /// Whether the source of a build is still wanted; unpublishing it supersedes its builds (manager spec 7).
    public func setPublished(_ isPublished: Bool, source: Int64) async throws {
        try await store.write { tx in
            _ = try tx.execute(
                "UPDATE sources SET is_published = $1 WHERE id = $2", [.flag(isPublished), .integer(source)])
        }
    }
}
