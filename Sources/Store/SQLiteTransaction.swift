import Foundation
import GRDB
import GRDBSQLite

/// A transaction on a SQLite connection. The transaction itself is begun and ended by GRDB around it.
final class SQLiteTransaction: Transaction {
    private let database: Database
    /// The first error of a statement; the transaction cannot be committed after it.
    private(set) var failure: StoreError?

    init(_ database: Database) { self.database = database }

    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws(StoreError) -> Int {
        try attempt(sql) {
            let before = database.totalChangesCount
            try prepare(sql, arguments).execute()
            // The count of the last INSERT, UPDATE or DELETE stays when another statement follows.
            return database.totalChangesCount == before ? 0 : database.changesCount
        }
    }

    func query(_ sql: String, _ arguments: [SQLValue]) throws(StoreError) -> [Row] {
        try attempt(sql) {
            let statement = try prepare(sql, arguments)
            let columns = statement.columnNames
            var rows: [Row] = []
            let cursor = try GRDB.Row.fetchCursor(statement)
            while let row = try cursor.next() {
                let values = columns.indices.map { SQLValue(row[$0] as DatabaseValue) }
                rows.append(Row(columns: columns, values: values, statement: sql))
            }
            return rows
        }
    }

    private func attempt<T>(_ sql: String, _ body: () throws -> T) throws(StoreError) -> T {
        if let failure {
            throw StoreError(
                .transactionFailed, "an earlier statement of this transaction failed (\(failure.message))",
                statement: sql)
        }
        do {
            return try body()
        } catch {
            let failure = StoreError(error, statement: sql)
            self.failure = failure
            throw failure
        }
    }

    private func prepare(_ sql: String, _ arguments: [SQLValue]) throws -> Statement {
        try Self.refuseControl(sql)
        let statement = try database.cachedStatement(sql: sql)
        // Every placeholder needs its argument (GRDB sees to that) and every argument its placeholder.
        let placeholders = Int(sqlite3_bind_parameter_count(statement.sqliteStatement))
        guard placeholders == arguments.count else {
            throw StoreError(
                .wrongArguments, "\(arguments.count) arguments for \(placeholders) placeholders",
                statement: sql)
        }
        // `$1` is a *name* to SQLite: numbers are given in order of appearance, so binding goes by name.
        var named: [String: DatabaseValue] = [:]
        for (index, value) in arguments.enumerated() {
            // PostgreSQL refuses such a text, and reading it from SQLite would cut it short.
            if case .text(let text) = value, text.utf8.contains(0) {
                throw StoreError(
                    .wrongArguments, "the text for $\(index + 1) contains a NUL character", statement: sql)
            }
            named[String(index + 1)] = value.databaseValue
        }
        try statement.setArguments(StatementArguments(named))
        return statement
    }

    /// Beginning and ending is the store's business, and settings of a connection would outlive the transaction.
    private static func refuseControl(_ sql: String) throws {
        let word = sql.drop(while: \.isWhitespace).prefix(while: \.isLetter).uppercased()
        let control: Set = [
            "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "ATTACH",
            "DETACH",
            "VACUUM",
        ]
        guard !control.contains(word) else {
            throw StoreError(.notAllowed, "\(word) may not be used inside a transaction", statement: sql)
        }
    }
}

extension SQLValue {
    init(_ value: DatabaseValue) {
        switch value.storage {
        case .null: self = .null
        case .int64(let number): self = .integer(number)
        case .double(let number): self = .real(number)
        case .string(let text): self = .text(text)
        case .blob(let data): self = .blob([UInt8](data))
        }
    }

    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let number): number.databaseValue
        case .real(let number): number.databaseValue
        case .text(let text): text.databaseValue
        case .blob(let bytes): Data(bytes).databaseValue
        }
    }
}

extension StoreError {
    /// Translates an error of GRDB; passes a `StoreError` through.
    init(_ error: any Error, statement: String?) {
        if let error = error as? StoreError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(.statementFailed, String(describing: error), statement: statement)
            return
        }
        let text = error.message ?? "no message"
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                .busy, "somebody else keeps the database locked (\(text)); try again", statement: statement)
        case .SQLITE_CONSTRAINT:
            self.init(.constraintViolation, text, statement: statement)
        case .SQLITE_NOTADB, .SQLITE_CANTOPEN:
            self.init(.cannotOpen, text, statement: statement)
        case .SQLITE_MISUSE:
            self.init(.wrongArguments, text, statement: statement)
        default:
            self.init(
                .statementFailed, "\(text) (SQLite code \(error.resultCode.rawValue))", statement: statement)
        }
    }
}
