/// The value of a field such as `Depends`: clauses that must all hold, each a choice of packages.
public struct RelationList: Hashable, Sendable, CustomStringConvertible {
    /// Packages of which one is enough; never empty.
    public struct Clause: Hashable, Sendable, CustomStringConvertible {
        public let alternatives: [Relation]

        fileprivate init(_ alternatives: [Relation]) { self.alternatives = alternatives }

        public init(_ first: Relation, or others: Relation...) { alternatives = [first] + others }

        public var description: String { alternatives.map(\.description).joined(separator: " | ") }
    }

    public let clauses: [Clause]

    /// The most clauses and the most alternatives of one clause that are taken.
    public static let maximumCount = 10_000

    public init(_ clauses: [Clause]) { self.clauses = clauses }

    /// - Parameter text: the value of the field. Empty clauses, as a comma at the end leaves them, are skipped as
    ///   dpkg and apt skip them; an empty alternative is an error.
    /// - Throws: `relation-syntax`.
    public init(_ text: some StringProtocol) throws(DebianFormatsError) {
        var clauses: [Clause] = []
        for clause in text.utf8.split(separator: UInt8(ascii: ",")) {
            let clause = Array(clause)
            if clause.allSatisfy({ ASCII.isBlank($0) || $0 == 0x0A }) { continue }
            var alternatives: [Relation] = []
            for relation in clause.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false) {
                var parser = RelationParser(relation)
                alternatives.append(try parser.parse())
                try Self.checkCount(alternatives.count)
            }
            clauses.append(Clause(alternatives))
            try Self.checkCount(clauses.count)
        }
        self.clauses = clauses
    }

    public var isEmpty: Bool { clauses.isEmpty }

    public var description: String { clauses.map(\.description).joined(separator: ", ") }

    private static func checkCount(_ count: Int) throws(DebianFormatsError) {
        guard count <= maximumCount else {
            throw DebianFormatsError(.relationSyntax, "the field names more than \(maximumCount) packages")
        }
    }
}
