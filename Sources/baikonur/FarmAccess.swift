import ContentStore
import FarmModel
import FarmRecords
import FarmRunner

/// An existing farm, opened for commands that look into it or act on it.
struct FarmAccess {
    let directory: FarmDirectory
    let records: FarmRecords

    /// - Throws: `CommandFailure` when there is no farm.
    init(_ option: FarmOption) throws {
        directory = try option.directory()
        records = try FarmRecords.open(path: directory.database)
    }

    func library() throws -> ContentStore { try ContentStore.open(directory: directory.library) }

    /// Finds a job by name, cookie or number.
    func job(_ subject: String) async throws -> BuildListing? {
        if let number = Int64(subject) { return try await records.build(BuildID(number)) }
        if let cookie = BuildCookie(subject) { return try await records.build(cookie.build) }
        return try await records.builds().last { $0.title == subject }
    }

    /// - Throws: `CommandFailure` when there is no such job.
    func requireJob(_ subject: String) async throws -> BuildListing {
        guard let build = try await job(subject) else {
            throw CommandFailure("no job is called '\(subject)' in \(directory.root)")
        }
        return build
    }
}
