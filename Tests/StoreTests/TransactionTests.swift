import Store
import Testing

@Suite("Transactions")
struct TransactionTests {
    private let database: TemporaryDatabase
    private let store: Store

    init() throws {
        database = try TemporaryDatabase()
        store = try database.open()
    }

    private func names() throws -> [String] {
        try store.readBlocking {
            try $0.query("SELECT name FROM person ORDER BY id").map { try $0.text("name") }
        }
    }

    @Test("what a transaction wrote is there when it has ended")
    func commits() async throws {
        let id = try await store.write { tx in
            try tx.query("INSERT INTO person (name, age) VALUES ($1, $2) RETURNING id", ["Laika", 3])[0].int(
                "id")
        }
        let age = try await store.read { tx in
            try tx.queryOne("SELECT age FROM person WHERE id = $1", [.integer(id)])?.int("age")
        }
        #expect(age == 3)
    }

    @Test("a body that throws leaves nothing behind")
    func rollsBack() async throws {
        struct Stop: Error {}
        await #expect(throws: Stop.self) {
            try await store.write { tx in
                try tx.execute("INSERT INTO person (name) VALUES ($1)", ["Belka"])
                throw Stop()
            }
        }
        #expect(try names() == [])
    }

    @Test("an error that the body swallows still spoils the transaction, as in PostgreSQL")
    func swallowedErrorRollsBack() throws {
        let error = storeError {
            try store.writeBlocking { tx in
                try tx.execute("INSERT INTO person (name) VALUES ('Belka')")
                _ = try? tx.execute("INSERT INTO person (name) VALUES ('Belka')")
            }
        }
        #expect(error?.code == .constraintViolation)
        #expect(try names() == [])

        let second = storeError {
            try store.writeBlocking { tx in
                _ = try? tx.execute("INSERT INTO nowhere (name) VALUES ('Belka')")
                try tx.execute("INSERT INTO person (name) VALUES ('Strelka')")
            }
        }
        #expect(second?.code == .transactionFailed)
        #expect(try names() == [])
    }

    @Test("placeholders are numbered, may come in any order and more than once")
    func placeholders() throws {
        let row = try store.readBlocking { tx in
            try tx.queryOne("SELECT $2 AS b, $1 AS a, $2 AS c, '$9 \"' AS d", ["one", "two"])
        }
        #expect(try row?.text("a") == "one")
        #expect(try row?.text("b") == "two")
        #expect(try row?.text("c") == "two")
        #expect(try row?.text("d") == "$9 \"")
    }

    @Test("more than nine placeholders keep their numbers")
    func manyPlaceholders() throws {
        let columns = (1...40).reversed().map { "$\($0) AS c\($0)" }.joined(separator: ", ")
        let row = try store.readBlocking { tx in
            try tx.queryOne("SELECT \(columns)", (1...40).map { .int($0) })
        }
        for number in 1...40 { #expect(try row?.int("c\(number)") == Int64(number)) }
    }

    @Test(
        "a wrong number of arguments is refused",
        arguments: [
            ("SELECT $1", 0), ("SELECT $1", 2), ("SELECT $2", 1), ("SELECT $1, $3", 2), ("SELECT 1", 1),
            ("SELECT ?", 1),
        ])
    func wrongArguments(sql: String, count: Int) throws {
        let error = storeError {
            try store.readBlocking { tx in
                _ = try tx.query(sql, Array(repeating: .text("secret-value"), count: count))
            }
        }
        #expect(error?.code == .wrongArguments)
        #expect(error?.description.contains("secret-value") == false)
    }

    @Test("the number of changed rows is the statement's own")
    func changedRows() throws {
        try store.writeBlocking { (tx) throws in
            #expect(try tx.execute("INSERT INTO person (name) VALUES ('a'), ('b'), ('c')") == 3)
            #expect(try tx.execute("CREATE TABLE other (id INTEGER)") == 0)
            #expect(try tx.execute("UPDATE person SET age = 1 WHERE name <> $1", ["b"]) == 2)
            #expect(try tx.execute("UPDATE person SET age = 1 WHERE name = 'nobody'") == 0)
            #expect(try tx.execute("INSERT INTO person (name) VALUES ('a') ON CONFLICT DO NOTHING") == 0)
            #expect(try tx.execute("DELETE FROM person") == 3)
        }
    }

    @Test(
        "a transaction cannot be ended or tampered with from inside",
        arguments: [
            "COMMIT", "  rollback", "BEGIN", "END", "SAVEPOINT x", "PRAGMA synchronous = OFF",
            "ATTACH 'x' AS x", "VACUUM",
        ])
    func refusesControl(sql: String) throws {
        let error = storeError {
            try store.writeBlocking { tx in
                try tx.execute("INSERT INTO person (name) VALUES ('Belka')")
                try tx.execute(sql)
            }
        }
        #expect(error?.code == .notAllowed)
        #expect(try names() == [])
    }

    @Test("one call is one statement")
    func oneStatement() throws {
        let error = storeError {
            try store.writeBlocking { tx in try tx.execute("DELETE FROM person; DELETE FROM person") }
        }
        #expect(error != nil)
    }

    @Test("a read cannot write")
    func readOnly() throws {
        let error = storeError {
            try store.readBlocking { tx in try tx.execute("INSERT INTO person (name) VALUES ('Belka')") }
        }
        #expect(error?.code == .statementFailed)
        #expect(try names() == [])
    }

    @Test("foreign keys are enforced")
    func foreignKeys() throws {
        let error = storeError {
            try store.writeBlocking { tx in
                try tx.execute("INSERT INTO person (name, friend) VALUES ('Belka', 77)")
            }
        }
        #expect(error?.code == .constraintViolation)
    }

    @Test("a read sees one snapshot while others write")
    func snapshot() throws {
        let other = try database.open()
        try store.readBlocking { tx in
            let before = try tx.query("SELECT count(*) AS n FROM person")[0].int("n")
            try other.writeBlocking { try $0.execute("INSERT INTO person (name) VALUES ('Belka')") }
            #expect(try tx.query("SELECT count(*) AS n FROM person")[0].int("n") == before)
        }
        #expect(try names() == ["Belka"])
    }

    @Test("a cancelled task writes nothing")
    func cancellation() async throws {
        let store = store
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await store.write { try $0.execute("INSERT INTO person (name) VALUES ('Belka')") }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try names() == [])
    }

    @Test("an error names the statement on one line")
    func errorText() throws {
        let error = storeError {
            try store.readBlocking { tx in
                _ = try tx.query(
                    """
                    SELECT nothing
                    FROM nowhere
                    """)
            }
        }
        #expect(error?.code == .statementFailed)
        #expect(error?.description.contains("SELECT nothing FROM nowhere") == true)
    }
}
