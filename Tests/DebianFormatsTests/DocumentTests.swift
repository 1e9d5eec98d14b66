import DebianFormats
import Testing

@Suite("Documents")
struct DocumentTests {
    @Test("every recorded .changes of a good upload or build is read")
    func goodChanges() throws {
        let paths =
            try Golden.files(below: "ppa/uploads", ending: ".changes")
            + Golden.files(below: "ppa/builds", ending: ".changes")
        #expect(paths.count == 21)
        for path in paths {
            let name = String(try #require(path.split(separator: "/").last))
            let changes = try ChangesFile(try Golden.bytes(path), fileName: name)
            #expect(changes.name.rawValue == name)
            #expect(changes.isSigned == path.contains("/uploads/"), "\(path)")
            #expect(!changes.hasUnsignedText)
            #expect(!changes.files.isEmpty)
            #expect(
                changes.files.allSatisfy { $0.sha1 != nil && $0.sha256 != nil && $0.section != nil },
                "\(path)")
            #expect(changes.urgency != nil)
            #expect(changes.changes.hasPrefix("\(changes.source.name) (\(changes.version)) "), "\(path)")
        }
    }

    @Test("the fields of a .changes are typed")
    func changesFields() throws {
        let name = "libgolden_0.9.1-1_amd64.changes"
        let changes = try ChangesFile(
            try Golden.bytes("ppa/builds/libgolden_0.9.1-1/\(name)"), fileName: name)
        #expect(changes.source.description == "libgolden")
        #expect(changes.version.text == "2:0.9.1-1")
        #expect(changes.sourceVersion.text == "2:0.9.1-1")
        #expect(changes.nameArchitecture == "amd64")
        #expect(changes.architectures == ["amd64"])
        #expect(changes.binaries == ["libgolden-dev", "libgolden1"])
        #expect(changes.distribution == "lucid")
        #expect(changes.changedBy.address == "alice@example.com")
        #expect(changes.files.map(\.name.rawValue).count == 3)
        let file = try #require(changes.files.first { $0.name.rawValue == "libgolden1_0.9.1-1_amd64.deb" })
        #expect(file.size == 928)
        #expect(file.md5.description == "012718f6048f897204c2ec6141725148")
        #expect(file.sha1?.description == "9cae1a4337fc5fc47ef1fc19b1f2cf85fd54579d")
        #expect(file.section?.name == "libs")
        #expect(file.priority == "optional")
    }

    @Test("every recorded .dsc of a good upload is read")
    func goodSourceControl() throws {
        let paths = try Golden.files(below: "ppa/uploads", ending: ".dsc")
        #expect(paths.count == 9)
        var formats: Set<SourceControlFile.Format> = []
        for path in paths {
            let control = try SourceControlFile(try Golden.bytes(path), fileName: path)
            formats.insert(control.format)
            #expect(control.isSigned)
            #expect(control.files.count == control.fileKinds.count)
            for field in SourceControlFile.relationFields { _ = try control.relations(field) }
        }
        #expect(formats == Set(SourceControlFile.Format.allCases))
    }

    @Test("the fields of a .dsc are typed")
    func sourceControlFields() throws {
        let path = "ppa/uploads/libgolden_0.9.1-1/libgolden_0.9.1-1.dsc"
        let control = try SourceControlFile(try Golden.bytes(path), fileName: "libgolden_0.9.1-1.dsc")
        #expect(control.format == .quilt)
        #expect(control.source.rawValue == "libgolden")
        #expect(control.version.text == "2:0.9.1-1")
        #expect(control.binaries.map(\.rawValue) == ["libgolden1", "libgolden-dev", "libgolden-doc"])
        #expect(control.architectures.map(\.rawValue) == ["any", "all"])
        #expect(try control.relations("build-depends")?.description == "debhelper (>= 7), pkg-config")
        #expect(try control.relations("Build-Depends-Arch") == nil)
        #expect(control.fileKinds == [.original(component: nil, .xz), .debianTarball(.xz)])
    }

