/// Names with ranges in braces: `lcy-{001..003}` stands for `lcy-001`, `lcy-002`, `lcy-003`, and `{a,b}` for
/// each alternative. Several braces give every combination, the last one running fastest.
enum NameRange {
    enum Failure: Error, Hashable {
        case unclosedBrace
        case badRange(String)
        case tooMany(limit: Int)
    }

    /// - Parameter limit: the largest number of names that is not refused.
    static func expand(_ text: String, limit: Int) throws(Failure) -> [String] {
        var names = [""]
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}") else { throw .unclosedBrace }
            let literal = rest[..<open]
            let choices = try alternatives(rest[rest.index(after: open)..<close], limit: limit)
            guard names.count * choices.count <= limit else { throw .tooMany(limit: limit) }
            names = names.flatMap { name in choices.map { name + literal + $0 } }
            rest = rest[rest.index(after: close)...]
        }
        return names.map { $0 + rest }
    }

    /// What stands between two braces: `001..010`, counting up or down, as wide as the wider bound is written
    /// when that has a leading zero; or words with commas between.
    private static func alternatives(_ text: Substring, limit: Int) throws(Failure) -> [String] {
        guard let dots = text.firstDots else {
            let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard words.count > 1, !words.contains("") else { throw .badRange(String(text)) }
            guard words.count <= limit else { throw .tooMany(limit: limit) }
            return words
        }
        let lowerText = text[..<dots]
        let upperText = text[text.index(dots, offsetBy: 2)...]
        guard isNumber(lowerText), isNumber(upperText), let lower = Int(lowerText), let upper = Int(upperText)
        else { throw .badRange(String(text)) }
        guard abs(upper - lower) < limit else { throw .tooMany(limit: limit) }
        let isPadded = [lowerText, upperText].contains { $0.count > 1 && $0.hasPrefix("0") }
        let width = isPadded ? max(lowerText.count, upperText.count) : 0
        return stride(from: lower, through: upper, by: lower <= upper ? 1 : -1).map { number in
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
    }

    private static func isNumber(_ text: Substring) -> Bool {
        (1...9).contains(text.utf8.count)
            && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}

extension Substring {
    /// Where the first `..` begins.
    var firstDots: Index? {
        indices.first { self[$0] == "." && index(after: $0) < endIndex && self[index(after: $0)] == "." }
    }
}
