/// One step of a database's layout, recorded by name once it has been applied.
///
/// Migrations are append-only: once released, a name and its statements never change, and new steps are added at
/// the end of their part's list. The lists of several parts may be joined in any order that satisfies their
/// foreign keys.
package struct Migration: Hashable, Sendable {
    /// Unique for the whole database, such as `farm-1-builders`.
    package let name: String
    /// Carried out in order, in one transaction with all other pending migrations.
    package let statements: [String]

    package init(name: String, statements: [String]) {
        self.name = name
        self.statements = statements
    }
}

/// Brings a database up to date, inside a transaction.
struct Migrator {
    let migrations: [Migration]

    /// - Throws: `duplicateMigration`.
    init(_ migrations: [Migration]) throws(StoreError) {
        var names: Set<String> = []
        for migration in migrations where !names.insert(migration.name).inserted {
            throw StoreError(
                .duplicateMigration, "two migrations are called “\(migration.name)”; rename one of them")
        }
        self.migrations = migrations
    }

    /// The migrations that are still to be applied, in order.
    ///
    /// - Throws: `unknownMigration`, `changedMigration`.
    func pending(in transaction: any Transaction, isNew: Bool) throws(StoreError) -> [Migration] {
        guard !isNew else { return migrations }
        let applied = try transaction.query("SELECT name, statements FROM store_migration ORDER BY position")
        var texts: [String: String] = [:]
        for row in applied {
            let name = try row.text("name")
            guard migrations.contains(where: { $0.name == name }) else {
                throw StoreError(
                    .unknownMigration,
                    "the database was made by a newer version of this program (it holds the migration “\(name)”, "
                        + "which is unknown here); use that version")
            }
            texts[name] = try row.text("statements")
        }
        for migration in migrations {
            if let text = texts[migration.name], text != migration.text {
                throw StoreError(
                    .changedMigration,
                    "the migration “\(migration.name)” was edited after it had been applied to this database; "
                        + "restore it and add a new one at the end")
            }
        }
        return migrations.filter { texts[$0.name] == nil }
    }

    /// Applies what is pending and records it.
    func apply(in transaction: any Transaction, isNew: Bool) throws(StoreError) {
        let pending = try pending(in: transaction, isNew: isNew)
        if isNew {
            try transaction.execute(
                """
                CREATE TABLE store_migration (
                    position INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, statements TEXT NOT NULL)
                """)
        }
        for migration in pending {
            for statement in migration.statements { try transaction.execute(statement) }
            try transaction.execute(
                """
                INSERT INTO store_migration (position, name, statements)
                SELECT COALESCE(MAX(position), 0) + 1, $1, $2 FROM store_migration
                """, [.text(migration.name), .text(migration.text)])
        }
    }
}

extension Migration {
    fileprivate var text: String { statements.joined(separator: ";\n") }
}
