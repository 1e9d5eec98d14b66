import Foundation
import Store
import Testing

@Suite("Migrations")
struct MigrationTests {
    private let database: TemporaryDatabase

    init() throws { database = try TemporaryDatabase() }

    private func tables(_ store: Store) throws -> [String] {
        try store.readBlocking { tx in
            try tx.query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").map {
                try $0.text("name")
            }
        }
    }

    @Test("a new database gets all migrations, an old one the missing ones, once each")
    func applies() throws {
        #expect(try tables(database.open([.people])) == ["person", "store_migration"])
        #expect(try tables(database.open([.people, .towns])) == ["person", "store_migration", "town"])
        let store = try database.open([.people, .towns])
        let towns = try store.readBlocking { try $0.query("SELECT name FROM town") }
        #expect(towns.count == 1)
    }

    @Test("a part may add a migration in front of another part's")
    func joinedLists() throws {
        _ = try database.open([.towns])
        #expect(try tables(database.open([.people, .towns])) == ["person", "store_migration", "town"])
    }

    @Test("a database of a newer program is refused and left alone")
    func refusesNewer() throws {
        _ = try database.open([.people, .towns])
        let error = storeError { _ = try database.open([.people]) }
        #expect(error?.code == .unknownMigration)
        #expect(error?.description.contains("test-2-town") == true)
        #expect(error?.description.contains("newer version") == true)
    }

    @Test("an edited migration is refused")
    func refusesEdited() throws {
        _ = try database.open([.people])
        let edited = Migration(name: Migration.people.name, statements: ["CREATE TABLE person (id INTEGER)"])
        #expect(storeError { _ = try database.open([edited]) }?.code == .changedMigration)
    }

    @Test("two migrations of one name are refused before anything is opened")
    func refusesDuplicate() throws {
        #expect(storeError { _ = try database.open([.people, .people]) }?.code == .duplicateMigration)
        #expect(!FileManager.default.fileExists(atPath: database.path))
    }

    @Test("a migration that fails leaves the database as it was")
    func failureRollsBack() throws {
        _ = try database.open([.people])
        let bad = Migration(name: "bad", statements: ["CREATE TABLE half (id INTEGER)", "CREATE NONSENSE"])
        let error = storeError { _ = try database.open([.people, .towns, bad]) }
        #expect(error?.code == .statementFailed)
        #expect(error?.description.contains(database.path) == true)
        #expect(try tables(database.open([.people])) == ["person", "store_migration"])
    }

    @Test("a file that is no database is refused")
    func refusesForeignFile() throws {
        try Data(repeating: 0x41, count: 4096).write(to: URL(fileURLWithPath: database.path))
        #expect(storeError { _ = try database.open() }?.code == .cannotOpen)
    }

    @Test("a directory that is not there is an error that names the path")
    func refusesMissingDirectory() throws {
        let error = storeError {
            _ = try Store.open(path: database.directory.path("no/where.sqlite"), migrations: [])
        }
        #expect(error?.code == .cannotOpen)
        #expect(error?.description.contains("/no/where.sqlite") == true)
    }

    @Test("many may open and migrate a new database at the same time")
    func concurrentOpening() async throws {
        let database = database
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { _ = try database.open([.people, .towns]) }
            }
            try await group.waitForAll()
        }
        let towns = try database.open([.people, .towns]).readBlocking {
            try $0.query("SELECT name FROM town")
        }
        #expect(towns.count == 1)
    }
}
