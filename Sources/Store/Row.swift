/// One row of a query's answer: values by column name.
///
/// A column of another type than the one asked for is an error that names the column and what it holds, never a
/// silent conversion. The only widening is from an integer to a real number.
package struct Row: Sendable {
    /// The column names in the order of the query, shared by all rows of an answer.
    package let columns: [String]
    package let values: [SQLValue]
    /// The statement that gave the row, for error messages.
    private let statement: String

    init(columns: [String], values: [SQLValue], statement: String) {
        self.columns = columns
        self.values = values
        self.statement = statement
    }

    /// - Throws: `missingColumn`.
    package func value(_ column: String) throws(StoreError) -> SQLValue {
        guard let index = columns.firstIndex(of: column) else {
            throw StoreError(
                .missingColumn, "no column “\(column)” among \(columns.joined(separator: ", "))",
                statement: statement)
        }
        return values[index]
    }

    /// - Throws: `missingColumn`, or `wrongType` for anything but an integer; so do the other readers for theirs.
    package func int(_ column: String) throws(StoreError) -> Int64 {
        try required(column, "an integer", optionalInt(column))
    }

    package func optionalInt(_ column: String) throws(StoreError) -> Int64? {
        switch try value(column) {
        case .null: nil
        case .integer(let number): number
        case let other: throw mismatch(column, "an integer", other)
        }
    }

    package func text(_ column: String) throws(StoreError) -> String {
        try required(column, "a text", optionalText(column))
    }

    package func optionalText(_ column: String) throws(StoreError) -> String? {
        switch try value(column) {
        case .null: nil
        case .text(let text): text
        case let other: throw mismatch(column, "a text", other)
        }
    }

    package func bool(_ column: String) throws(StoreError) -> Bool {
        try required(column, "0 or 1", optionalBool(column))
    }

    package func optionalBool(_ column: String) throws(StoreError) -> Bool? {
        switch try value(column) {
        case .null: nil
        case .integer(0): false
        case .integer(1): true
        case .integer: throw wrongType(column, "0 or 1", "another integer")
        case let other: throw mismatch(column, "0 or 1", other)
        }
    }

    package func double(_ column: String) throws(StoreError) -> Double {
        try required(column, "a real number", optionalDouble(column))
    }

    package func optionalDouble(_ column: String) throws(StoreError) -> Double? {
        switch try value(column) {
        case .null: nil
        case .real(let number): number
        case .integer(let number): Double(number)
        case let other: throw mismatch(column, "a real number", other)
        }
    }

    package func blob(_ column: String) throws(StoreError) -> [UInt8] {
        try required(column, "a blob", optionalBlob(column))
    }

    package func optionalBlob(_ column: String) throws(StoreError) -> [UInt8]? {
        switch try value(column) {
        case .null: nil
        case .blob(let bytes): bytes
        case let other: throw mismatch(column, "a blob", other)
        }
    }

    private func required<T>(_ column: String, _ expected: String, _ found: T?) throws(StoreError) -> T {
        guard let found else { throw wrongType(column, expected, "NULL") }
        return found
    }

    private func mismatch(_ column: String, _ expected: String, _ found: SQLValue) -> StoreError {
        wrongType(column, expected, found.typeName)
    }

    private func wrongType(_ column: String, _ expected: String, _ found: String) -> StoreError {
        StoreError(
            .wrongType, "column “\(column)” holds \(found) where \(expected) was expected",
            statement: statement)
    }
}
