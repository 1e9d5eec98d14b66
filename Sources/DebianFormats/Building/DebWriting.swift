import FarmModel

// How a made-up `.deb` is put together (deb(5)).
extension PackageBuilder {
    func deb(
        _ package: BinaryDescription, changelog: SourceDescription, payload count: Int
    ) throws(DebianFormatsError) -> [UInt8] {
        let seconds = modified.wholeSeconds
        let files = try dataFiles(of: package, changelog: changelog, payload: count)
        let control = try controlStanza(of: package, files: files)
        let sums = files.map { "\(Checksums(of: $0.bytes).md5)  \($0.path)\n" }.joined()

        let controlTar = try ArchiveWriter(.tar(compression), modified: seconds)
        try controlTar.add(.init(path: "./", kind: .directory, mode: 0o755))
        try controlTar.add(.init(path: "./control", bytes: Array(Deb822.text(of: control).utf8)))
        try controlTar.add(.init(path: "./md5sums", bytes: Array(sums.utf8)))

        let dataTar = try ArchiveWriter(.tar(compression), modified: seconds)
        for directory in Self.directories(above: files.map(\.path)) {
            try dataTar.add(.init(path: "./\(directory)", kind: .directory, mode: 0o755))
        }
        for file in files { try dataTar.add(.init(path: "./\(file.path)", bytes: file.bytes)) }

        let outer = try ArchiveWriter(.ar, modified: seconds)
        try outer.add(.init(path: "debian-binary", bytes: Array("2.0\n".utf8)))
        let ending = compression.fileNameEnding
        try outer.add(.init(path: "control.tar\(ending)", bytes: try controlTar.finish()))
        try outer.add(.init(path: "data.tar\(ending)", bytes: try dataTar.finish()))
        return try outer.finish()
    }

    private func dataFiles(
        of package: BinaryDescription, changelog: SourceDescription, payload count: Int
    ) throws(DebianFormatsError) -> [(path: String, bytes: [UInt8])] {
        let tree = SourceTree(changelog, modified: modified)
        let compressed = try ArchiveWriter(.compressed(.gzip), modified: modified.wholeSeconds)
        try compressed.add(.init(path: "changelog", bytes: Array(tree.changelog.utf8)))
        let documents = "usr/share/doc/\(package.package)"
        var files = [
            (
                "\(documents)/\(changelog.version.isNative ? "changelog.gz" : "changelog.Debian.gz")",
                try compressed.finish()
            ),
            ("\(documents)/copyright", Array(tree.copyright.utf8)),
        ]
        if count > 0 {
            let directory = package.architecture == .all ? "usr/share" : "usr/lib"
            let stream = "\(package.package)_\(package.version)_\(package.architecture)"
            files.append(("\(directory)/\(package.package)/payload.bin", payload(count, for: stream)))
        }
        return files.sorted { $0.0 < $1.0 }
    }

    private func controlStanza(
        of package: BinaryDescription, files: [(path: String, bytes: [UInt8])]
    ) throws(DebianFormatsError) -> Stanza {
        let kibibytes = files.reduce(Self.directories(above: files.map(\.path)).count) {
            $0 + ($1.bytes.count + 1023) / 1024
        }
        var fields: [(name: String, value: String)] = [("Package", package.package.rawValue)]
        if let source = package.source, source.name != package.package || source.version != nil {
            fields.append(("Source", source.description))
        }
        fields += [
            ("Version", package.version.text), ("Architecture", package.architecture.rawValue),
            ("Maintainer", package.maintainer.description), ("Installed-Size", String(kibibytes)),
        ]
        fields += package.extraFields
        fields += [
            ("Section", package.section.description), ("Priority", package.priority.rawValue),
            ("Description", Self.description(package.summary)),
        ]
        return try Stanza(fields)
    }

    /// Every directory on the way to the paths, the root first, each with a slash behind it.
    private static func directories(above paths: [String]) -> [String] {
        var directories: Set<String> = [""]
        for path in paths {
            var prefix = ""
            for part in path.split(separator: "/").dropLast() {
                prefix += "\(part)/"
                directories.insert(prefix)
            }
        }
        return directories.sorted()
    }
}
