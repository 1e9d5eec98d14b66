import FarmModel

/// A farm's slaves, for finding those that a rule selects.
struct SlaveIndex {
    let slaves: [SlaveTraits]
    private var byName: [String: Int] = [:]

    init(_ slaves: [SlaveTraits]) {
        self.slaves = slaves
        for (index, slave) in slaves.enumerated() { byName[slave.name.rawValue] = index }
    }

    /// The indices of the selected slaves, in ascending order.
    func chosen(by selector: FaultSelector) -> [Int] {
        guard let globs = selector.slaves, globs.including.allSatisfy(\.isLiteral) else {
            return slaves.indices.filter { selector.selects(slaves[$0]) }
        }
        // Rules written at a slave name it in full: no need to hold ten thousand names against each.
        var others = selector
        others.slaves = nil
        return Set(globs.including.compactMap { byName[$0.pattern] }).sorted().filter { index in
            others.selects(slaves[index])
                && !globs.excluding.contains { $0.matches(slaves[index].name.rawValue) }
        }
    }
}
