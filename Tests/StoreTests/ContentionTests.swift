import Foundation
import GRDB
import Glibc
import Testing

@testable import Store

@Suite("Several stores on one file")
struct ContentionTests {
    private let database: TemporaryDatabase

    init() throws { database = try TemporaryDatabase() }

    @Test("writers on several stores take turns and lose no update")
    func writersTakeTurns() async throws {
        let stores = try (0..<4).map { _ in try database.open() }
        try await stores[0].write { try $0.execute("INSERT INTO person (name, age) VALUES ('counter', 0)") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for store in stores {
                group.addTask {
                    for _ in 0..<50 {
                        // Reading first and writing then is what a deferred transaction would get wrong.
                        try await store.write { tx in
                            let age = try tx.query("SELECT age FROM person")[0].int("age")
                            try tx.execute("UPDATE person SET age = $1", [.integer(age + 1)])
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let age = try await stores[0].read { try $0.query("SELECT age FROM person")[0].int("age") }
        #expect(age == 200)
    }

    @Test(
        "the durability asked for is the one the engine uses",
        arguments: [(StoreOptions.Durability.processCrash, 1), (.powerLoss, 2)])
    func durability(durability: StoreOptions.Durability, level: Int) throws {
        let store = try database.open(options: .init(durability: durability))
        let found = try store.pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
        #expect(found == level)
    }

    @Test("a writer that waits too long is told that the database is busy, and readers never wait")
    func busy() throws {
        let first = try database.open()
        let second = try database.open(
            options: .init(durability: .processCrash, busyTimeout: .milliseconds(20)))
        try first.writeBlocking { tx in
            try tx.execute("INSERT INTO person (name) VALUES ('Belka')")
            #expect(
                storeError { try second.writeBlocking { try $0.execute("DELETE FROM person") } }?.code
                    == .busy)
            #expect(try second.readBlocking { try $0.query("SELECT * FROM person") }.isEmpty)
        }
        #expect(try second.writeBlocking { try $0.execute("DELETE FROM person") } == 1)
    }

    @Test(
        "a process that is killed loses what it had not committed and nothing else",
        arguments: [true, false])
    func killedWriter(waitsForDisk: Bool) async throws {
        let path = database.path
        _ = try database.open()
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = path as String, waitsForDisk = waitsForDisk as Bool] in
            let store = try Store.open(
                path: path, migrations: [.people],
                options: .init(durability: waitsForDisk ? .powerLoss : .processCrash))
            for number in 1...20 {
                try store.writeBlocking { tx in
                    try tx.execute("INSERT INTO person (name) VALUES ($1)", [.text("committed \(number)")])
                }
            }
            try store.writeBlocking { tx in
                try tx.execute("INSERT INTO person (name) VALUES ('half done')")
                kill(getpid(), SIGKILL)
                while true { pause() }
            }
        }
        let names = try database.open().readBlocking { tx in
            try tx.query("SELECT name FROM person ORDER BY id").map { try $0.text("name") }
        }
        #expect(names == (1...20).map { "committed \($0)" })
    }
}
