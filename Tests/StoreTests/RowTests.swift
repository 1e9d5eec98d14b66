import Store
import Testing

@Suite("Rows")
struct RowTests {
    private let database: TemporaryDatabase
    private let store: Store

    init() throws {
        database = try TemporaryDatabase()
        store = try database.open()
    }

    private func row(_ value: SQLValue) throws -> Row {
        try #require(
            try store.writeBlocking { tx in
                try tx.execute("CREATE TABLE t (v BLOB)")
                try tx.execute("INSERT INTO t (v) VALUES ($1)", [value])
                return try tx.queryOne("SELECT v FROM t")
            })
    }

    @Test(
        "every value comes back as it was written",
        arguments: [
            .null, .integer(.min), .integer(.max), 0, 1.5, .real(-0.25), "", "Байконур", .blob([]),
            .blob([0, 255, 7]), true,
        ] as [SQLValue])
    func roundTrip(value: SQLValue) throws {
        #expect(try row(value).value("v") == value)
    }

    @Test("a text with a NUL character is refused instead of being cut short")
    func refusesNUL() throws {
        #expect(storeError { try row("before\0after") }?.code == .wrongArguments)
    }

    @Test("readers give the type they are named after")
    func readers() throws {
        let row = try store.readBlocking { tx in
            try tx.query("SELECT 7 AS i, 'x' AS t, 1 AS b, 2.5 AS d, x'0102' AS x, NULL AS n")[0]
        }
        #expect(try row.int("i") == 7)
        #expect(try row.text("t") == "x")
        #expect(try row.bool("b") == true)
        #expect(try row.double("d") == 2.5)
        #expect(try row.double("i") == 7)
        #expect(try row.blob("x") == [1, 2])
        #expect(try row.optionalInt("n") == nil)
        #expect(try row.optionalText("n") == nil)
        #expect(try row.optionalBool("n") == nil)
        #expect(try row.optionalDouble("n") == nil)
        #expect(try row.optionalBlob("n") == nil)
    }

    @Test("a value of another type is an error that names the column and what was found, not the value")
    func mismatches() throws {
        let row = try store.readBlocking { tx in
            try tx.query("SELECT 7 AS i, 'hidden' AS t, NULL AS n, x'00' AS x")[0]
        }
        let failures: [(String, StoreError?)] = [
            ("“t” holds a text where an integer", storeError { _ = try row.int("t") }),
            ("“n” holds NULL where an integer", storeError { _ = try row.int("n") }),
            ("“i” holds an integer where a text", storeError { _ = try row.text("i") }),
            ("“i” holds another integer where 0 or 1", storeError { _ = try row.bool("i") }),
            ("“x” holds a blob where 0 or 1", storeError { _ = try row.bool("x") }),
            ("“t” holds a text where a real number", storeError { _ = try row.double("t") }),
            ("“t” holds a text where a blob", storeError { _ = try row.optionalBlob("t") }),
        ]
        for (text, error) in failures {
            #expect(error?.code == .wrongType)
            #expect(error?.description.contains(text) == true)
            #expect(error?.message.contains("hidden") == false)
        }
    }

    @Test("a column that is not there is an error that lists those that are")
    func missingColumn() throws {
        let row = try store.readBlocking { try $0.query("SELECT 1 AS a, 2 AS b")[0] }
        let error = storeError { _ = try row.int("c") }
        #expect(error?.code == .missingColumn)
        #expect(error?.message == "no column “c” among a, b")
    }

    @Test("queryOne gives nil for none and refuses several")
    func queryOne() throws {
        try store.readBlocking { (tx) throws in
            #expect(try tx.queryOne("SELECT 1 AS a WHERE 1 = 0") == nil)
            #expect(storeError { _ = try tx.queryOne("SELECT 1 AS a UNION SELECT 2") }?.code == .tooManyRows)
        }
    }
}
