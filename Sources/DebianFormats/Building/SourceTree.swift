import FarmModel

/// The files of a made-up source package.
struct SourceTree {
    private let source: SourceDescription
    private let modified: Instant

    init(_ source: SourceDescription, modified: Instant) {
        self.source = source
        self.modified = modified
    }

    var changelog: String {
        "\(source.changelogEntry)\n -- \(source.maintainer)  \(DebianDate.text(modified))\n"
    }

    var copyright: String {
        """
        Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

        Files: *
        Copyright: 2010 \(source.maintainer)
        License: public-domain
         The contents of this package are made up and free of any rights.

        """
    }

    func tarball(payload: [UInt8]) throws(DebianFormatsError) -> [UInt8] {
        let root = "\(source.name)-\(source.version.withoutEpoch)"
        let writer = try ArchiveWriter(.tar(.gzip), modified: modified.wholeSeconds)
        for directory in ["", "debian/", "debian/source/"] {
            try writer.add(.init(path: "\(root)/\(directory)", kind: .directory, mode: 0o755))
        }
        let files: [(path: String, mode: UInt32, text: String)] = [
            ("debian/changelog", 0o644, changelog),
            ("debian/control", 0o644, try control()),
            ("debian/copyright", 0o644, copyright),
            ("debian/rules", 0o755, Self.rules),
            ("debian/source/format", 0o644, "3.0 (native)\n"),
        ]
        for file in files {
            try writer.add(.init(path: "\(root)/\(file.path)", mode: file.mode, bytes: Array(file.text.utf8)))
        }
        if !payload.isEmpty { try writer.add(.init(path: "\(root)/payload.bin", bytes: payload)) }
        return try writer.finish()
    }

    private func control() throws(DebianFormatsError) -> String {
        let packages = try Stanza([
            ("Source", source.name.rawValue), ("Section", source.section.description),
            ("Priority", source.priority.rawValue), ("Maintainer", source.maintainer.description),
            ("Standards-Version", PackageBuilder.standardsVersion), ("Rules-Requires-Root", "no"),
        ])
        let binary = try Stanza([
            ("Package", source.name.rawValue), ("Architecture", source.architecture.rawValue),
            ("Description", PackageBuilder.description(source.summary)),
        ])
        return Deb822.text(of: [packages, binary])
    }

    /// Enough to build the package with the tools of dpkg alone.
    private static let rules = """
        #!/usr/bin/make -f
        PACKAGE := $(shell dpkg-parsechangelog -S Source)

        clean:
        \trm -rf debian/$(PACKAGE) debian/files

        build build-arch build-indep:

        binary binary-arch binary-indep:
        \tinstall -d debian/$(PACKAGE)/DEBIAN debian/$(PACKAGE)/usr/share/doc/$(PACKAGE)
        \tinstall -m 644 debian/copyright debian/$(PACKAGE)/usr/share/doc/$(PACKAGE)/copyright
        \tdpkg-gencontrol -p$(PACKAGE) -Pdebian/$(PACKAGE)
        \tdpkg-deb --root-owner-group --build debian/$(PACKAGE) ..

        .PHONY: clean build build-arch build-indep binary binary-arch binary-indep

        """
}
