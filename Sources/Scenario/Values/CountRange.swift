/// A number that something must have, written `3`, `1..3`, `2..`, `at least 2`, `at most 3`, or `none`.
public struct CountRange: Hashable, Sendable, CustomStringConvertible {
    public var lower: Int
    /// Nil: no upper bound.
    public var upper: Int?

    public init(_ lower: Int, _ upper: Int?) {
        self.lower = lower
        self.upper = upper
    }

    /// Nil when the text has none of the forms, a negative number, or bounds in the wrong order.
    public init?(_ text: some StringProtocol) {
        let text = Substring(text)
        if text == "none" {
            self.init(0, 0)
        } else if text.hasPrefix("at least "), let number = Self.number(text.dropFirst(9)) {
            self.init(number, nil)
        } else if text.hasPrefix("at most "), let number = Self.number(text.dropFirst(8)) {
            self.init(0, number)
        } else if let number = Self.number(text) {
            self.init(number, number)
        } else if let dots = text.firstDots, let lower = Self.number(text[..<dots]) {
            let end = text[text.index(dots, offsetBy: 2)...]
            guard end.isEmpty || Self.number(end) != nil else { return nil }
            self.init(lower, Self.number(end))
            guard lower <= upper ?? lower else { return nil }
        } else {
            return nil
        }
    }

    public func contains(_ number: Int) -> Bool { number >= lower && number <= upper ?? number }

    public var description: String {
        switch (lower, upper) {
        case (0, 0?): "none"
        case (let lower, nil): "at least \(lower)"
        case (0, let upper?): "at most \(upper)"
        case (let lower, let upper?): lower == upper ? "\(lower)" : "\(lower) to \(upper)"
        }
    }

    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) ? Int(text) : nil
    }
}
