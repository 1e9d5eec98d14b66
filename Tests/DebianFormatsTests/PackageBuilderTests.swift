import DebianFormats
import FarmModel
import Testing

@Suite("Making packages")
struct PackageBuilderTests {
    private static let time = Instant(seconds: 1_283_299_200)
    private static let amd64 = BinaryUploadCheckTests.amd64

    private func builder(_ compression: PackageCompression = .gzip, seed: UInt64 = 7) -> PackageBuilder {
        PackageBuilder(seed: seed, modified: Self.time, compression: compression)
    }

    @Test("results of a build pass the upload check", arguments: PackageCompression.allCases)
    func accepted(compression: PackageCompression) throws {
        let source = try SourceDescription(
            name: "made-up", version: "2:1.0~rc1+git1-0ubuntu1", section: "universe/utils")
        let files = try builder(compression).results(of: source, architecture: Self.amd64, totalBytes: 5000)
        #expect(
            files.map(\.name.rawValue) == [
                "made-up_1.0~rc1+git1-0ubuntu1_amd64.deb", "made-up_1.0~rc1+git1-0ubuntu1_amd64.changes",
            ])
        let upload = MemoryUpload(
            Dictionary(uniqueKeysWithValues: files.map { ($0.name.rawValue, $0.bytes) }))
        let check = BinaryUploadCheck(
            architecture: Self.amd64, source: source.name, sourceVersion: source.version)
        guard case .accepted(let accepted) = try check.verdict(on: upload, now: Self.time) else {
            Issue.record("the results were refused")
            return
        }
        #expect(accepted.binaries.map(\.package) == [source.name])
        #expect(accepted.binaries.map(\.component) == ["universe"])
        #expect(accepted.warnings.isEmpty)
    }

    @Test("real tools read and unpack the package", arguments: [PackageCompression.gzip, .xz, .zstd, .none])
    func realTools(compression: PackageCompression) throws {
        let source = try SourceDescription(name: "made-up", version: "1:1.0-1", summary: "ünïcode summary")
        var binary = BinaryDescription(of: source, architecture: Self.amd64)
        binary.extraFields = [("Depends", "libc6 (>= 2.3), foo | bar")]
        let file = try builder(compression).package(binary, changelog: source, targetBytes: 20_000)
        let folder = try ScratchFolder()
        try folder.write(file.name.rawValue, file.bytes)
        let path = "\(folder.path)/\(file.name)"
        let info = try Tool.run("dpkg-deb", ["--info", path])
        #expect(info.contains("new Debian package, version 2.0"))
        let fields = try Tool.run(
            "dpkg-deb", ["--field", path, "Package", "Version", "Depends", "Description"])
        #expect(
            fields.contains(
                "Version: 1:1.0-1\nDepends: libc6 (>= 2.3), foo | bar\nDescription: ünïcode summary\n"))
        let contents = try Tool.run("dpkg-deb", ["--contents", path])
        #expect(
            contents.split(separator: "\n").allSatisfy {
                $0.contains(" root/root ") && $0.contains("2010-09-0")
            })
        try Tool.run("dpkg-deb", ["--extract", path, "tree"], in: folder.path)
        try Tool.run("dpkg-deb", ["--control", path, "control"], in: folder.path)
        try Tool.run("md5sum", ["--check", "--strict", "../control/md5sums"], in: "\(folder.path)/tree")
    }

    @Test("real tools unpack the source package", arguments: ["1.0", "3:2.0~beta-4"])
    func sourcePackage(version: String) throws {
        let source = try SourceDescription(
            name: "made-up", version: version, architecture: "any",
            extraFields: [("Build-Depends", "debhelper-compat (= 13), libfoo-dev")])
        let files = try builder().source(source, targetBytes: 30_000)
        let folder = try ScratchFolder()
        for file in files { try folder.write(file.name.rawValue, file.bytes) }
        let control = try SourceControlFile(files[0].bytes, fileName: files[0].name.rawValue)
        #expect(control.format == .native)
        #expect(try control.relations("Build-Depends")?.clauses.count == 2)
        #expect(abs(files[1].bytes.count - 30_000) < 300)
        try Tool.run(
            "dpkg-source", ["--no-check", "-x", files[0].name.rawValue, "tree"], in: folder.path)
        let field = ["-l", "tree/debian/changelog", "-S"]
        #expect(try Tool.run("dpkg-parsechangelog", field + ["Version"], in: folder.path) == version + "\n")
        #expect(try Tool.run("dpkg-parsechangelog", field + ["Source"], in: folder.path) == "made-up\n")

        let changes = try builder().changes(of: source, nameArchitecture: "source", files: files)
        let read = try ChangesFile(changes.bytes, fileName: changes.name.rawValue)
        #expect(read.architectures == ["source"])
        #expect(read.binaries.isEmpty)
        for (listed, file) in zip(read.files, files) {
            #expect(listed.firstDifference(from: Checksums(of: file.bytes)) == nil)
        }
    }

    @Test("the made-up source can really be built into a package")
    func buildable() throws {
        let source = try SourceDescription(name: "made-up", version: "1.0")
        let files = try builder().source(source)
        let folder = try ScratchFolder()
        for file in files { try folder.write(file.name.rawValue, file.bytes) }
        try Tool.run("dpkg-source", ["--no-check", "-x", files[0].name.rawValue, "tree"], in: folder.path)
        try Tool.run("make", ["-f", "debian/rules", "build", "binary"], in: "\(folder.path)/tree")
        let architecture = try Tool.run("dpkg", ["--print-architecture"]).split(separator: "\n").joined()
        let archive = try DebArchive(
            reading: FileByteSource(path: "\(folder.path)/made-up_1.0_\(architecture).deb"))
        #expect(try BinaryControl(archive.control).package == source.name)
    }

    @Test("the same wishes give the same bytes, another seed or time gives others")
    func deterministic() throws {
        let source = try SourceDescription(name: "made-up", version: "1.0")
        func make(_ builder: PackageBuilder) throws -> [[UInt8]] {
            try
                (builder.results(of: source, architecture: Self.amd64, totalBytes: 8000)
                + builder.source(source, targetBytes: 8000)).map(\.bytes)
        }
        for compression in PackageCompression.allCases {
            #expect(try make(builder(compression)) == make(builder(compression)), "\(compression)")
        }
        #expect(try make(builder()) != make(builder(seed: 8)))
        var later = builder()
        later.modified = later.modified + .seconds(2)
        #expect(try make(builder()) != make(later))
    }

    @Test(
        "results are about as large as wished",
        arguments: [4096, 10_000, 100_000, 3_000_000], [PackageCompression.gzip, .xz])
    func sizes(total: Int, compression: PackageCompression) throws {
        let source = try SourceDescription(name: "made-up", version: "1.0")
        let files = try builder(compression).results(of: source, architecture: Self.amd64, totalBytes: total)
        let found = files.reduce(0) { $0 + $1.bytes.count }
        #expect(abs(found - total) < max(200, total / 1000), "\(found) instead of \(total)")
    }

    @Test("wishes below the smallest package give the smallest, absurd ones are refused")
    func extremes() throws {
        let source = try SourceDescription(name: "made-up", version: "1.0")
        for total in [-5, 0, 1] {
            let files = try builder().results(of: source, architecture: Self.amd64, totalBytes: total)
            #expect(files[0].bytes.count < 1500)
            #expect(
                try !DebArchive(reading: MemoryByteSource(files[0].bytes)).dataMembers.contains {
                    $0.path.hasSuffix("bin")
                })
        }
        let error = #expect(throws: DebianFormatsError.self) {
            try builder().results(of: source, architecture: Self.amd64, totalBytes: 2 << 30)
        }
        #expect(error?.code == .buildRequest)
    }

    @Test("packages for all architectures are named so, and their .changes for the slave")
    func architectureAll() throws {
        let source = try SourceDescription(name: "made-up", version: "1.0", architecture: "all")
        let files = try builder().results(of: source, architecture: Self.amd64, totalBytes: 0)
        #expect(files.map(\.name.rawValue) == ["made-up_1.0_all.deb", "made-up_1.0_amd64.changes"])
        #expect(try ChangesFile(files[1].bytes, fileName: files[1].name.rawValue).architectures == ["all"])
    }

    @Test("a rebuild of the binaries alone names the version of its source")
    func rebuild() throws {
        let source = try SourceDescription(name: "made-up", version: "1.0-1")
        let version = try DebianVersion("1.0-1+b1")
        var binary = BinaryDescription(of: source, architecture: Self.amd64)
        binary.version = version
        binary.source = SourceReference(name: source.name, version: source.version)
        let file = try builder().package(binary, changelog: source, targetBytes: 0)
        let changes = try builder().changes(
            of: source, version: version, nameArchitecture: "amd64", files: [file])
        let upload = MemoryUpload([file.name.rawValue: file.bytes, changes.name.rawValue: changes.bytes])
        let check = BinaryUploadCheck(
            architecture: Self.amd64, source: source.name, sourceVersion: source.version)
        guard case .accepted(let accepted) = try check.verdict(on: upload, now: Self.time) else {
            Issue.record("the rebuild was refused")
            return
        }
        #expect(accepted.binaries[0].version == version)
        #expect(accepted.changes.sourceVersion == source.version)
    }

    @Test("texts that would break the format are refused")
    func injection() throws {
        #expect(throws: DebianFormatsError.self) { try SourceDescription(name: "a b", version: "1.0") }
        #expect(throws: DebianFormatsError.self) { try SourceDescription(name: "made-up", version: "1_0") }
        #expect(throws: DebianFormatsError.self) {
            try SourceDescription(name: "made-up", version: "1", maintainer: "x")
        }
        let source = try SourceDescription(name: "made-up", version: "1.0", distribution: "lucid\nEvil: 1")
        #expect(throws: DebianFormatsError.self) {
            try builder().results(of: source, architecture: Self.amd64, totalBytes: 0)
        }
    }

    @Test(
        "dates are those of the calendar",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 +0000"), (1_283_299_200, "Wed, 01 Sep 2010 00:00:00 +0000"),
            (951_827_696, "Tue, 29 Feb 2000 12:34:56 +0000"),
            (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 +0000"),
            (-1, "Wed, 31 Dec 1969 23:59:59 +0000"), (157_766_400, "Wed, 01 Jan 1975 00:00:00 +0000"),
        ] as [(Int64, String)])
    func dates(seconds: Int64, text: String) {
        #expect(DebianDate.text(Instant(seconds: seconds)) == text)
    }
}
