import DebianFormats
import FarmModel
import Testing

@Suite("Reading packages")
struct DebArchiveTests {
    private func read(_ bytes: [UInt8], limits: DebLimits = DebLimits()) throws -> DebArchive {
        try DebArchive(reading: MemoryByteSource(bytes), limits: limits)
    }

    /// The code a package is refused with, nil if it is taken.
    private func code(_ bytes: [UInt8], limits: DebLimits = DebLimits()) throws -> FormatProblem.Code? {
        do {
            _ = try read(bytes, limits: limits)
            return nil
        } catch let error as DebianFormatsError {
            return error.code
        }
    }

    @Test("every recorded package is read, and dpkg-deb sees the same in it")
    func recorded() throws {
        let paths = try Golden.files(below: "ppa/builds", ending: ".deb", ".udeb", ".ddeb")
        #expect(paths.count == 17)
        var compressions: Set<PackageCompression> = []
        for path in paths {
            let archive = try read(try Golden.bytes(path))
            let control = try BinaryControl(archive.control)
            let name = try UploadFileName(String(try #require(path.split(separator: "/").last)))
            #expect(control.package == name.package, "\(path)")
            #expect(control.version.withoutEpoch == name.version, "\(path)")
            #expect(control.architecture.rawValue == name.architecture, "\(path)")
            compressions.insert(archive.dataCompression)

            let fields = try Tool.run("dpkg-deb", ["--field", "\(Golden.root)/\(path)"])
            #expect(Deb822.text(of: archive.control) == fields, "\(path)")
            let listing = try Tool.run("dpkg-deb", ["--contents", "\(Golden.root)/\(path)"])
            let listed = listing.split(separator: "\n").map { String($0.split(separator: " ").last ?? "") }
            let ours = archive.dataMembers.map {
                "./\($0.path)" + ($0.kind == .directory && $0.path != "" ? "/" : "")
            }
            #expect(ours == listed, "\(path)")
        }
        #expect(compressions == [.gzip, .xz, .zstd])
    }

    @Test("a package from a file is the same as one from memory in small portions")
    func sources() throws {
        let path = "ppa/builds/longdesc_1.0/longdesc_1.0+b1_amd64.deb"
        let bytes = try Golden.bytes(path)
        let fromFile = try DebArchive(reading: FileByteSource(path: "\(Golden.root)/\(path)"))
        let fromPortions = try DebArchive(reading: DribblingSource(bytes: bytes))
        #expect(fromFile.control == fromPortions.control)
        #expect(fromFile.dataMembers == fromPortions.dataMembers)
        #expect(fromFile.controlMembers.map(\.path) == ["", "control"])
    }

    @Test("every kind of member is listed with what is known of it")
    func members() throws {
        let archive = try read(
            HandMade.deb(data: [
                .directory("./"), .directory("./usr/"), .file("./usr/a", "12345"),
                .symbolicLink("./usr/b", to: "/etc/passwd"), .hardLink("./usr/c", to: "./usr/a"),
                .file("usr/without-dot", "x"),
            ]))
        #expect(archive.dataMembers.map(\.path) == ["", "usr", "usr/a", "usr/b", "usr/c", "usr/without-dot"])
        #expect(
            archive.dataMembers.map(\.kind) == [
                .directory, .directory, .file, .symbolicLink(target: "/etc/passwd"),
                .hardLink(target: "./usr/a"),
                .file,
            ])
        #expect(archive.dataMembers.map(\.size) == [0, 0, 5, 0, 0, 1])
        #expect(archive.dataSize == 6)
        #expect(archive.dataMembers.allSatisfy { $0.modified == 1_283_299_200 })
        #expect(archive.dataCompression == .none)
    }

    @Test("members that newer versions of the format may add are passed over")
    func extraMembers() throws {
        let control = ("control.tar", HandMade.tar([.file("./control", HandMade.control)]))
        let data = ("data.tar", HandMade.tar([.file("./a")]))
        let version = ("debian-binary", Array("2.7\nmore\n".utf8))
        #expect(
            try code(HandMade.ar([version, ("_x", [1]), control, ("_y", [1, 2]), data, ("sig", [1])])) == nil)
        #expect(try code(HandMade.ar([version, ("x", [1]), control, data])) == .debBroken)
        #expect(try code(HandMade.ar([version, control, ("x", [1]), data])) == .debBroken)
    }

