import Store
import TestSupport

/// A database file that goes when the value goes.
final class TemporaryDatabase: Sendable {
    let directory: ScratchDirectory
    var path: String { directory.path("farm.sqlite") }

    init() throws { directory = try ScratchDirectory() }

    func open(
        _ migrations: [Migration] = [.people], options: StoreOptions = .init(durability: .processCrash)
    ) throws -> Store {
        try Store.open(path: path, migrations: migrations, options: options)
    }
}

extension Migration {
    static let people = Migration(
        name: "test-1-person",
        statements: [
            """
            CREATE TABLE person (
                id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, age INTEGER, weight REAL, picture BLOB,
                friend INTEGER REFERENCES person (id))
            """
        ])
    static let towns = Migration(
        name: "test-2-town",
        statements: [
            "CREATE TABLE town (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
            "INSERT INTO town (id, name) VALUES (1, 'Tyuratam')",
        ])
}

/// The error that `body` throws, when it is a `StoreError`.
func storeError<T>(_ body: () throws -> T) -> StoreError? {
    do {
        _ = try body()
        return nil
    } catch {
        return error as? StoreError
    }
}
