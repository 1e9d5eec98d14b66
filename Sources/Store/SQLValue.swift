/// A value of a column or of a statement's placeholder.
///
/// A truth value is the integer 0 or 1: `.bool(_:)` writes it, `Row.bool(_:)` reads it.
package enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])

    package static func bool(_ value: Bool) -> SQLValue { .integer(value ? 1 : 0) }

    package static func int(_ value: Int) -> SQLValue { .integer(Int64(value)) }

    /// An integer, or NULL for nil.
    package static func optional(_ value: Int64?) -> SQLValue { value.map(SQLValue.integer) ?? .null }

    /// A text, or NULL for nil.
    package static func optional(_ value: String?) -> SQLValue { value.map(SQLValue.text) ?? .null }

    /// A real number, or NULL for nil.
    package static func optional(_ value: Double?) -> SQLValue { value.map(SQLValue.real) ?? .null }

    /// A truth value, or NULL for nil.
    package static func optional(_ value: Bool?) -> SQLValue { value.map(SQLValue.bool) ?? .null }

    /// The name of the value's type, for error messages; never the value, which may be a secret.
    var typeName: String {
        switch self {
        case .null: "NULL"
        case .integer: "an integer"
        case .real: "a real number"
        case .text: "a text"
        case .blob: "a blob"
        }
    }
}

extension SQLValue: ExpressibleByNilLiteral {
    package init(nilLiteral: ()) { self = .null }
}

extension SQLValue: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) { self = .integer(value) }
}

extension SQLValue: ExpressibleByFloatLiteral {
    package init(floatLiteral value: Double) { self = .real(value) }
}

extension SQLValue: ExpressibleByBooleanLiteral {
    package init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension SQLValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    package init(stringLiteral value: String) { self = .text(value) }
}
