public import FarmModel
import Store

extension FarmRecords {
    /// Who may fetch a file of the library.
    public enum LibraryAccess: Hashable, Sendable {
        /// No record knows the file.
        case unknown
        case open
        /// Only with one of these tokens, and only while a build of the archive may need it.
        case restricted(tokens: [String])
    }

    /// Whether a file may be fetched by everybody, with credentials, or is not known.
    public func libraryAccess(to sum: SHA1Digest) async throws -> LibraryAccess {
        try await store.read { tx in
            let rows = try tx.query(
                """
                SELECT f.is_restricted, a.build_token FROM library_files f
                LEFT JOIN archives a ON a.id = f.archive WHERE f.sha1 = $1
                """, [.text(sum.description)])
            if rows.isEmpty { return .unknown }
            if try rows.contains(where: { try !$0.bool("is_restricted") }) { return .open }
            return .restricted(tokens: try rows.compactMap { try $0.optionalText("build_token") })
        }
    }

    /// Files the manager itself made public or restricted, such as a key or an image.
    public func registerLibraryFile(_ sum: SHA1Digest, archive: Int64, isRestricted: Bool) async throws {
        try await store.write { tx in
            _ = try tx.execute(
                """
                INSERT INTO library_files (sha1, archive, is_restricted) VALUES ($1, $2, $3)
                ON CONFLICT DO NOTHING
                """, [.text(sum.description), .integer(archive), .flag(isRestricted)])
        }
    }
}
