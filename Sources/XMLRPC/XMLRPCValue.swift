public import OrderedCollections

/// A value of XML-RPC as the peers of a build farm read and write it (protocol spec 2).
public enum XMLRPCValue: Hashable, Sendable {
    /// A whole number; on the wire `int`, and when read also `i1`, `i2`, `i4`, `i8` and `biginteger`.
    case int(Int64)
    /// A whole number outside 64 bits, as canonical decimal digits with an optional minus sign.
    case bigInteger(String)
    case boolean(Bool)
    case double(Double)
    /// The text of a `bigdecimal`, an extension that the real slave reads but cannot write.
    case bigDecimal(String)
    case string(String)
    case base64([UInt8])
    /// The text of a `dateTime.iso8601`, unchecked: the real slave reads and repeats any text.
    case dateTime(String)
    case `nil`
    case array([XMLRPCValue])
    /// Members in the order they were written; of repeated members the last value wins.
    case structure(OrderedDictionary<String, XMLRPCValue>)
}

extension XMLRPCValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    public init(arrayLiteral elements: XMLRPCValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, XMLRPCValue)...) {
        self = .structure(OrderedDictionary(elements, uniquingKeysWith: { _, last in last }))
    }
}

extension XMLRPCValue {
    /// The text of a `string`, else nil.
    public var stringValue: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The number of an `int`, else nil.
    public var intValue: Int64? {
        if case .int(let value) = self { value } else { nil }
    }

    /// The truth of a `boolean`, else nil.
    public var booleanValue: Bool? {
        if case .boolean(let value) = self { value } else { nil }
    }

    /// The bytes of a `base64`, else nil.
    public var base64Value: [UInt8]? {
        if case .base64(let value) = self { value } else { nil }
    }

    /// The elements of an `array`, else nil.
    public var arrayValue: [XMLRPCValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members of a `struct`, else nil.
    public var structValue: OrderedDictionary<String, XMLRPCValue>? {
        if case .structure(let value) = self { value } else { nil }
    }

    public var isNil: Bool { self == .nil }
}