    @Test("a recorded .buildinfo is read")
    func buildInfo() throws {
        let path = "ppa/uploads/libgolden_0.9.1-1/libgolden_0.9.1-1_source.buildinfo"
        let info = try BuildInfo(try Golden.bytes(path), fileName: path)
        #expect(info.source.name.rawValue == "libgolden")
        #expect(info.version.text == "2:0.9.1-1")
        #expect(info.architectures == ["source"])
        let error = #expect(throws: DebianFormatsError.self) {
            try BuildInfo(Array("Source: x1\n".utf8), fileName: "x.buildinfo")
        }
        #expect(error?.problems.map(\.code) == [.fieldMissing, .fieldMissing])
    }

    /// The recorded bad uploads whose fault lies in the `.changes` itself; each must be found by reading it.
    static let badChanges: Set<Int> = [
        11, 15, 17, 18, 19, 21, 22, 25, 26, 27, 38, 39, 41, 42, 43, 45, 46, 47,
    ]
    /// Those whose fault lies in the `.dsc` itself.
    static let badSourceControl: Set<Int> = [63, 65, 66, 69, 71, 73]

    @Test("every recorded bad .changes is refused with the recorded reason")
    func refusedChanges() throws {
        let cases = try Golden.badUploads().filter { Self.badChanges.contains($0.id) }
        #expect(cases.count == Self.badChanges.count)
        for bad in cases {
            let path = try #require(try Golden.files(below: "ppa/bad/\(bad.dir)", ending: ".changes").first)
            let name = String(try #require(path.split(separator: "/").last))
            let error = #expect(throws: DebianFormatsError.self, "\(bad.dir)") {
                try ChangesFile(try Golden.bytes(path), fileName: name)
            }
            #expect(
                error?.problems.map(\.code.rawValue).contains(bad.code) == true, "\(bad.dir): \(error as Any)"
            )
            #expect(error?.problems.allSatisfy { $0.file == name } == true)
        }
    }

    @Test("every recorded bad .dsc is refused with the recorded reason")
    func refusedSourceControl() throws {
        let cases = try Golden.badUploads().filter { Self.badSourceControl.contains($0.id) }
        #expect(cases.count == Self.badSourceControl.count)
        for bad in cases {
            let path = try #require(try Golden.files(below: "ppa/bad/\(bad.dir)", ending: ".dsc").first)
            let error = #expect(throws: DebianFormatsError.self, "\(bad.dir)") {
                try SourceControlFile(try Golden.bytes(path), fileName: "mutant_1.0.dsc")
            }
            #expect(
                error?.problems.map(\.code.rawValue).contains(bad.code) == true, "\(bad.dir): \(error as Any)"
            )
        }
    }

    @Test("recorded oddities that are no reason to refuse are read")
    func oddChanges() throws {
        func read(_ folder: String) throws -> ChangesFile {
            let path = try #require(try Golden.files(below: "ppa/bad/\(folder)", ending: ".changes").first)
            return try ChangesFile(
                try Golden.bytes(path), fileName: String(path.split(separator: "/").last ?? ""))
        }
        let latin1 = try read("023-latin1-person")
        #expect(latin1.maintainer == "Zoë Archive <alice@example.com>")
        #expect(latin1.changedBy.name == "Zoë Archive")
        #expect(try read("033-bad-urgency").urgency == nil)
        #expect(try read("104-good-source-reference").architectures == ["source"])
        // The signature does not hold, but telling that is not the reader's task.
        #expect(try read("007-tampered-after-signing").isSigned)
        #expect(try !read("006-unsigned-changes").isSigned)
    }

    /// A minimal `.changes`, with single lines replaced or left out.
    private func changes(_ replacements: [String: String] = [:], name: String = "hello_1.0_amd64.changes")
        throws
        -> ChangesFile
    {
        var lines: [(String, String)] = [
            ("Source", "Source: hello\n"), ("Architecture", "Architecture: amd64\n"),
            ("Version", "Version: 1.0\n"),
            ("Distribution", "Distribution: lucid\n"), ("Maintainer", "Maintainer: A <a@b>\n"),
            ("Changed-By", "Changed-By: A <a@b>\n"), ("Changes", "Changes:\n hello\n"),
            ("Date", "Date: today\n"),
            ("Files", "Files:\n d41d8cd98f00b204e9800998ecf8427e 0 misc optional hello_1.0_amd64.deb\n"),
        ]
        for (key, text) in replacements {
            if let index = lines.firstIndex(where: { $0.0 == key }) {
                lines[index].1 = text
            } else {
                lines.append((key, text))
            }
        }
        return try ChangesFile(Array(lines.map(\.1).joined().utf8), fileName: name)
    }

    private func codes(_ replacements: [String: String], name: String = "hello_1.0_amd64.changes") -> [String]
    {
        let error = #expect(throws: DebianFormatsError.self) { try changes(replacements, name: name) }
        return error?.problems.map(\.code.rawValue) ?? []
    }

    @Test("the minimal .changes is good, also without Format, Binary, Description and Urgency")
    func minimal() throws {
        let minimal = try changes()
        #expect(minimal.urgency == .low)
        #expect(minimal.binaries.isEmpty)
        #expect(minimal.files[0].sha256 == nil)
        #expect(try changes(["Urgency": "Urgency: Emergency (why)\n"]).urgency == .critical)
        #expect(try changes(["Source": "Source: hello (0.9)\n"]).sourceVersion.text == "0.9")
        #expect(try changes(["Changed-By": "Changed-By: buildd_x\n"]).changedBy.address == "buildd_x")
    }

    @Test("problems are collected, not only the first")
    func collected() {
        let found = codes(
            [
                "Source": "", "Version": "Version: 1_0\n", "Changed-By": "Changed-By: nobody\n",
                "Format": "Format: 3.0\n",
            ],
            name: "hello.changes")
        #expect(
            Set(found) == [
                "changes-name", "field-missing", "version-syntax", "address-syntax", "format-range",
            ])
    }

    @Test(
        "each mandatory field must be there and not be empty",
        arguments: [
            "Source", "Architecture", "Version", "Distribution", "Maintainer", "Changed-By", "Changes",
            "Date", "Files",
        ])
    func mandatory(field: String) {
        #expect(codes([field: ""]) == ["field-missing"])
        #expect(codes([field: "\(field):\n"]) == ["field-missing"])
    }

    @Test(
        "faults in the lists of files",
        arguments: [
            (
                ["Files": "Files:\n d41d8cd98f00b204e9800998ecf8427e 0 misc hello_1.0_amd64.deb\n"],
                "files-syntax"
            ),
            (
                ["Files": "Files:\n D41D8CD98F00B204E9800998ECF8427E 0 misc optional hello_1.0_amd64.deb\n"],
                "checksum-syntax"
            ),
            (
                ["Files": "Files:\n d41d8cd98f00b204e9800998ecf8427e +1 misc optional hello_1.0_amd64.deb\n"],
                "size-syntax"
            ),
            (
                [
                    "Files":
                        "Files:\n d41d8cd98f00b204e9800998ecf8427e 99999999999999999999 misc optional x_1_all.deb\n"
                ],
                "size-syntax"
            ),
            (
                ["Files": "Files:\n d41d8cd98f00b204e9800998ecf8427e 0 a/b/c optional hello_1.0_amd64.deb\n"],
                "field-syntax"
            ),
            (["Checksums-Sha1": "Checksums-Sha1:\n"], "files-mismatch"),
            (
                [
                    "Checksums-Sha1":
                        "Checksums-Sha1:\n da39a3ee5e6b4b0d3255bfef95601890afd8070 0 hello_1.0_amd64.deb\n"
                ],
                "checksum-syntax"
            ),
            (["Checksums-Sha256": "Checksums-Sha256:\n 00 0\n"], "files-syntax"),
        ] as [([String: String], String)])
    func fileLists(replacements: [String: String], code: String) {
        #expect(codes(replacements) == [code])
    }

    @Test("a checksum list that names a file twice is not the same list as Files")
    func multiplicity() {
        let line = " da39a3ee5e6b4b0d3255bfef95601890afd80709 0 hello_1.0_amd64.deb\n"
        #expect(codes(["Checksums-Sha1": "Checksums-Sha1:\n\(line)\(line)"]) == ["files-mismatch"])
    }

    @Test("the number of files is limited")
    func tooManyFiles() {
        let line = " d41d8cd98f00b204e9800998ecf8427e 0 misc optional hello_1.0_amd64.deb\n"
        let found = codes(["Files": "Files:\n" + String(repeating: line, count: 10_001)])
        #expect(found.contains("tagfile-limit"))
    }

    @Test(
        "formats of a .changes lie in 1.5 to 2.0",
        arguments: [("1.5", true), ("2.0", true), ("1.8", true), ("2", true), ("1.4", false), ("2.1", false)]
            + [
                ("x", false), ("1.8 beta", false), ("1e0", false), ("-1.8", false), ("nan", false),
                ("", false),
            ])
    func formats(text: String, isTaken: Bool) throws {
        if isTaken {
            #expect(try changes(["Format": "Format: \(text)\n"]).stanza["Format"] == text)
        } else {
            #expect(codes(["Format": "Format: \(text)\n"]) == ["format-range"])
        }
    }

    @Test(
        "the set of files of a source fits its format",
        arguments: [
            ("1.0", ["x_1.tar.gz"], true), ("1.0", ["x_1.orig.tar.gz", "x_1-1.diff.gz"], true),
            ("1.0", ["x_1.orig.tar.gz", "x_1.orig.tar.gz.asc", "x_1-1.diff.gz"], true),
            ("1.0", ["x_1.tar.xz"], false), ("1.0", ["x_1.orig.tar.gz"], false),
            ("1.0", ["x_1-1.diff.gz"], false),
            ("3.0 (native)", ["x_1.tar.xz"], true), ("3.0 (native)", ["x_1.tar.xz", "x_1.tar.gz"], false),
            ("3.0 (native)", ["x_1.orig.tar.gz"], false),
            ("3.0 (quilt)", ["x_1.orig.tar.gz", "x_1-1.debian.tar.xz"], true),
            ("3.0 (quilt)", ["x_1.orig.tar.gz", "x_1.orig-a.tar.gz", "x_1-1.debian.tar.xz"], true),
            (
                "3.0 (quilt)",
                ["x_1.orig.tar.gz", "x_1.orig-a.tar.gz", "x_1.orig-a.tar.xz", "x_1-1.debian.tar.xz"], false
            ),
            ("3.0 (quilt)", ["x_1.orig.tar.gz", "x_1.orig-a.tar.gz.asc", "x_1-1.debian.tar.xz"], false),
            ("3.0 (quilt)", ["x_1.orig.tar.gz", "x_1.orig.tar.xz", "x_1-1.debian.tar.xz"], false),
            ("3.0 (quilt)", ["x_1-1.debian.tar.xz"], false), ("3.0 (quilt)", ["x_1.tar.gz"], false),
        ] as [(String, [String], Bool)])
    func fileSets(format: String, files: [String], fits: Bool) throws {
        let list = files.map { name in
            let renamed = name.replacing("x_", with: "xx_")
            return " d41d8cd98f00b204e9800998ecf8427e 0 \(renamed)\n"
        }.joined()
        let text = """
            Format: \(format)
            Source: xx
            Binary: xx
            Architecture: any
            Version: 1-1
            Maintainer: A <a@b>
            Files:
            \(list)
            """
        if fits {
            #expect(try SourceControlFile(Array(text.utf8), fileName: "x.dsc").files.count == files.count)
        } else {
            let error = #expect(throws: DebianFormatsError.self) {
                try SourceControlFile(Array(text.utf8), fileName: "x.dsc")
            }
            #expect(error?.problems.map(\.code) == [.dscFileSet])
        }
    }

    @Test("a Source field names a source and perhaps its version")
    func sourceReferences() throws {
        #expect(try SourceReference("hello").version == nil)
        #expect(try SourceReference("hello (1:2.0-1)").version?.text == "1:2.0-1")
        for text in ["", "hello 1.0", "hello (1.0) x", "hello ()", "(1.0)", "he_llo"] {
            #expect(throws: DebianFormatsError.self) { try SourceReference(text) }
        }
    }
}
