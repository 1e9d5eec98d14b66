import Yams

/// Reads a mapping by its keys, and complains about the keys that nobody asked for.
///
/// `<<` merges another mapping in (or several): its keys stand where the mapping has none of its own.
final class MappingReader {
    let field: Field
    private var entries: [(key: Node, name: String, value: Field)] = []
    private var places: [String: Int] = [:]
    private var known: Set<String> = []

    /// Nil, with a problem, when the field is no mapping.
    ///
    /// - Parameter what: what the mapping describes, such as `a slave`.
    init?(_ field: Field, _ what: String) {
        self.field = field
        guard case .mapping(let mapping) = field.node else {
            field.report(.wrongValue, found: field.found, expected: "\(what), as a mapping")
            return nil
        }
        guard field.reading.spend(mapping.count, at: field) else { return nil }
        add(mapping, level: 0)
    }

    /// Everything in file order, for mappings whose keys are names.
    func named() -> [(name: String, value: Field)] { entries.map { ($0.name, $0.value) } }

    /// The value of a key; nil when it is not there. Asking makes the key a known one.
    subscript(_ name: String) -> Field? {
        if known.insert(name).inserted {
            field.reading.noteAsked(name)
        }
        return places[name].map { entries[$0].value }
    }

    /// Reads the value of a key, when it is there and right, into what holds the default.
    func set<Value>(_ target: inout Value, _ name: String, _ read: (Field) -> Value?) {
        if let field = self[name], let value = read(field) { target = value }
    }

    /// The value of a key that has two spellings.
    subscript(_ name: String, or other: String) -> Field? {
        let (first, second) = (self[name], self[other])
        if let first, let second {
            second.report(
                .conflict, found: "`\(other)` beside `\(name)`", expected: "one of them",
                hint: "see line \(first.place.line)")
        }
        return first ?? second
    }

    /// The value of a key that must be there; a problem when it is not.
    func required(_ name: String, _ what: String) -> Field? {
        let value = self[name]
        if value == nil { field.report(.missing, found: "no `\(name)`", expected: what) }
        return value
    }

    /// Reports every key that was not asked for. Nothing may be asked afterwards.
    func finish() {
        let sorted = known.sorted()
        for entry in entries where !known.contains(entry.name) {
            let meant = Spelling.nearest(to: entry.name, among: sorted)
            field.reading.report(
                .unknownKey, at: Place(entry.key.mark), path: field.path, found: "the key `\(entry.name)`",
                expected: "one of " + sorted.joined(separator: ", "),
                hint: meant.map { "did you mean `\($0)`?" })
        }
    }

    /// How deep merged mappings may merge others.
    private static let deepestMerge = 10

    private func add(_ mapping: Node.Mapping, level: Int) {
        var merged: [Node] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                field.reading.report(
                    .syntax, at: Place(key.mark), path: field.path, found: "a key that is no text",
                    expected: "plain keys")
                continue
            }
            if scalar.string == "<<", scalar.style == .plain {
                if case .sequence(let several) = value { merged += several } else { merged.append(value) }
            } else if let first = places[scalar.string].map({ entries[$0] }) {
                // The parser tells `1` and `"1"` apart; and of what is merged, the first counts.
                if level == 0 {
                    field.reading.report(
                        .duplicateKey, at: Place(key.mark), path: field.path,
                        found: "the key `\(scalar.string)` again",
                        expected: "each key once", hint: "it stands in line \(Place(first.key.mark).line) too"
                    )
                }
            } else {
                let path = field.path.isEmpty ? scalar.string : "\(field.path).\(scalar.string)"
                places[scalar.string] = entries.count
                entries.append((key, scalar.string, Field(node: value, path: path, reading: field.reading)))
            }
        }
        for node in merged {
            guard case .mapping(let other) = node, level < Self.deepestMerge else {
                field.reading.report(
                    .wrongValue, at: Place(node.mark), path: field.path, found: "something else behind `<<`",
                    expected: "a mapping, or a list of mappings")
                continue
            }
            if field.reading.spend(other.count, at: field) { add(other, level: level + 1) }
        }
    }
}
