import FarmModel

/// A farm's slaves, for finding those that a rule selects.
struct SlaveIndex {
    let slaves: [SlaveTraits]
    private var byName: [String: Int] = [:]

    init(_ slaves: [SlaveTraits]) {
        self.slaves = slaves
        for (index, slave) in slaves.enumerated() { byName[slave.name.rawValue] = index }
    }

    /// The indices of the selected slaves, in ascending order; found one by one, for who needs only some.
    func chosen(by selector: FaultSelector) -> some Sequence<Int> {
        // Rules written at a slave name it in full: no need to hold ten thousand names against each.
        let named = selector.slaves.flatMap(namedInFull)
        var others = selector
        if named != nil { others.slaves = nil }
        let candidates = named ?? Array(slaves.indices)
        return candidates.lazy.filter { [others] in others.selects(slaves[$0]) }
    }

    /// The slaves that a set of patterns matches, when all of these are names in full.
    private func namedInFull(_ globs: GlobSet) -> [Int]? {
        guard globs.including.allSatisfy(\.isLiteral) else { return nil }
        return Set(globs.including.compactMap { byName[$0.pattern] }).sorted().filter { index in
            !globs.excluding.contains { $0.matches(slaves[index].name.rawValue) }
        }
    }
}
