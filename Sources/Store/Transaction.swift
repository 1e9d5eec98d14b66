/// The one way to the tables: statements inside one transaction.
///
/// Statements are written so that SQLite and PostgreSQL both take them: placeholders are `$1`, `$2` … (each may
/// occur several times and in any order), upserts are `INSERT … ON CONFLICT`, new ids come by `RETURNING` and
/// `query`. One call is one statement.
///
/// As in PostgreSQL, a statement that fails spoils its transaction: everything after it fails too, and the
/// transaction is rolled back even if the error was caught. Ask first, or say `ON CONFLICT DO NOTHING`.
///
/// A transaction must not be used after the closure it was given to has returned.
package protocol Transaction {
    /// Carries out one statement.
    ///
    /// - Returns: how many rows were inserted, updated or deleted by the statement itself (not by foreign keys).
    /// - Throws: `wrongArguments`, `constraintViolation`, `notAllowed`, `transactionFailed`, `busy` or
    ///   `statementFailed`.
    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws(StoreError) -> Int

    /// Carries out one statement and gives all its rows, in the order of the statement's `ORDER BY`.
    ///
    /// - Throws: as `execute`.
    func query(_ sql: String, _ arguments: [SQLValue]) throws(StoreError) -> [Row]
}

extension Transaction {
    @discardableResult
    package func execute(_ sql: String) throws(StoreError) -> Int { try execute(sql, []) }

    package func query(_ sql: String) throws(StoreError) -> [Row] { try query(sql, []) }

    /// The only row of the answer, or nil when there is none.
    ///
    /// - Throws: `tooManyRows` for more than one; otherwise as `query`.
    package func queryOne(_ sql: String, _ arguments: [SQLValue] = []) throws(StoreError) -> Row? {
        let rows = try query(sql, arguments)
        guard rows.count <= 1 else {
            throw StoreError(
                .tooManyRows, "\(rows.count) rows where at most one was expected", statement: sql)
        }
        return rows.first
    }
}
