import DebianFormats
import Testing

@Suite("Names")
struct NamesTests {
    @Test(
        "file names are taken apart",
        arguments: [
            ("hello_1.0-1_amd64.deb", "hello", "1.0-1", "amd64", UploadFileName.Kind.binary(.deb)),
            ("tinyinst-udeb_0.3_amd64.udeb", "tinyinst-udeb", "0.3", "amd64", .binary(.udeb)),
            ("libgolden1-dbgsym_0.9.1-1_amd64.ddeb", "libgolden1-dbgsym", "0.9.1-1", "amd64", .binary(.ddeb)),
            ("hello_1.0_source.changes", "hello", "1.0", "source", .changes),
            ("hello_1.0_amd64+i386.changes", "hello", "1.0", "amd64+i386", .changes),
            ("hello_1.0_source.buildinfo", "hello", "1.0", "source", .buildInfo),
            (
                "c++kit_0.1~beta1+bzr5-1ubuntu1~ppa1.dsc", "c++kit", "0.1~beta1+bzr5-1ubuntu1~ppa1", nil,
                .sourceControl
            ),
            ("hello_1.0.orig.tar.gz", "hello", "1.0", nil, .source(.original(component: nil, .gz))),
            (
                "hello_1.0.orig.tar.xz.asc", "hello", "1.0", nil,
                .source(.originalSignature(component: nil, .xz))
            ),
            (
                "hello_1.0.orig-data-2.tar.bz2", "hello", "1.0", nil,
                .source(.original(component: "data-2", .bz2))
            ),
            ("hello_1.0-1.debian.tar.xz", "hello", "1.0-1", nil, .source(.debianTarball(.xz))),
            ("hello_1.0.tar.gz", "hello", "1.0", nil, .source(.nativeTarball(.gz))),
            ("hello_1.0-1.diff.gz", "hello", "1.0-1", nil, .source(.diff)),
        ] as [(String, String, String, String?, UploadFileName.Kind)])
    func known(
        file: String, package: String, version: String, architecture: String?, kind: UploadFileName.Kind
    ) throws {
        let name = try UploadFileName(file)
        #expect(name.package.rawValue == package)
        #expect(name.version == version)
        #expect(name.architecture == architecture)
        #expect(name.kind == kind)
        #expect(name.description == file)
    }

    @Test(
        "file names of no known form are refused",
        arguments: [
            "notes.txt", "hello_1.0.txt", "hello_1.0_amd64.rpm", "hello_1.0_amd64_x.deb", "_1.0_amd64.deb",
            "hello__amd64.deb", "hello_1.0_.deb", "hello_1.0_amd64", "hello_1.0.tar.lzma",
            "hello_1.0.tar.gz.asc",
            "hello_1.0-1.debian.tar.gz.asc", "hello_1.0.orig-.tar.gz", "hello_1.0_AMD64.deb", "h_1.0_all.deb",
            "hello_1.0_i386.deb.changes", "hello_~1_amd64.deb", "hello_.dsc", "hello_1.0-_all.deb",
        ])
    func unknown(file: String) {
        let error = #expect(throws: DebianFormatsError.self) { try UploadFileName(file) }
        #expect(error?.code == .fileName)
    }

    @Test(
        "unsafe names are refused before anything else",
        arguments: [
            "", ".", "..", ".hidden", "a/b", "../a", "/etc/passwd", "a b", "a\nb", "a\u{0}b", "é", "a:b",
            "a%2e",
            "a\\b", "\u{202E}a", String(repeating: "x", count: 256),
        ])
    func unsafe(file: String) {
        let error = #expect(throws: DebianFormatsError.self) { try UploadFileName(file) }
        #expect(error?.code == .nameUnsafe)
        // What is shown of a hostile name cannot disturb a terminal.
        #expect(
            error?.description.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E } == true)
    }

    @Test("safe names may use the whole allowed set")
    func safe() throws {
        #expect(try SafeFileName("aZ0_-+~.").rawValue == "aZ0_-+~.")
        #expect(try SafeFileName(String(repeating: "x", count: 255)).rawValue.count == 255)
    }

    @Test("package names follow the archive's rule")
    func packages() throws {
        for name in ["a0", "libstdc++6", "0ad", "x.y-z+", "Upper"] {
            #expect(try PackageName(name).rawValue == name)
        }
        for name in ["", "a", "-ab", "+ab", "a_b", "a b", "ab!", "äb", String(repeating: "a", count: 201)] {
            let error = #expect(throws: DebianFormatsError.self) { try PackageName(name) }
            #expect(error?.code == .nameSyntax, "\(name)")
        }
    }

    @Test("architectures are lower-case words")
    func architectures() throws {
        for name in ["amd64", "all", "any", "linux-any", "hurd-i386"] {
            #expect(try ArchitectureName(name).rawValue == name)
        }
        for name in ["", "AMD64", "a_b", "-any", "a b", "ä"] {
            #expect(throws: DebianFormatsError.self) { try ArchitectureName(name) }
        }
    }

    @Test("sections carry their component")
    func sections() throws {
        #expect(try Section("utils").component == "main")
        #expect(try Section("universe/utils").component == "universe")
        #expect(try Section("universe/utils").name == "utils")
        #expect(try Section("main/utils") == Section("utils"))
        #expect(try Section("raw-translations").isCustom)
        for text in ["", "/", "a/", "/b", "a/b/c", "a b"] {
            #expect(throws: DebianFormatsError.self) { try Section(text) }
        }
    }

    @Test("priorities are read in any case, and a hyphen is extra")
    func priorities() {
        #expect(PackagePriority(word: "Optional") == .optional)
        #expect(PackagePriority(word: "-") == .extra)
        #expect(PackagePriority(word: "urgent") == nil)
    }

    @Test(
        "persons are a name and an address",
        arguments: [
            ("Alice Archive <alice@example.com>", "Alice Archive", "alice@example.com"),
            ("<bob@example.com>", "", "bob@example.com"),
            ("carol@example.com", "", "carol@example.com"),
            ("Zoë \"Z\" Ångström <zoe@example.com>", "Zoë \"Z\" Ångström", "zoe@example.com"),
            ("buildd_lgw01", "", "buildd_lgw01"),
        ])
    func persons(text: String, name: String, address: String) throws {
        let person = try MailAddress(text)
        #expect(person.name == name)
        #expect(person.address == address)
    }

    @Test(
        "texts without an address are no persons",
        arguments: [
            "", "Alice", "Alice <>", "Alice <alice>", "@example.com", "alice@", "a b@example.com", "A <a@b",
        ])
    func noPersons(text: String) {
        let error = #expect(throws: DebianFormatsError.self) { try MailAddress(text) }
        #expect(error?.code == .addressSyntax)
    }
}
