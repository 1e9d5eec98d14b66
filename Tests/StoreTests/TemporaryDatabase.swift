import Foundation
import Store

/// A database file in a directory of its own that goes when the value goes.
final class TemporaryDatabase: Sendable {
    let directory: String
    var path: String { directory + "/farm.sqlite" }

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(
            path: "baikonur-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        directory = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

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
