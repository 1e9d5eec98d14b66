/// What can be the value of a fault's parameter.
public protocol FaultParameterValue: Hashable, Comparable, Sendable {
    /// The type as people call it, with an example of its form.
    static var typeText: String { get }
    /// Nil when the text has not the form of the type.
    init?(scenarioText: String)
    /// The text that reads back the same.
    var scenarioText: String { get }
}

/// What the format, the documentation and error messages know of a parameter.
public protocol FaultParameterDescription: Sendable {
    var name: String { get }
    var summary: String { get }
    var defaultText: String { get }
    /// The type, and its bounds if it has any.
    var expected: String { get }
    /// The value for a text of the scenario file; nil when it is not of the type or out of bounds.
    func value(of text: String) -> (any Sendable)?
}

/// A key that a fault understands, with type, unit, bounds and default.
public struct FaultParameter<Value: FaultParameterValue>: FaultParameterDescription {
    public let name: String
    public let summary: String
    public let defaultValue: Value
    public let bounds: ClosedRange<Value>?

    /// - Parameters:
    ///   - bounds: the allowed values; nil: all.
    ///   - summary: what it is, as a phrase.
    public init(_ name: String, default value: Value, in bounds: ClosedRange<Value>? = nil, _ summary: String)
    {
        self.name = name
        self.summary = summary
        self.defaultValue = value
        self.bounds = bounds
    }

    public var defaultText: String { defaultValue.scenarioText }

    public var expected: String {
        guard let bounds else { return Value.typeText }
        return "\(Value.typeText), \(bounds.lowerBound.scenarioText) to \(bounds.upperBound.scenarioText)"
    }

    public func value(of text: String) -> (any Sendable)? {
        guard let value = Value(scenarioText: text), bounds?.contains(value) ?? true else { return nil }
        return value
    }
}

/// The parameters given in a rule, by name; `values[Self.bytes]` is the given value or the default.
public struct FaultParameterValues: Sendable {
    private var given: [String: any Sendable] = [:]

    public init() {}

    public subscript<Value>(_ parameter: FaultParameter<Value>) -> Value {
        given[parameter.name] as? Value ?? parameter.defaultValue
    }

    /// - Parameter value: what the parameter's `value(of:)` gave.
    mutating func set(_ name: String, to value: any Sendable) { given[name] = value }
}

extension Duration: FaultParameterValue {
    public static var typeText: String { "a duration such as 250ms, 5s, 1h30m" }
    public init?(scenarioText: String) {
        guard let duration = DurationText.read(scenarioText) else { return nil }
        self = duration
    }
    public var scenarioText: String { DurationText.write(self) }
}

extension ByteCount: FaultParameterValue {
    public static var typeText: String { "a number of bytes such as 100, 20 KiB, 4MB" }
    public init?(scenarioText: String) { self.init(scenarioText) }
    public var scenarioText: String { description }
}

extension Int: FaultParameterValue {
    public static var typeText: String { "a whole number" }
    public init?(scenarioText: String) { self.init(scenarioText) }
    public var scenarioText: String { String(self) }
}

extension String: FaultParameterValue {
    public static var typeText: String { "text" }
    public init?(scenarioText: String) { self = scenarioText }
    public var scenarioText: String { self }
}