    @Test("a container that is no package is refused")
    func containers() throws {
        let control = ("control.tar", HandMade.tar([.file("./control", HandMade.control)]))
        let data = ("data.tar", HandMade.tar([.file("./a")]))
        let version = ("debian-binary", Array("2.0\n".utf8))
        let folder = try ScratchFolder()
        try folder.write("data.tar", data.1)
        try Tool.run("gzip", ["-n", "data.tar"], in: folder.path)
        let gzip = try folder.bytes("data.tar.gz")
        #expect(try code(HandMade.ar([version, control, ("data.tar.gz", gzip)])) == nil)
        let odd: [(String, [UInt8])] = [
            ("empty", []), ("text", Array("hello, world\n".utf8)),
            ("only the magic", Array("!<arch>\n".utf8)),
            ("wrong order", HandMade.ar([version, data, control])),
            ("no version", HandMade.ar([control, data])),
            ("no control", HandMade.ar([version, data])), ("no data", HandMade.ar([version, control])),
            ("version 3", HandMade.ar([("debian-binary", Array("3.0\n".utf8)), control, data])),
            ("version 2.x", HandMade.ar([("debian-binary", Array("2.x\n".utf8)), control, data])),
            (
                "long version",
                HandMade.ar([("debian-binary", [UInt8](repeating: 0x32, count: 500)), control, data])
            ),
            ("gzip behind gzip", HandMade.ar([version, control, ("data.tar.gz", gzip + gzip)])),
            ("junk behind gzip", HandMade.ar([version, control, ("data.tar.gz", gzip + [0])])),
            ("unknown compression", HandMade.ar([version, ("control.tar.Z", control.1), data])),
            ("wrong compression", HandMade.ar([version, ("control.tar.gz", control.1), data])),
            ("no tar", HandMade.ar([version, control, ("data.tar", Array("not a tar".utf8))])),
            ("empty tar", HandMade.ar([version, control, ("data.tar", [])])),
            ("junk behind", HandMade.ar([version, control, data]) + Array("junk".utf8)),
            (
                "much junk behind",
                HandMade.ar([version, control, data]) + [UInt8](repeating: 0x41, count: 1000)
            ),
            ("no control file", HandMade.deb(controlMembers: [.file("./md5sums")])),
            (
                "two control files",
                HandMade.deb(controlMembers: [
                    .file("./control", HandMade.control), .file("control", HandMade.control),
                ])
            ),
        ]
        for (name, bytes) in odd { #expect(try code(bytes) == .debBroken, "\(name)") }
        #expect(try code(HandMade.deb()) == nil)
    }

    @Test("a broken control file is refused with its own reason")
    func controlFiles() throws {
        #expect(try code(HandMade.deb(control: "")) == .tagfileEmpty)
        #expect(try code(HandMade.deb(control: "Package\n")) == .tagfileSyntax)
        #expect(try code(HandMade.deb(control: "A: 1\nA: 2\n")) == .duplicateField)
        #expect(try code(HandMade.deb(control: "A: 1\n\nB: 2\n")) == .tagfileSyntax)
    }

    @Test("no beginning of a package passes for the package")
    func truncated() throws {
        for folder in ["fmt10_1.2-3/fmt10_1.2-3_amd64.deb", "longdesc_1.0/longdesc_1.0+b1_amd64.deb"]
            + ["hello-ppa_1.0/hello-ppa_1.0_all.deb"]
        {
            let bytes = try Golden.bytes("ppa/builds/\(folder)")
            for count in 0..<bytes.count {
                // The line feed behind a last member of odd size may be missing.
                if count == bytes.count - 1, bytes.last == 0x0A { continue }
                #expect(try code(Array(bytes.prefix(count))) != nil, "\(folder) cut to \(count) bytes")
            }
        }
    }

    @Test("a damaged compressed stream is noticed wherever the damage is")
    func damaged() throws {
        let seed: UInt64 = 0x5EED_0020
        print("DebArchiveTests.damaged seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        for compression in [PackageCompression.gzip, .xz, .zstd, .bzip2] {
            let builder = PackageBuilder(
                seed: 1, modified: Instant(seconds: 1_283_299_200), compression: compression)
            let source = try SourceDescription(name: "hello", version: "1.0")
            let bytes = try builder.package(
                BinaryDescription(of: source, architecture: try ArchitectureName("amd64")), changelog: source,
                targetBytes: 3000
            ).bytes
            #expect(try code(bytes) == nil)
            // The payload makes up most of the file, and every part of it is covered by a checksum.
            for _ in 0..<40 {
                var damaged = bytes
                let place = bytes.count / 2 + Int(generator.next() % UInt64(bytes.count / 4))
                damaged[place] ^= UInt8(1 << (generator.next() % 8))
                let isNoticed = try code(damaged) != nil
                // zstd's frames carry a checksum only if their maker asked for one.
                #expect(isNoticed || compression == .zstd, "\(compression), byte \(place), seed \(seed)")
            }
        }
    }

    @Test("random damage anywhere never does more than being refused")
    func fuzz() throws {
        let seed: UInt64 = 0x5EED_0021
        print("DebArchiveTests.fuzz seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let originals =
            try Golden.files(below: "ppa/builds", ending: ".deb").prefix(6).map { try Golden.bytes($0) }
            + [HandMade.deb()]
        var refused = 0
        for round in 0..<1500 {
            var bytes = originals[round % originals.count]
            for _ in 0...(generator.next() % 4) {
                bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(
                    truncatingIfNeeded: generator.next())
            }
            if try code(bytes) != nil { refused += 1 }
        }
        #expect(refused > 500, "seed \(seed)")
    }

    @Test(
        "trees that would leave their directory, or hold what no package may, are refused",
        arguments: [
            [.file("../evil")], [.file("./a/../../evil")], [.file("/etc/evil")], [.file("usr/..")],
            [.symbolicLink("./l", to: "/"), .file("./l/evil")],
            [.symbolicLink("./a/l", to: ".."), .directory("./a/l/x")],
            [.hardLink("./h", to: "/etc/passwd")], [.hardLink("./h", to: "../x")],
            [.hardLink("./h", to: "./later")],
            [.directory("./d"), .hardLink("./h", to: "./d")],
            [.symbolicLink("./l", to: "x"), .hardLink("./h", to: "./l")],
            [HandMade.TarMember(path: "./dev", type: "3")], [HandMade.TarMember(path: "./blk", type: "4")],
            [HandMade.TarMember(path: "./pipe", type: "6")], [.symbolicLink("./l", to: "")], [.file(".")],
        ] as [[HandMade.TarMember]])
    func unsafeTrees(members: [HandMade.TarMember]) throws {
        #expect(try code(HandMade.deb(data: members)) == .unpackUnsafe)
        let inControl = [HandMade.TarMember.file("./control", HandMade.control)] + members
        #expect(try code(HandMade.deb(controlMembers: inControl)) == .unpackUnsafe)
    }

    @Test("links that stay harmless are allowed")
    func harmlessLinks() throws {
        let members: [HandMade.TarMember] = [
            .symbolicLink("./l", to: "../../outside"), .file("./link-like/x"),
            .symbolicLink("./link", to: "link-like"),
            .file("./f", "x"), .hardLink("./h", to: "f"), .hardLink("./i", to: "./h"),
        ]
        #expect(try code(HandMade.deb(data: members)) == nil)
    }

    @Test("a bomb is stopped by its size, by its ratio and by its number of members")
    func bombs() throws {
        let zeros = [UInt8](repeating: 0, count: 4 << 20)
        let data = HandMade.tar([.init(path: "./zeros", bytes: zeros)])
        let folder = try ScratchFolder()
        try folder.write("data.tar", data)
        try Tool.run("xz", ["data.tar"], in: folder.path)
        let compressed = try folder.bytes("data.tar.xz")
        #expect(compressed.count < 10_000)
        let bomb = HandMade.ar([
            ("debian-binary", Array("2.0\n".utf8)),
            ("control.tar", HandMade.tar([.file("./control", HandMade.control)])),
            ("data.tar.xz", compressed),
        ])
        #expect(try code(bomb) == nil)
        var limits = DebLimits()
        limits.dataBytes = 1 << 20
        #expect(try code(bomb, limits: limits) == .unpackLimit)
        limits = DebLimits()
        limits.ratioCountsFrom = 1 << 20
        #expect(try code(bomb, limits: limits) == .unpackLimit)
        limits.ratio = 10_000
        #expect(try code(bomb, limits: limits) == nil)

        let crowd = HandMade.deb(data: (0..<100).map { .file("./f\($0)") })
        limits = DebLimits()
        limits.members = 99
        #expect(try code(crowd, limits: limits) == .unpackLimit)
        limits.members = 100
        #expect(try code(crowd, limits: limits) == nil)
        limits.pathBytes = 289
        #expect(try code(crowd, limits: limits) == .unpackLimit)
        limits.pathBytes = 290
        #expect(try code(crowd, limits: limits) == nil)
        limits.outerMembers = 2
        #expect(try code(crowd, limits: limits) == .unpackLimit)
        limits = DebLimits()
        limits.controlFileBytes = 10
        #expect(try code(HandMade.deb(), limits: limits) == .unpackLimit)
        limits = DebLimits()
        limits.controlBytes = 1000
        #expect(try code(HandMade.deb(), limits: limits) == .unpackLimit)
    }

    @Test("a file that claims more than it has is refused")
    func claimedSizes() throws {
        for size in [10_000, 0o77777777777] {
            let liar = HandMade.TarMember(path: "./liar", bytes: [1, 2, 3], claimedSize: size)
            #expect(try code(HandMade.deb(data: [liar])) == .debBroken, "\(size)")
        }
    }

    @Test("names in other encodings are shown, not refused")
    func odderNames() throws {
        let archive = try read(HandMade.deb(data: [.file("./naïve–☃")]))
        #expect(archive.dataMembers.map(\.path) == ["naïve–☃"])
    }

    @Test(
        "long names and names in other encodings are read from all kinds of tar",
        arguments: ["ustar", "gnu", "pax"])
    func tarFormats(format: String) throws {
        let folder = try ScratchFolder()
        let long = String(repeating: "d/", count: 40) + String(repeating: "f", count: 90)
        try Tool.run(
            "sh", ["-c", "mkdir -p $(dirname \(long)) && echo x > \(long) && echo y > ünïcode"],
            in: folder.path)
        try Tool.run(
            "tar", ["--format=\(format)", "--mtime=2010-09-01", "-cf", "data.tar", long, "ünïcode"],
            in: folder.path)
        let archive = try read(
            HandMade.ar([
                ("debian-binary", Array("2.0\n".utf8)),
                ("control.tar", HandMade.tar([.file("./control", HandMade.control)])),
                ("data.tar", try folder.bytes("data.tar")),
            ]))
        #expect(archive.dataMembers.map(\.path) == [long, "ünïcode"])
        #expect(archive.dataMembers.map(\.size) == [2, 2])
    }

    @Test("errors of a source come out as they are, at whatever depth they happen")
    func sourceErrors() throws {
        let bytes = try Golden.bytes("ppa/builds/hello-ppa_1.0/hello-ppa_1.0_all.deb")
        for count in [0, 8, 70, 100, 300, 700] {
            let source = BreakingSource(rest: Array(bytes.prefix(count)))
            #expect(throws: FailingSource.Failure.self, "after \(count) bytes") {
                try DebArchive(reading: source)
            }
        }
    }
}

/// Gives some bytes and breaks down.
private struct BreakingSource: ByteSource {
    var rest: [UInt8]

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !rest.isEmpty else { throw FailingSource.Failure() }
        let count = min(rest.count, buffer.count)
        buffer.copyBytes(from: rest.prefix(count))
        rest.removeFirst(count)
        return count
    }
}
