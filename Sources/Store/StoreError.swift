/// What went wrong in the database, in which statement, and what to do about it.
///
/// The arguments of a statement are never part of an error: they may hold secrets.
package struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The file is no database, cannot be created, or cannot be read.
        case cannotOpen
        /// The database holds a migration this program does not know: a newer program made it.
        case unknownMigration
        /// A migration that was applied has since been edited.
        case changedMigration
        /// The list of migrations names one twice.
        case duplicateMigration
        /// Somebody else kept the database locked for longer than the busy time-out.
        case busy
        /// A uniqueness, foreign key, NOT NULL or CHECK constraint was violated.
        case constraintViolation
        /// The arguments do not fit the placeholders, or a text contains a NUL character.
        case wrongArguments
        /// A statement that has no place inside a transaction, such as COMMIT or PRAGMA.
        case notAllowed
        /// An earlier statement of the transaction failed, so nothing more may be done in it.
        case transactionFailed
        /// The engine refused the statement or could not carry it out.
        case statementFailed
        /// The row has no column of that name.
        case missingColumn
        /// The column holds a value of another type.
        case wrongType
        /// A statement that must give at most one row gave more.
        case tooManyRows
    }

    package var code: Code
    /// What was wrong, for people.
    package var message: String
    /// The statement, with its placeholders, if one was at fault.
    package var statement: String?

    package init(_ code: Code, _ message: String, statement: String? = nil) {
        self.code = code
        self.message = message
        self.statement = statement
    }

    package var description: String {
        guard let statement else { return "database: \(message)" }
        let words = statement.split(whereSeparator: \.isWhitespace)
        let oneLine = words.joined(separator: " ")
        return "database: \(message), in: \(oneLine.count > 200 ? oneLine.prefix(200) + "…" : oneLine)"
    }
}
