extension ArchiveSpec {
    /// The section `archives:`, a mapping from names to archives.
    static func readAll(_ field: Field) -> [ArchiveSpec] {
        guard let keys = MappingReader(field, "archives by their names") else { return [] }
        var archives: [ArchiveSpec] = []
        for (name, value) in keys.named() {
            if !name.isPlainName {
                value.report(
                    .wrongValue, found: "the name `\(name)`", expected: "lower-case letters, digits and -+.")
            } else if let archive = ArchiveSpec(reading: value, name: name) {
                archives.append(archive)
            }
        }
        let names = Set(archives.map(\.name))
        for archive in archives {
            for dependency in archive.dependencies where !names.contains(dependency) {
                field.report(
                    .unknownName, found: "`\(archive.name)` depending on `\(dependency)`",
                    expected: "an archive of this scenario",
                    hint: Spelling.nearest(to: dependency, among: archives.map(\.name)).map {
                        "did you mean `\($0)`?"
                    })
            }
        }
        return archives
    }

    private init?(reading field: Field, name: String) {
        let purpose = Purpose(rawValue: name) ?? .ppa
        self.init(name: name, purpose: purpose)
        // `primary: {}` is the shortest archive, and so is `primary:`.
        guard !field.isNull else { return }
        guard let keys = MappingReader(field, "an archive") else { return nil }
        keys.set(&owner, "owner") { $0.name() }
        keys.set(&self.purpose, "purpose") { $0.choice(Purpose.self) }
        keys.set(&distribution, "distribution") { $0.name() }
        keys.set(&isPrivate, "private") { $0.flag() }
        keys.set(&requiresVirtual, "virtual") { $0.flag() }
        keys.set(&scoreBonus, "score-bonus") { $0.integer(in: -100_000...100_000) }
        keys.set(&dependencies, "depends") { $0.list().compactMap { $0.name() } }
        keys.finish()
    }
}

extension Field {
    /// A name of lower-case letters, digits and `+.-`.
    func name() -> String? {
        read("a name of lower-case letters, digits and -+.") { $0.isPlainName ? $0 : nil }
    }

    /// A list of such names.
    func names() -> [String]? {
        let names = list().compactMap { $0.name() }
        return names.isEmpty && !isEmptyList ? nil : names
    }

    var isEmptyList: Bool {
        if case .sequence(let sequence) = node { sequence.isEmpty } else { false }
    }
}

extension String {
    /// Whether it begins with a lower-case letter or digit and goes on with these and `+.-`, 100 at most.
    var isPlainName: Bool {
        func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
            ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
        }
        guard let first = unicodeScalars.first, isAlphanumeric(first), utf8.count <= 100 else { return false }
        return unicodeScalars.allSatisfy { isAlphanumeric($0) || $0 == "+" || $0 == "." || $0 == "-" }
    }
}
