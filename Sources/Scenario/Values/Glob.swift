/// A pattern for names: `*` is any text (also none), `?` one character, `[a-z]` one character of a set,
/// `[!a-z]` one outside it. Everything else stands for itself; upper and lower case differ.
///
/// Matching takes at most pattern length × text length steps, whatever the pattern.
public struct Glob: Hashable, Sendable, CustomStringConvertible {
    private enum Token: Hashable, Sendable {
        case character(Unicode.Scalar)
        case anyCharacter
        case anyText
        case oneOf([ClosedRange<Unicode.Scalar>], negated: Bool)

        var isCharacter: Bool { if case .character = self { true } else { false } }

        func matches(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .character(let own): own == scalar
            case .anyCharacter: true
            case .anyText: false
            case .oneOf(let ranges, let negated): ranges.contains { $0.contains(scalar) } != negated
            }
        }
    }

    /// Forms that need no walk over tokens; most patterns have one of them.
    private enum Shape: Hashable, Sendable {
        case literal
        case everything
        /// Text, and `*` behind it.
        case prefix(String)
        case general
    }

    public let pattern: String
    private let tokens: [Token]
    private let shape: Shape

    /// Nil when the pattern is empty or has an unclosed or empty `[`.
    public init?(_ pattern: some StringProtocol) {
        guard !pattern.isEmpty else { return nil }
        self.pattern = String(pattern)
        var tokens: [Token] = []
        var rest = self.pattern.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "*": if tokens.last != .anyText { tokens.append(.anyText) }
            case "?": tokens.append(.anyCharacter)
            case "[":
                guard let set = Self.readSet(&rest) else { return nil }
                tokens.append(set)
            default: tokens.append(.character(scalar))
            }
        }
        self.tokens = tokens
        let isPlain = tokens.dropLast().allSatisfy(\.isCharacter)
        if isPlain, tokens.last?.isCharacter == true {
            shape = .literal
        } else if tokens == [.anyText] {
            shape = .everything
        } else if isPlain, tokens.last == .anyText {
            shape = .prefix(String(self.pattern.prefix { $0 != "*" }))
        } else {
            shape = .general
        }
    }

    /// Whether it fits one text only: itself.
    var isLiteral: Bool { shape == .literal }

    /// Whether the whole text fits the pattern.
    public func matches(_ text: some StringProtocol) -> Bool {
        switch shape {
        case .literal: text.utf8.elementsEqual(pattern.utf8)
        case .everything: true
        case .prefix(let prefix): text.utf8.starts(with: prefix.utf8)
        case .general: matchesTokens(text)
        }
    }

    private func matchesTokens(_ text: some StringProtocol) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var position = 0
        var token = 0
        // Where to go on when what follows the last `*` did not fit: let that `*` take one character more.
        var retry: (token: Int, position: Int)?
        while position < scalars.count {
            if token < tokens.count, tokens[token] == .anyText {
                retry = (token + 1, position)
                token += 1
            } else if token < tokens.count, tokens[token].matches(scalars[position]) {
                token += 1
                position += 1
            } else if let (next, start) = retry {
                retry = (next, start + 1)
                token = next
                position = start + 1
            } else {
                return false
            }
        }
        return tokens[token...].allSatisfy { $0 == .anyText }
    }

    public var description: String { pattern }

    private static func readSet(_ rest: inout Substring.UnicodeScalarView) -> Token? {
        var negated = false
        if rest.first == "!" {
            negated = true
            rest.removeFirst()
        }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while let lower = rest.popFirst() {
            if lower == "]", !ranges.isEmpty { return .oneOf(ranges, negated: negated) }
            var upper = lower
            if rest.first == "-", let end = rest.dropFirst().first, end != "]" {
                rest.removeFirst(2)
                upper = end
            }
            guard lower <= upper else { return nil }
            ranges.append(lower...upper)
        }
        return nil
    }
}

/// Names chosen by patterns: those that fit at least one of `including` and none of `excluding`.
public struct GlobSet: Hashable, Sendable, CustomStringConvertible {
    public var including: [Glob]
    public var excluding: [Glob]

    public init(_ including: [Glob], except excluding: [Glob] = []) {
        self.including = including
        self.excluding = excluding
    }

    public func matches(_ name: some StringProtocol) -> Bool {
        including.contains { $0.matches(name) } && !excluding.contains { $0.matches(name) }
    }

    public var description: String {
        let included = including.map(\.pattern).joined(separator: ", ")
        return excluding.isEmpty
            ? included : included + " except " + excluding.map(\.pattern).joined(separator: ", ")
    }
}

/// Patterns for builds: one with a `_` is held against `SOURCE_VERSION_ARCHITECTURE`, one without against the
/// name of the source package alone (which never has a `_`).
public struct JobGlobs: Hashable, Sendable, CustomStringConvertible {
    public var globs: GlobSet

    public init(_ globs: GlobSet) { self.globs = globs }

    /// - Parameters:
    ///   - source: the source package's name.
    ///   - job: `SOURCE_VERSION_ARCHITECTURE`, the version without its epoch.
    public func matches(source: String, job: String) -> Bool {
        func fits(_ glob: Glob) -> Bool { glob.matches(glob.pattern.contains("_") ? job : source) }
        return globs.including.contains(where: fits) && !globs.excluding.contains(where: fits)
    }

    public var description: String { globs.description }
}
