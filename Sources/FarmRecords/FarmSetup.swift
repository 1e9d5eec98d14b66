public import FarmModel
import Store

extension FarmRecords {
    /// Enters a builder, DIRTY like every builder that was never cleaned; a builder of that name is brought up to
    /// date instead and keeps its history, what people set (enabled, manual), and whether it is clean, unless it
    /// is another machine now.
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
                    restricted_resources = excluded.restricted_resources,
                    clean_status = CASE WHEN builders.url = excluded.url
                        AND builders.is_virtual = excluded.is_virtual
                        THEN builders.clean_status ELSE excluded.clean_status END,
                    clean_status_changed = CASE WHEN builders.url = excluded.url
                        AND builders.is_virtual = excluded.is_virtual
                        THEN builders.clean_status_changed ELSE excluded.clean_status_changed END
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
                    """
                    INSERT INTO builder_processors (builder, processor) VALUES ($1, $2) ON CONFLICT DO NOTHING
                    """, [.id(id), .text(processor)])
            }
            return id
        }
    }

    /// Enters an archive; one of that name is brought up to date, except for its distribution, purpose and privacy,
    /// which an archive keeps for life.
    public func enter(archive: ArchiveEntry) async throws -> Int64 {
        try await store.write { tx in
            try tx.query(
                """
                INSERT INTO archives (name, distribution, purpose, is_private, requires_virtual, build_token,
                    archive_urls, trusted_keys, build_debug_symbols, permits_obsolete)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                ON CONFLICT (name) DO UPDATE SET requires_virtual = excluded.requires_virtual,
                    build_token = excluded.build_token, archive_urls = excluded.archive_urls,
                    trusted_keys = excluded.trusted_keys, build_debug_symbols = excluded.build_debug_symbols,
                    permits_obsolete = excluded.permits_obsolete
                RETURNING id
                """,
                [
                    .text(archive.name), .text(archive.distribution), .text(archive.purpose),
                    .flag(archive.isPrivate), .flag(archive.requiresVirtualized),
                    .optional(archive.buildToken), ListColumn.encode(archive.archiveURLs),
                    ListColumn.encode(archive.trustedKeys), .flag(archive.buildsDebugSymbols),
                    .flag(archive.permitsObsoleteSeries),
                ])[0].int("id")
        }
    }

    /// Enters a source package with its files, or returns the id of the one of that name and version, which is
    /// published again.
    ///
    /// - Throws: `FarmRecordsError`: `conflict` when that one has a file of the same name with other contents.
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
                let kept = try tx.query(
                    "SELECT sha1 FROM source_files WHERE source = $1 AND name = $2",
                    [.integer(id), .text(file.name)])
                guard try kept.first?.text("sha1") == file.sum.description else {
                    throw FarmRecordsError(
                        .conflict,
                        "\(source.name) \(source.version) is in the archive already with another \(file.name)"
                    )
                }
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
    ///
    /// - Throws: `FarmRecordsError` when there is no such source package.
    @discardableResult
    public func enter(build: BuildEntry, now: Instant) async throws -> BuildID {
        try await store.write { tx in
            guard
                let source = try tx.query(
                    "SELECT archive FROM sources WHERE id = $1", [.integer(build.source)]
                ).first
            else { throw FarmRecordsError(.notFound, "no source package has the id \(build.source)") }
            let archive = try source.int("archive")
            let isVirtual =
                try build.isVirtualized
                ?? Self.mustBeVirtual(tx, archive: archive, processor: build.processor)
            let id = try tx.query(
                """
                INSERT INTO builds (job_type, archive, source, series, pocket, architecture, is_arch_indep,
                    processor, is_virtual, wants_virtual, constraints, status, date_created)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id
                """,
                [
                    .text(JobType.packageBuild.rawValue), .integer(archive), .integer(build.source),
                    .text(build.series), .text(build.pocket), .text(build.architecture),
                    .flag(build.isArchIndep), .optional(build.processor), .flag(isVirtual),
                    .optional(build.isVirtualized), ListColumn.encode(build.constraints),
                    .raw(BuildStatus.needsBuild), .time(now),
                ])[0].int("id")
            try Self.enqueue(
                tx, BuildID(id), score: build.score, processor: build.processor, isVirtual: isVirtual,
                constraints: build.constraints)
            return BuildID(id)
        }
    }

    /// Puts a build into the queue.
    static func enqueue(
        _ tx: any Transaction, _ build: BuildID, score: Int64, processor: String?, isVirtual: Bool,
        constraints: [String]
    ) throws {
        try tx.execute(
            """
            INSERT INTO build_queue (build, status, score, processor, is_virtual, constraints)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            [
                .id(build), .raw(QueueStatus.waiting), .integer(score), .optional(processor),
                .flag(isVirtual), ListColumn.encode(constraints),
            ])
    }

    /// A binary build is virtual when its archive demands it or its processor has no builder of the other kind
    /// (manager spec 1.6).
    static func mustBeVirtual(_ tx: any Transaction, archive: Int64, processor: String?) throws -> Bool {
        let archives = try tx.query(
            "SELECT requires_virtual FROM archives WHERE id = $1", [.integer(archive)])
        if try archives.first?.bool("requires_virtual") == true { return true }
        guard let processor else {
            return try tx.query("SELECT id FROM builders WHERE is_virtual = 0 LIMIT 1").isEmpty
        }
        return try tx.query(
            """
            SELECT b.id FROM builders b JOIN builder_processors p ON p.builder = b.id
            WHERE b.is_virtual = 0 AND p.processor = $1 LIMIT 1
            """, [.text(processor)]
        ).isEmpty
    }

    /// Says whether a series is obsolete: nothing is built for it any more except in archives that permit it
    /// (manager spec 5.1). A series nobody spoke of is not.
    public func setSeries(_ name: String, isObsolete: Bool) async throws {
        try await store.write { tx in
            _ = try tx.execute(
                """
                INSERT INTO series (name, is_obsolete) VALUES ($1, $2)
                ON CONFLICT (name) DO UPDATE SET is_obsolete = excluded.is_obsolete
                """, [.text(name), .flag(isObsolete)])
        }
    }

    /// Closes a suite of an archive or opens it again. To a closed one nothing is dispatched, collected or retried
    /// (manager spec 1.3, 6 and 7).
    public func setSuite(archive: Int64, series: String, pocket: String, isClosed: Bool) async throws {
        try await store.write { tx in
            _ = try tx.execute(
                isClosed
                    ? "INSERT INTO closed_suites (archive, series, pocket) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
                    : "DELETE FROM closed_suites WHERE archive = $1 AND series = $2 AND pocket = $3",
                [.integer(archive), .text(series), .text(pocket)])
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
