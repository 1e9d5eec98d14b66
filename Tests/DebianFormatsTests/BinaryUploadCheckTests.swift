import DebianFormats
import FarmModel
import Foundation
import Testing

@Suite("Checking the results of a build")
struct BinaryUploadCheckTests {
    static let now = Instant(seconds: 1_300_000_000)
    static let amd64 = architecture("amd64")
    static let i386 = architecture("i386")

    private static func architecture(_ name: String) -> ArchitectureName {
        guard let architecture = try? ArchitectureName(name) else {
            preconditionFailure("\(name) is a valid name")
        }
        return architecture
    }

    /// The reason codes of a refusal; empty if the upload is accepted.
    private func codes(
        _ upload: MemoryUpload, _ check: BinaryUploadCheck = BinaryUploadCheck(architecture: amd64),
        now: Instant = BinaryUploadCheckTests.now
    ) throws -> [String] {
        switch try check.verdict(on: upload, now: now) {
        case .accepted: return []
        case .refused(let refusal):
            #expect(!refusal.problems.isEmpty)
            return refusal.problems.map(\.code.rawValue)
        }
    }

    // The recorded uploads.

    /// The uploads of `builds/`: one for each `.changes`, with the files it lists.
    private static func builds() throws -> [(folder: String, architecture: String, upload: MemoryUpload)] {
        try Golden.files(below: "ppa/builds", ending: ".changes").map { path in
            let parts = path.split(separator: "/").map(String.init)
            let folder = parts.dropLast().joined(separator: "/")
            let name = parts[parts.count - 1]
            let changes = try ChangesFile(try Golden.bytes(path), fileName: name)
            var files = [name: try Golden.bytes(path)]
            for file in changes.files {
                files[file.name.rawValue] = try Golden.bytes("\(folder)/\(file.name)")
            }
            return (folder, changes.nameArchitecture, MemoryUpload(files))
        }
    }

    @Test("every recorded result of a good build is accepted")
    func goodBuilds() throws {
        let builds = try Self.builds()
        #expect(builds.count == 12)
        for build in builds {
            let check = BinaryUploadCheck(architecture: try ArchitectureName(build.architecture))
            switch try check.verdict(on: build.upload, now: Self.now) {
            case .accepted(let accepted):
                #expect(accepted.binaries.count == build.upload.files.count - 1, "\(build.folder)")
                #expect(accepted.warnings.isEmpty, "\(build.folder)")
            case .refused(let refusal): Issue.record("\(build.folder): \(refusal)")
            }
        }
    }

