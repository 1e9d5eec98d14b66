import Store

/// The tables of a farm. Migrations are named and append-only; times are nanoseconds since the Unix epoch.
///
/// A queue entry's id is never given out twice: scans, log tails and verdicts under way name jobs by it.
enum FarmSchema {
    static let migrations: [Migration] = [
        Migration(
            name: "2026-11 farm",
            statements: [
                """
                CREATE TABLE archives (
                    id INTEGER PRIMARY KEY,
                    name TEXT NOT NULL UNIQUE,
                    distribution TEXT NOT NULL,
                    purpose TEXT NOT NULL,
                    is_private INTEGER NOT NULL DEFAULT 0,
                    requires_virtual INTEGER NOT NULL DEFAULT 1,
                    build_debug_symbols INTEGER NOT NULL DEFAULT 0,
                    permits_obsolete INTEGER NOT NULL DEFAULT 0,
                    build_token TEXT,
                    archive_urls TEXT NOT NULL DEFAULT '',
                    trusted_keys TEXT NOT NULL DEFAULT ''
                )
                """,
                """
                CREATE TABLE builders (
                    id INTEGER PRIMARY KEY,
                    name TEXT NOT NULL UNIQUE,
                    url TEXT NOT NULL,
                    is_virtual INTEGER NOT NULL,
                    vm_host TEXT,
                    reset_protocol INTEGER,
                    open_resources TEXT NOT NULL DEFAULT '',
                    restricted_resources TEXT NOT NULL DEFAULT '',
                    is_ok INTEGER NOT NULL DEFAULT 1,
                    fail_notes TEXT,
                    is_manual INTEGER NOT NULL DEFAULT 0,
                    failure_count INTEGER NOT NULL DEFAULT 0,
                    version TEXT,
                    clean_status INTEGER NOT NULL,
                    clean_status_changed INTEGER NOT NULL
                )
                """,
                """
                CREATE TABLE builder_processors (
                    builder INTEGER NOT NULL REFERENCES builders(id),
                    processor TEXT NOT NULL,
                    PRIMARY KEY (builder, processor)
                )
                """,
                """
                CREATE TABLE base_images (
                    series TEXT NOT NULL,
                    architecture TEXT NOT NULL,
                    name TEXT NOT NULL,
                    sha1 TEXT NOT NULL,
                    PRIMARY KEY (series, architecture)
                )
                """,
                """
                CREATE TABLE series (
                    name TEXT PRIMARY KEY,
                    is_obsolete INTEGER NOT NULL
                )
                """,
                """
                CREATE TABLE closed_suites (
                    archive INTEGER NOT NULL REFERENCES archives(id),
                    series TEXT NOT NULL,
                    pocket TEXT NOT NULL,
                    PRIMARY KEY (archive, series, pocket)
                )
                """,
                """
                CREATE TABLE sources (
                    id INTEGER PRIMARY KEY,
                    archive INTEGER NOT NULL REFERENCES archives(id),
                    name TEXT NOT NULL,
                    version TEXT NOT NULL,
                    component TEXT NOT NULL,
                    section TEXT NOT NULL,
                    urgency TEXT NOT NULL,
                    is_published INTEGER NOT NULL DEFAULT 1,
                    UNIQUE (archive, name, version)
                )
                """,
                """
                CREATE TABLE source_files (
                    source INTEGER NOT NULL REFERENCES sources(id),
                    name TEXT NOT NULL,
                    sha1 TEXT NOT NULL,
                    size INTEGER NOT NULL,
                    PRIMARY KEY (source, name)
                )
                """,
                """
                CREATE TABLE builds (
                    id INTEGER PRIMARY KEY,
                    job_type TEXT NOT NULL,
                    archive INTEGER NOT NULL REFERENCES archives(id),
                    source INTEGER NOT NULL REFERENCES sources(id),
                    series TEXT NOT NULL,
                    pocket TEXT NOT NULL,
                    architecture TEXT NOT NULL,
                    is_arch_indep INTEGER NOT NULL,
                    processor TEXT,
                    is_virtual INTEGER NOT NULL,
                    wants_virtual INTEGER,
                    constraints TEXT NOT NULL DEFAULT '',
                    status INTEGER NOT NULL,
                    builder INTEGER REFERENCES builders(id),
                    date_created INTEGER NOT NULL,
                    date_first_dispatched INTEGER,
                    date_started INTEGER,
                    date_finished INTEGER,
                    log TEXT,
                    upload_log TEXT,
                    upload_leaf TEXT,
                    dependencies TEXT,
                    failure_count INTEGER NOT NULL DEFAULT 0
                )
                """,
                "CREATE INDEX builds_status ON builds (status)",
                """
                CREATE TABLE build_queue (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    build INTEGER NOT NULL UNIQUE REFERENCES builds(id),
                    status INTEGER NOT NULL,
                    builder INTEGER UNIQUE REFERENCES builders(id),
                    date_started INTEGER,
                    logtail TEXT,
                    score INTEGER NOT NULL,
                    is_score_manual INTEGER NOT NULL DEFAULT 0,
                    processor TEXT,
                    is_virtual INTEGER NOT NULL,
                    constraints TEXT NOT NULL DEFAULT ''
                )
                """,
                "CREATE INDEX build_queue_order ON build_queue (status, is_virtual, score DESC, id, processor)",
                """
                CREATE TABLE attempts (
                    id INTEGER PRIMARY KEY,
                    build INTEGER NOT NULL REFERENCES builds(id),
                    builder INTEGER NOT NULL REFERENCES builders(id),
                    date_started INTEGER NOT NULL,
                    date_finished INTEGER,
                    strikes INTEGER NOT NULL DEFAULT 0,
                    builder_strikes INTEGER NOT NULL DEFAULT 0,
                    job_strikes INTEGER NOT NULL DEFAULT 0,
                    outcome TEXT
                )
                """,
                "CREATE INDEX attempts_build ON attempts (build, builder)",
                "CREATE INDEX attempts_builder ON attempts (builder)",
                "CREATE UNIQUE INDEX attempts_open ON attempts (build) WHERE date_finished IS NULL",
                "CREATE INDEX attempts_builder_strikes ON attempts (builder) WHERE builder_strikes > 0",
                "CREATE INDEX attempts_job_strikes ON attempts (builder) WHERE job_strikes > 0",
                """
                CREATE TABLE verdicts (
                    id INTEGER PRIMARY KEY,
                    date_created INTEGER NOT NULL,
                    builder INTEGER NOT NULL REFERENCES builders(id),
                    build INTEGER REFERENCES builds(id),
                    cause TEXT NOT NULL,
                    message TEXT NOT NULL,
                    builder_count INTEGER NOT NULL,
                    job_count INTEGER NOT NULL,
                    builder_action TEXT NOT NULL,
                    job_action TEXT NOT NULL,
                    explanation TEXT NOT NULL
                )
                """,
                """
                CREATE TABLE binaries (
                    id INTEGER PRIMARY KEY,
                    build INTEGER NOT NULL REFERENCES builds(id),
                    name TEXT NOT NULL,
                    version TEXT NOT NULL,
                    architecture TEXT NOT NULL,
                    kind TEXT NOT NULL,
                    component TEXT NOT NULL,
                    section TEXT NOT NULL,
                    priority TEXT NOT NULL,
                    file_name TEXT NOT NULL,
                    sha1 TEXT NOT NULL,
                    sha256 TEXT NOT NULL,
                    size INTEGER NOT NULL,
                    UNIQUE (build, file_name)
                )
                """,
                """
                CREATE TABLE library_files (
                    sha1 TEXT NOT NULL,
                    archive INTEGER NOT NULL,
                    is_restricted INTEGER NOT NULL,
                    PRIMARY KEY (sha1, archive)
                )
                """,
            ])
    ]
}
