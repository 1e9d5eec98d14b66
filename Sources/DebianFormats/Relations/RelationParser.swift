/// Reads one alternative of a relation field.
struct RelationParser {
    private let whole: ArraySlice<UInt8>
    private var rest: ArraySlice<UInt8>

    init(_ text: ArraySlice<UInt8>) {
        whole = text
        rest = text
    }

    /// - Throws: `relation-syntax`.
    mutating func parse() throws(DebianFormatsError) -> Relation {
        skipBlanks()
        let package = try packageName()
        var qualifier: String?
        if take(":") {
            qualifier = word(until: "([<")
            guard let qualifier, (try? ArchitectureName(qualifier)) != nil else {
                throw refusal("no architecture stands behind the colon")
            }
        }
        skipBlanks()
        let constraint = take("(") ? try self.constraint() : nil
        skipBlanks()
        let architectures = take("[") ? try conditions(until: "]", called: "architectures") : []
        skipBlanks()
        var profiles: [[Relation.Condition]] = []
        while take("<") {
            profiles.append(try conditions(until: ">", called: "build profiles"))
            skipBlanks()
        }
        guard rest.isEmpty else { throw refusal("\(quoted(text(rest))) is out of place") }
        return Relation(
            package, architectureQualifier: qualifier, constraint: constraint, architectures: architectures,
            profiles: profiles)
    }

    private mutating func packageName() throws(DebianFormatsError) -> PackageName {
        let name = word(until: ":([<")
        guard !name.isEmpty else { throw refusal("a package name is missing") }
        guard let package = try? PackageName(name) else {
            throw refusal("\(quoted(name)) is no package name")
        }
        return package
    }

    private mutating func constraint() throws(DebianFormatsError) -> Relation.Constraint {
        guard let close = rest.firstIndex(of: UInt8(ascii: ")")) else {
            throw refusal("a parenthesis stays open")
        }
        var inner = rest[..<close]
        rest = rest[close...].dropFirst()
        inner = inner.drop(while: Self.isBlank)
        let symbols = inner.prefix { "<>=".utf8.contains($0) }
        let comparison: Relation.Constraint.Operator
        switch text(symbols) {
        // The forms with one sign are from the time before there were `<<` and `>>`; dpkg still takes them so.
        case "<": comparison = .earlierOrEqual
        case ">": comparison = .laterOrEqual
        case let sign:
            guard let known = Relation.Constraint.Operator(rawValue: sign) else {
                throw refusal("a version needs one of << <= = >= >> before it")
            }
            comparison = known
        }
        let version = text(inner[symbols.endIndex...]).blankSeparatedWords()
        guard version.count == 1, let version = try? DebianVersion(tolerating: version[0]) else {
            throw refusal("there is no version behind \(comparison.rawValue)")
        }
        return Relation.Constraint(comparison, version)
    }

    private mutating func conditions(
        until end: Unicode.Scalar, called name: String
    ) throws(DebianFormatsError) -> [Relation.Condition] {
        guard let close = rest.firstIndex(of: UInt8(ascii: end)) else {
            throw refusal("the list of \(name) stays open")
        }
        let words = text(rest[..<close]).blankSeparatedWords()
        rest = rest[close...].dropFirst()
        var conditions: [Relation.Condition] = []
        for word in words {
            let isNegated = word.utf8.first == UInt8(ascii: "!")
            let bare = isNegated ? word.dropFirst() : word[...]
            guard !bare.isEmpty, bare.utf8.allSatisfy(Self.isConditionByte) else {
                throw refusal("\(quoted(word)) does not belong into a list of \(name)")
            }
            conditions.append(Relation.Condition(String(bare), isNegated: isNegated))
        }
        guard !conditions.isEmpty else { throw refusal("the list of \(name) is empty") }
        return conditions
    }

    private mutating func word(until ends: String) -> String {
        let word = rest.prefix { !Self.isBlank($0) && !ends.utf8.contains($0) }
        rest = rest[word.endIndex...]
        return text(word)
    }

    private mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: sign) else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func skipBlanks() { rest = rest.drop(while: Self.isBlank) }

    private static func isBlank(_ byte: UInt8) -> Bool { ASCII.isBlank(byte) || byte == 0x0A }

    private static func isConditionByte(_ byte: UInt8) -> Bool {
        ASCII.isAlphanumeric(byte) || "-+.".utf8.contains(byte)
    }

    private func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private func refusal(_ reason: String) -> DebianFormatsError {
        DebianFormatsError(
            .relationSyntax, "\(quoted(text(whole).trimmingBlanks())) is no relation: \(reason)")
    }
}