    @Test("an accepted upload tells everything an archive needs of its binaries")
    func typedResult() throws {
        let build = try #require(
            try Self.builds().first { $0.folder.contains("libgolden") && $0.architecture == "i386" })
        let check = BinaryUploadCheck(
            architecture: Self.i386, source: try PackageName("libgolden"),
            sourceVersion: try DebianVersion("2:0.9.1-1"))
        guard case .accepted(let accepted) = try check.verdict(on: build.upload, now: Self.now) else {
            Issue.record("the build was refused")
            return
        }
        #expect(
            accepted.binaries.map(\.package.rawValue) == ["libgolden-dev", "libgolden-doc", "libgolden1"])
        #expect(accepted.binaries.map(\.architecture.rawValue) == ["i386", "all", "i386"])
        let library = accepted.binaries[2]
        #expect(library.version.text == "2:0.9.1-1")
        #expect(library.kind == .deb)
        #expect(library.component == "main")
        #expect(library.section == "libs")
        #expect(library.priority == .optional)
        #expect(library.file.name.rawValue == "libgolden1_0.9.1-1_i386.deb")
        #expect(library.file.checksums.size == 928)
        #expect(library.control.sourceName.rawValue == "libgolden")
    }

    @Test("debug packages and installer packages are told from the others")
    func kinds() throws {
        var kinds: [String: UploadFileName.BinaryKind] = [:]
        for build in try Self.builds() {
            let check = BinaryUploadCheck(architecture: try ArchitectureName(build.architecture))
            guard case .accepted(let accepted) = try check.verdict(on: build.upload, now: Self.now) else {
                continue
            }
            for binary in accepted.binaries { kinds[binary.package.rawValue] = binary.kind }
        }
        #expect(kinds["libgolden1-dbgsym"] == .ddeb)
        #expect(kinds["tinyinst-udeb"] == .udeb)
        #expect(kinds["hello-ppa"] == .deb)
    }

    /// Cases of `bad/` that are judged by the files alone. 103 is missing: only the path it was sent to is wrong.
    static let judgeable: Set<Int> = [85, 86, 87, 89, 90, 91, 93, 94, 95, 97, 98, 99, 101, 102]

    @Test("every recorded bad build is refused with the recorded reason, the good reference is accepted")
    func badBuilds() throws {
        let cases = try Golden.badUploads().filter { Self.judgeable.contains($0.id) }
        #expect(cases.count == Self.judgeable.count)
        for bad in cases {
            let upload = try Golden.upload("ppa/bad/\(bad.dir)")
            let check = BinaryUploadCheck(
                architecture: Self.i386, source: try PackageName("mutant"),
                sourceVersion: try DebianVersion("1.0"))
            let codes = try codes(upload, check)
            if bad.expect == "accept" {
                #expect(codes == [], "\(bad.dir)")
            } else {
                #expect(codes.contains(bad.code), "\(bad.dir): \(codes)")
            }
        }
    }

    @Test("recorded source uploads are no results of a build")
    func sourceUploads() throws {
        let names = try Golden.names(in: "ppa/uploads")
        #expect(names.count == 9)
        for name in names {
            #expect(
                Set(try codes(try Golden.upload("ppa/uploads/\(name)"))) == ["mixed-not-allowed"], "\(name)")
        }
    }

    /// These are source uploads; what is checked of every file alike shows beside the refusal of source files.
    @Test(
        "recorded files that differ from their lists, and unknown sections, are refused with the recorded reason"
    )
    func differences() throws {
        for id in [34, 35, 37, 49, 50] {
            let bad = try #require(try Golden.badUploads().first { $0.id == id })
            let codes = Set(try codes(try Golden.upload("ppa/bad/\(bad.dir)")))
            #expect(codes == ["mixed-not-allowed", bad.code], "\(bad.dir)")
        }
    }

    // Uploads made up for one rule each.

    /// A good upload of `hello` for amd64; the arguments spoil it.
    private func upload(
        control: String? = nil, fileName: String = "hello_1.0_amd64.deb", section: String = "misc",
        priority: String = "optional", head: [String: String] = [:], deb: [UInt8]? = nil,
        more: [(name: String, bytes: [UInt8])] = []
    ) throws -> MemoryUpload {
        let control = control ?? Self.control()
        let files = [(name: fileName, bytes: deb ?? HandMade.deb(control: control))] + more
        var fields: [(String, String)] = [
            ("Format", "1.8"), ("Source", "hello"), ("Binary", "hello"), ("Architecture", "amd64"),
            ("Version", "1.0"),
            ("Distribution", "lucid"), ("Maintainer", "A <a@b>"), ("Changed-By", "A <a@b>"),
            ("Changes", "\n hello"),
            ("Date", "today"),
        ]
        for (name, value) in head.sorted(by: { $0.key < $1.key }) {
            if let index = fields.firstIndex(where: { $0.0 == name }) {
                fields[index].1 = value
            } else {
                fields.append((name, value))
            }
        }
        var text = fields.map { "\($0.0):\($0.1.hasPrefix("\n") ? "" : " ")\($0.1)\n" }.joined() + "Files:\n"
        for file in files {
            let sums = Checksums(of: file.bytes)
            text += " \(sums.md5) \(sums.size) \(section) \(priority) \(file.name)\n"
        }
        var all = Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0.bytes) })
        all["hello_1.0_amd64.changes"] = Array(text.utf8)
        return MemoryUpload(all)
    }

    private static func control(_ changes: [String: String] = [:]) -> String {
        var fields: [(String, String)] = [
            ("Package", "hello"), ("Version", "1.0"), ("Architecture", "amd64"), ("Maintainer", "A <a@b>"),
            ("Section", "misc"), ("Priority", "optional"), ("Description", "x"),
        ]
        for (name, value) in changes.sorted(by: { $0.key < $1.key }) {
            if let index = fields.firstIndex(where: { $0.0 == name }) {
                fields[index].1 = value
            } else {
                fields.append((name, value))
            }
        }
        return fields.filter { !$0.1.isEmpty }.map { "\($0.0): \($0.1)\n" }.joined()
    }

    @Test("the unspoiled upload is accepted, also with what may be missing or written otherwise")
    func unspoiled() throws {
        #expect(try codes(try upload()) == [])
        #expect(try codes(try upload(control: Self.control(["Section": "", "Priority": ""]))) == [])
        #expect(try codes(try upload(control: Self.control(["Priority": "Extra"]), priority: "-")) == [])
        #expect(try codes(try upload(control: Self.control(["Section": "main/misc"]))) == [])
        #expect(try codes(try upload(control: Self.control(["Source": "hello (1.0)"]))) == [])
        #expect(try codes(try upload(head: ["Architecture": "amd64 all amd64_translations"])) == [])
    }

    @Test(
        "control fields that disagree with the name or the .changes",
        arguments: [
            (["Package": "other", "Source": "hello"], "deb-name"),
            (["Version": "1.1", "Source": "hello (1.0)"], "deb-version"),
            (["Version": "1:1.0", "Source": "hello (1.0)"], nil), (["Version": "1:1.0"], "deb-source"),
            (["Architecture": "all"], "deb-arch"), (["Source": "bye"], "deb-source"),
            (["Source": "hello (0.9)"], "deb-source"), (["Source": "hello (1.0-0)"], "deb-source"),
            (["Source": "hello 1.0"], "deb-source"), (["Maintainer": ""], "deb-field-missing"),
            (["Package": ""], "deb-field-missing"), (["Architecture": ""], "deb-field-missing"),
            (["Section": "net"], "deb-section"), (["Section": "universe/misc"], "deb-section"),
            (["Priority": "required"], "deb-priority"), (["Priority": "odd"], "deb-priority"),
            (["Depends": ","], "deb-depends"), (["Depends": "${misc:Depends}"], "deb-depends"),
            (["Suggests": "a b"], "deb-depends"), (["Package": "h_llo"], "deb-name"),
            (["Version": "1_0"], "deb-version"), (["Architecture": "AMD"], "deb-arch"),
        ] as [([String: String], String?)])
    func disagreements(changes: [String: String], code: String?) throws {
        #expect(try codes(try upload(control: Self.control(changes))) == [code].compactMap { $0 })
    }

    @Test("architectures are the build's or all, and the .changes names them")
    func architectures() throws {
        let foreign = try upload(
            control: Self.control(["Architecture": "armhf"]), fileName: "hello_1.0_armhf.deb",
            head: ["Architecture": "armhf"])
        #expect(try codes(foreign) == ["deb-arch"])
        #expect(try codes(try upload(head: ["Architecture": "all"])) == ["deb-arch"])
        #expect(try codes(try upload(head: ["Architecture": "amd64 armhf"])) == ["arch-count"])
        #expect(try codes(try upload(head: ["Architecture": "amd64 source"])).contains("mixed-not-allowed"))
    }

    @Test("the upload is of what was built")
    func expectedSource() throws {
        var check = BinaryUploadCheck(architecture: Self.amd64, source: try PackageName("bye"))
        #expect(try codes(try upload(), check) == ["source-mismatch"])
        check.source = try PackageName("hello")
        check.sourceVersion = try DebianVersion("1.0-0")
        #expect(try codes(try upload(), check) == ["source-mismatch"])
        check.sourceVersion = try DebianVersion("1.0")
        #expect(try codes(try upload(), check) == [])
    }

    @Test("listed files are there and nothing else is")
    func presence() throws {
        var missing = try upload(more: [("hello_1.0_amd64.buildinfo", [1])])
        missing.files["hello_1.0_amd64.buildinfo"] = nil
        #expect(try codes(missing) == ["file-missing"])
        var extra = try upload()
        extra.files["stray.txt"] = []
        #expect(try codes(extra) == ["file-unlisted"])
        #expect(
            try codes(extra, BinaryUploadCheck(architecture: Self.amd64, ignoredNames: ["stray.txt"])) == [])
        #expect(try codes(MemoryUpload(["a.deb": []])) == ["changes-missing"])
        extra.files["other.changes"] = []
        #expect(try codes(extra) == ["changes-many"])
        #expect(try codes(MemoryUpload(["../x.changes": []])) == ["name-unsafe"])
        #expect(try codes(MemoryUpload(["hello_1.0_amd64.changes": []])) == ["tagfile-empty"])
    }

    @Test("files other than packages are passed through or refused by their kind")
    func otherFiles() throws {
        let good = try upload(more: [("hello_1.0_amd64.buildinfo", Array("x".utf8))])
        guard
            case .accepted(let accepted) = try BinaryUploadCheck(architecture: Self.amd64).verdict(
                on: good, now: Self.now)
        else {
            Issue.record("a buildinfo was refused")
            return
        }
        #expect(accepted.others.map(\.name.rawValue) == ["hello_1.0_amd64.buildinfo"])
        #expect(try codes(try upload(more: [("notes.txt", [])])) == ["file-name"])
        #expect(try codes(try upload(more: [("hello_1.0.tar.gz", [])])) == ["mixed-not-allowed"])
        #expect(try codes(try upload(more: [("x1_1.0_amd64.changes", [])])) == ["changes-many"])
        // Files for special installers may have any name, and are no packages.
        let custom = try upload(fileName: "anything.tar.gz", section: "raw-translations")
        #expect(try codes(custom) == ["binaries-missing"])
    }

    @Test("sections and components are known, odd priorities and urgencies only warned about")
    func vocabulary() throws {
        let odd = Self.control(["Section": "odd"])
        #expect(try codes(try upload(control: odd, section: "odd")) == ["section-unknown"])
        let strange = Self.control(["Section": "strange/misc"])
        #expect(try codes(try upload(control: strange, section: "strange/misc")) == ["component-unknown"])
        var check = BinaryUploadCheck(architecture: Self.amd64)
        check.vocabulary.sections = ["odd"]
        #expect(try codes(try upload(control: odd, section: "odd"), check) == [])

        let warned = try upload(
            control: Self.control(["Priority": "urgent"]), priority: "urgent", head: ["Urgency": "yesterday"])
        guard
            case .accepted(let accepted) = try check.verdict(
                on: try upload(control: odd, section: "odd"), now: Self.now),
            case .accepted(let oddities) = try BinaryUploadCheck(architecture: Self.amd64).verdict(
                on: warned, now: Self.now)
        else {
            Issue.record("a warning became a refusal")
            return
        }
        #expect(accepted.warnings.isEmpty)
        #expect(oddities.warnings.map(\.code) == [.urgencyUnknown, .priorityUnknown])
        #expect(oddities.binaries[0].priority == .extra)
    }

    @Test("packaged files are neither from the future nor from before 1975, except in installer packages")
    func times() throws {
        func package(_ modified: Int) -> [UInt8] {
            HandMade.deb(
                control: Self.control(),
                data: [.init(path: "./", type: "5"), .init(path: "./f", bytes: [1], modified: modified)])
        }
        let now = Int(Self.now.wholeSeconds)
        #expect(try codes(try upload(deb: package(now + 24 * 3600))) == [])
        #expect(try codes(try upload(deb: package(now + 24 * 3600 + 1))) == ["deb-time"])
        #expect(try codes(try upload(deb: package(157_766_400))) == [])
        #expect(try codes(try upload(deb: package(157_766_399))) == ["deb-time"])
        #expect(try codes(try upload(fileName: "hello_1.0_amd64.udeb", deb: package(0))) == [])
        let control = HandMade.deb(controlMembers: [
            .init(path: "./control", bytes: Array(Self.control().utf8), modified: 0)
        ])
        #expect(try codes(try upload(deb: control)) == ["deb-time"])
    }

    @Test("debug packages come with what they are for, one each")
    func debugPackages() throws {
        func debug(_ name: String, version: String = "1.0") -> (name: String, bytes: [UInt8]) {
            (
                "\(name)_\(version)_amd64.ddeb",
                HandMade.deb(
                    control: Self.control(["Package": name, "Version": version, "Source": "hello (1.0)"]))
            )
        }
        #expect(try codes(try upload(more: [debug("hello-dbgsym")])) == [])
        #expect(try codes(try upload(more: [debug("bye-dbgsym")])) == ["ddeb-orphan"])
        #expect(try codes(try upload(more: [debug("hello-dbg")])) == ["ddeb-orphan"])
        #expect(try codes(try upload(more: [debug("hello-dbgsym", version: "1.1")])) == ["ddeb-orphan"])
        // Where the package itself cannot be read, its debug package is no orphan.
        #expect(try codes(try upload(deb: [1], more: [debug("hello-dbgsym")])) == ["deb-broken"])
    }

    @Test("everything that is wrong is told at once, each with its file")
    func collected() throws {
        var spoiled = try upload(
            control: Self.control(["Package": "other", "Section": "net", "Source": "bye"]), section: "odd",
            head: ["Architecture": "amd64 armhf"], more: [("hello_1.0_amd64.buildinfo", [1])])
        spoiled.files["hello_1.0_amd64.buildinfo"] = [2]
        spoiled.files["stray"] = []
        guard
            case .refused(let refusal) = try BinaryUploadCheck(architecture: Self.amd64).verdict(
                on: spoiled, now: Self.now)
        else {
            Issue.record("a spoiled upload was accepted")
            return
        }
        #expect(
            refusal.problems.map(\.code) == [
                .fileUnlisted, .architectureCount, .sectionUnknown, .debName, .debSource, .debSection,
                .sectionUnknown,
                .checksumMD5,
            ])
        #expect(refusal.problems.allSatisfy { $0.file != nil && !$0.message.isEmpty })
        #expect(refusal.changes?.source.name.rawValue == "hello")
        #expect(refusal.description.split(separator: "\n").count == 8)
    }

    @Test("the number and the size of files are limited")
    func limits() throws {
        var check = BinaryUploadCheck(architecture: Self.amd64)
        check.limits.files = 1
        #expect(try codes(try upload(), check) == ["upload-limit"])
        check.limits.files = 2
        #expect(try codes(try upload(), check) == [])
        check.limits.totalBytes = 100
        #expect(try codes(try upload(), check) == ["upload-limit"])
        check = BinaryUploadCheck(architecture: Self.amd64)
        check.limits.changes.documentBytes = 100
        #expect(try codes(try upload(), check) == ["upload-limit"])
        check = BinaryUploadCheck(architecture: Self.amd64)
        check.limits.deb.members = 1
        #expect(try codes(try upload(), check) == ["unpack-limit"])
    }

    @Test("a folder on disk is judged like one in memory; links and directories are no files")
    func folder() throws {
        let folder = try ScratchFolder()
        for (name, bytes) in try upload().files { try folder.write(name, bytes) }
        let check = BinaryUploadCheck(architecture: Self.amd64)
        guard case .accepted = try check.verdict(on: FolderUpload(path: folder.path), now: Self.now) else {
            Issue.record("the folder was refused")
            return
        }
        try FileManager.default.moveItem(
            atPath: "\(folder.path)/hello_1.0_amd64.deb", toPath: "\(folder.path)/elsewhere")
        try Tool.run("ln", ["-s", "elsewhere", "hello_1.0_amd64.deb"], in: folder.path)
        guard
            case .refused(let refusal) = try check.verdict(on: FolderUpload(path: folder.path), now: Self.now)
        else {
            Issue.record("a link was accepted")
            return
        }
        #expect(refusal.problems.map(\.code) == [.fileUnlisted, .fileType])
        let none = #expect(throws: DebianFormatsError.self) {
            try check.verdict(on: FolderUpload(path: folder.path + "/none"), now: Self.now)
        }
        #expect(none?.code == .inputOutput)
    }

    @Test("an unreadable disk is no verdict")
    func readErrors() throws {
        let good = try upload()
        for name in good.files.keys.sorted() {
            let broken = BrokenDirectory(files: good, broken: name)
            #expect(throws: FailingSource.Failure.self, "\(name)") {
                try BinaryUploadCheck(architecture: Self.amd64).verdict(on: broken, now: Self.now)
            }
        }
    }

    @Test("random damage to an upload is never taken for the upload")
    func fuzz() throws {
        let seed: UInt64 = 0x5EED_0030
        print("BinaryUploadCheckTests.fuzz seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let builds = try Self.builds()
        for round in 0..<600 {
            let build = builds[round % builds.count]
            let names = build.upload.files.keys.sorted().filter { !$0.hasSuffix(".changes") }
            let name = names[Int(generator.next() % UInt64(names.count))]
            var upload = build.upload
            guard var bytes = upload.files[name] else { continue }
            let place = Int(generator.next() % UInt64(bytes.count))
            bytes[place] ^= UInt8(1 << (generator.next() % 8))
            upload.files[name] = bytes
            let check = BinaryUploadCheck(architecture: try ArchitectureName(build.architecture))
            #expect(try codes(upload, check).contains("checksum-md5"), "\(name), byte \(place), seed \(seed)")

            // A damaged `.changes` may still be a good one (a letter of the changelog); it must not do harm.
            let changes = try #require(build.upload.files.keys.first { $0.hasSuffix(".changes") })
            var damaged = build.upload
            guard var text = damaged.files[changes] else { continue }
            text[Int(generator.next() % UInt64(text.count))] = UInt8(truncatingIfNeeded: generator.next())
            damaged.files[changes] = text
            _ = try check.verdict(on: damaged, now: Self.now)
        }
    }
}

/// A directory of which one file cannot be read.
private struct BrokenDirectory: UploadDirectory {
    var files: MemoryUpload
    var broken: String

    func entries() -> [UploadEntry] { files.entries() }

    func open(_ name: SafeFileName) throws -> any ByteSource {
        name.rawValue == broken ? FailingSource(bytesBefore: 10) : try files.open(name)
    }
}
