import FarmModel

// How `.changes` and `.dsc` are written, in the order of fields that dpkg's own tools use.
extension PackageBuilder {
    /// The policy version that made-up sources claim.
    static let standardsVersion = "4.6.2"

    /// The value of Description of everything that is made up.
    static func description(_ summary: String) -> String {
        Stanza.value(
            text: summary
                + "\nThis package was made up to keep a build farm busy. It holds nothing that\nanybody needs."
        )
    }

    /// A `.changes` for a set of files. Architecture and Binary follow from their names.
    ///
    /// - Parameters:
    ///   - version: the version of the upload; nil for the source's own. With another one, as after a rebuild
    ///     of the binaries alone, the field Source carries the source's version.
    ///   - nameArchitecture: the third part of the name, such as `amd64` or `source`.
    /// - Throws: `file-name` for a file whose kind its name does not tell, `field-syntax`.
    public func changes(
        of source: SourceDescription, version: DebianVersion? = nil, nameArchitecture: String,
        files: [BuiltFile]
    ) throws(DebianFormatsError) -> BuiltFile {
        let version = version ?? source.version
        let isRebuild = version.text != source.version.text
        var architectures: Set<String> = []
        var summaries: [String: String] = [:]
        for file in files {
            let name = try UploadFileName(file.name)
            switch name.kind {
            case .binary(let kind):
                if let architecture = name.architecture { architectures.insert(architecture) }
                if kind != .ddeb { summaries[name.package.rawValue] = file.summary ?? source.summary }
            case .sourceControl, .source: architectures.insert(ArchitectureName.source.rawValue)
            case .changes, .buildInfo: break
            }
        }
        let packages = summaries.keys.sorted()
        var fields: [(name: String, value: String)] = [
            ("Format", "1.8"), ("Date", DebianDate.text(modified)),
            ("Source", isRebuild ? "\(source.name) (\(source.version))" : source.name.rawValue),
        ]
        if !packages.isEmpty { fields.append(("Binary", packages.joined(separator: " "))) }
        fields += [
            ("Architecture", Self.ordered(architectures).joined(separator: " ")), ("Version", version.text),
            ("Distribution", source.distribution), ("Urgency", "low"),
            ("Maintainer", source.maintainer.description), ("Changed-By", source.maintainer.description),
        ]
        if !packages.isEmpty {
            let lines = packages.map { "\($0) - \(summaries[$0] ?? source.summary)" }
            fields.append(("Description", Stanza.value(lines: lines)))
        }
        let entry = source.changelogEntry.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        fields.append(("Changes", Stanza.value(text: entry.joined(separator: "\n"), headless: true)))
        let sums = files.map { Checksums(of: $0.bytes) }
        fields += Self.checksumFields(of: files, sums)
        let list = zip(files, sums).map { file, sums in
            "\(sums.md5) \(sums.size) \(file.section) \(file.priority) \(file.name)"
        }
        fields.append(("Files", Stanza.value(lines: list)))
        return BuiltFile(
            name: try SafeFileName("\(source.name)_\(version.withoutEpoch)_\(nameArchitecture).changes"),
            bytes: Array(Deb822.text(of: try Stanza(fields)).utf8), section: source.section,
            priority: source.priority)
    }

    func sourceControl(of source: SourceDescription, _ tarball: BuiltFile) throws(DebianFormatsError)
        -> [UInt8]
    {
        var fields: [(name: String, value: String)] = [
            ("Format", SourceControlFile.Format.native.rawValue), ("Source", source.name.rawValue),
            ("Binary", source.name.rawValue), ("Architecture", source.architecture.rawValue),
            ("Version", source.version.text), ("Maintainer", source.maintainer.description),
            ("Standards-Version", Self.standardsVersion),
        ]
        fields += source.extraFields
        let list = "\(source.name) deb \(source.section) \(source.priority) arch=\(source.architecture)"
        fields.append(("Package-List", Stanza.value(lines: [list])))
        let sums = Checksums(of: tarball.bytes)
        fields += Self.checksumFields(of: [tarball], [sums])
        fields.append(("Files", Stanza.value(lines: ["\(sums.md5) \(sums.size) \(tarball.name)"])))
        return Array(Deb822.text(of: try Stanza(fields)).utf8)
    }

    private static func checksumFields(
        of files: [BuiltFile], _ sums: [Checksums]
    ) -> [(name: String, value: String)] {
        let rows = zip(files, sums)
        return [
            ("Checksums-Sha1", Stanza.value(lines: rows.map { "\($1.sha1) \($1.size) \($0.name)" })),
            ("Checksums-Sha256", Stanza.value(lines: rows.map { "\($1.sha256) \($1.size) \($0.name)" })),
        ]
    }

    /// `source` first, then the others by name.
    private static func ordered(_ architectures: Set<String>) -> [String] {
        let source = ArchitectureName.source.rawValue
        return architectures.filter { $0 == source } + architectures.filter { $0 != source }.sorted()
    }
}
