/// One package that a relation field names, such as `libc6:any (>= 2.36) [amd64] <!nocheck>`.
public struct Relation: Hashable, Sendable, CustomStringConvertible {
    /// A condition on the version of the package.
    public struct Constraint: Hashable, Sendable, CustomStringConvertible {
        public enum Operator: String, Hashable, Sendable, CaseIterable {
            case earlier = "<<"
            case earlierOrEqual = "<="
            case equal = "="
            case laterOrEqual = ">="
            case later = ">>"
        }

        public let comparison: Operator
        public let version: DebianVersion

        public init(_ comparison: Operator, _ version: DebianVersion) {
            self.comparison = comparison
            self.version = version
        }

        public func isSatisfied(by candidate: DebianVersion) -> Bool {
            switch comparison {
            case .earlier: candidate < version
            case .earlierOrEqual: candidate <= version
            case .equal: candidate == version
            case .laterOrEqual: candidate >= version
            case .later: candidate > version
            }
        }

        public var description: String { "(\(comparison.rawValue) \(version))" }
    }

    /// A word that may be negated: an architecture or a build profile.
    public struct Condition: Hashable, Sendable, CustomStringConvertible {
        public let word: String
        public let isNegated: Bool

        public init(_ word: String, isNegated: Bool = false) {
            self.word = word
            self.isNegated = isNegated
        }

        public var description: String { isNegated ? "!\(word)" : word }
    }

    public let package: PackageName
    /// What stands behind the colon: `any`, `native` or an architecture.
    public let architectureQualifier: String?
    public let constraint: Constraint?
    /// The architectures in brackets; empty if there are no brackets.
    public let architectures: [Condition]
    /// The build profiles: any of the lists must hold, each wholly; empty if there is none.
    public let profiles: [[Condition]]

    public init(
        _ package: PackageName, architectureQualifier: String? = nil, constraint: Constraint? = nil,
        architectures: [Condition] = [], profiles: [[Condition]] = []
    ) {
        self.package = package
        self.architectureQualifier = architectureQualifier
        self.constraint = constraint
        self.architectures = architectures
        self.profiles = profiles
    }

    public var description: String {
        var text = package.rawValue
        if let architectureQualifier { text += ":\(architectureQualifier)" }
        if let constraint { text += " \(constraint)" }
        if !architectures.isEmpty { text += " [\(architectures.map(\.description).joined(separator: " "))]" }
        for list in profiles { text += " <\(list.map(\.description).joined(separator: " "))>" }
        return text
    }
}
