import Foundation
import GRDB

/// The database: transactions, and nothing else.
///
/// This room knows no table but its own list of migrations. Each part of the house that keeps something owns its
/// tables and its statements in one place, as `…Records` files, and reaches them through a `Transaction` only.
///
/// The engine is SQLite in WAL mode: readers never wait for the writer and see one consistent snapshot; writers
/// take turns, also those of other processes that share the file (the manager and the upload processor do).
/// Foreign keys are enforced.
///
/// Every write passes through one door (`inWriteTransaction`), so that a store that refuses writes for a while
/// can be had there.
package final class Store: Sendable {
    let pool: DatabasePool

    private init(_ pool: DatabasePool) { self.pool = pool }

    /// Opens the database at `path`, makes it if it is not there, and brings its layout up to date.
    ///
    /// - Throws: `cannotOpen`, `unknownMigration` when a newer program made the database, `changedMigration`,
    ///   `duplicateMigration`, `busy`, or what a migration's statement threw; then nothing was changed.
    package static func open(
        path: String, migrations: [Migration], options: StoreOptions = .init()
    ) throws(StoreError) -> Store {
        let migrator = try Migrator(migrations)
        do {
            let pool = try openPool(path, options)
            // GRDB chooses NORMAL when it switches to WAL, after its hook for settings has run.
            let level = options.durability == .powerLoss ? "FULL" : "NORMAL"
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = \(level)") }
            let store = Store(pool)
            try store.migrate(migrator)
            return store
        } catch {
            var error = StoreError(error, statement: nil)
            error.message = "\(path): \(error.message)"
            throw error
        }
    }

    /// Runs `body` in a transaction that sees the latest state and shuts out other writers; commits when it
    /// returns, rolls back when it throws.
    ///
    /// - Throws: what `body` throws; `busy` when other writers did not let go in time; `CancellationError` when
    ///   the task was cancelled, in which case nothing was written.
    @discardableResult
    package func write<T: Sendable>(_ body: @Sendable (any Transaction) throws -> T) async throws -> T {
        try await translated {
            try await pool.writeWithoutTransaction { try Self.inWriteTransaction($0, body) }
        }
    }

    /// Runs `body` on a consistent snapshot; it cannot write.
    package func read<T: Sendable>(_ body: @Sendable (any Transaction) throws -> T) async throws -> T {
        try await translated { try await pool.read { try body(SQLiteTransaction($0)) } }
    }

    /// `write` for callers that may block their thread: tools and tests.
    @discardableResult
    package func writeBlocking<T>(_ body: (any Transaction) throws -> T) throws -> T {
        do {
            return try pool.writeWithoutTransaction { try Self.inWriteTransaction($0, body) }
        } catch let error as DatabaseError {
            throw StoreError(error, statement: nil)
        }
    }

    /// `read` for callers that may block their thread: tools and tests.
    package func readBlocking<T>(_ body: (any Transaction) throws -> T) throws -> T {
        do {
            return try pool.read { try body(SQLiteTransaction($0)) }
        } catch let error as DatabaseError {
            throw StoreError(error, statement: nil)
        }
    }

    private static func inWriteTransaction<T>(
        _ database: Database, _ body: (any Transaction) throws -> T
    ) throws -> T {
        var result: T?
        try database.inTransaction(.immediate) {
            let transaction = SQLiteTransaction(database)
            result = try body(transaction)
            if let failure = transaction.failure { throw failure }
            return .commit
        }
        guard let result else { throw StoreError(.transactionFailed, "the transaction gave no result") }
        return result
    }

    private func translated<T>(_ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let error as DatabaseError {
            throw StoreError(error, statement: nil)
        }
    }

    private func migrate(_ migrator: Migrator) throws {
        // Most openings find nothing to do, and then need not wait for a writer.
        let upToDate = try pool.read { database in
            let isNew = try !database.tableExists("store_migration")
            return try !isNew && migrator.pending(in: SQLiteTransaction(database), isNew: false).isEmpty
        }
        guard !upToDate else { return }
        // Another process may have migrated in between, so everything is looked at again under the lock.
        try pool.writeWithoutTransaction { database in
            try Self.inWriteTransaction(database) { transaction in
                try migrator.apply(in: transaction, isNew: !database.tableExists("store_migration"))
            }
        }
    }

    /// The switch to WAL needs the file for itself and does not always honour SQLite's own busy time-out when
    /// several processes open a new database at once, so it is tried again here until that time is over.
    private static func openPool(_ path: String, _ options: StoreOptions) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.busyMode = .timeout(options.busyTimeout / .seconds(1))
        configuration.maximumReaderCount = options.maximumReaders
        let clock = ContinuousClock()
        let deadline = clock.now + options.busyTimeout
        while true {
            do {
                return try DatabasePool(path: path, configuration: configuration)
            } catch let error as DatabaseError
                where error.resultCode == .SQLITE_BUSY && clock.now < deadline
            {
                Thread.sleep(forTimeInterval: 0.01)
            }
        }
    }
}
