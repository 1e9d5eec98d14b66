import DebianFormats

/// Tar and ar archives written byte by byte, so that the reader is not only tested against its own library, and
/// so that they can be wrong on purpose.
enum HandMade {
    struct TarMember {
        var path: String
        var type: Character = "0"
        var link = ""
        var bytes: [UInt8] = []
        var modified = 1_283_299_200
        /// What the header says; nil for the truth.
        var claimedSize: Int?

        static func file(_ path: String, _ text: String = "") -> TarMember {
            TarMember(path: path, bytes: Array(text.utf8))
        }
        static func directory(_ path: String) -> TarMember { TarMember(path: path, type: "5") }
        static func symbolicLink(_ path: String, to target: String) -> TarMember {
            TarMember(path: path, type: "2", link: target)
        }
        static func hardLink(_ path: String, to target: String) -> TarMember {
            TarMember(path: path, type: "1", link: target)
        }
    }

    static func tar(_ members: [TarMember], ended: Bool = true) -> [UInt8] {
        var tar: [UInt8] = []
        for member in members {
            tar += header(member) + member.bytes
            tar += [UInt8](repeating: 0, count: (512 - member.bytes.count % 512) % 512)
        }
        return tar + [UInt8](repeating: 0, count: ended ? 1024 : 0)
    }

    private static func header(_ member: TarMember) -> [UInt8] {
        func text(_ value: String, _ count: Int) -> [UInt8] {
            let bytes = Array(value.utf8.prefix(count))
            return bytes + [UInt8](repeating: 0, count: count - bytes.count)
        }
        func octal(_ value: Int, _ count: Int) -> [UInt8] {
            let digits = String(value, radix: 8)
            return text(String(repeating: "0", count: count - 1 - digits.count) + digits, count)
        }
        let front =
            text(member.path, 100) + octal(0o755, 8) + octal(0, 8) + octal(0, 8)
            + octal(member.claimedSize ?? member.bytes.count, 12) + octal(member.modified, 12)
        let back =
            text(String(member.type), 1) + text(member.link, 100) + text("ustar", 6) + text("00", 2)
            + text("root", 32) + text("root", 32) + octal(0, 8) + octal(0, 8) + text("", 167)
        let sum = (front + back).reduce(0) { $0 + Int($1) } + 8 * 0x20
        return front + octal(sum, 7) + [0x20] + back
    }

    static func ar(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        var ar = Array("!<arch>\n".utf8)
        for (name, bytes) in members {
            func column(_ value: String, _ count: Int) -> [UInt8] {
                Array(value.utf8) + [UInt8](repeating: 0x20, count: count - value.utf8.count)
            }
            ar += column(name, 16) + column("1283299200", 12) + column("0", 6) + column("0", 6)
            ar += column("100644", 8) + column(String(bytes.count), 10) + [0x60, 0x0A] + bytes
            if bytes.count % 2 == 1 { ar.append(0x0A) }
        }
        return ar
    }

    static let control = """
        Package: hello
        Version: 1.0
        Architecture: amd64
        Maintainer: A <a@b>
        Description: x

        """

    /// A package without compression.
    static func deb(
        control: String = control, data: [TarMember] = [.directory("./"), .file("./hello", "hi\n")],
        controlMembers: [TarMember]? = nil, version: String = "2.0\n"
    ) -> [UInt8] {
        ar([
            ("debian-binary", Array(version.utf8)),
            ("control.tar", tar(controlMembers ?? [.directory("./"), .file("./control", control)])),
            ("data.tar", tar(data)),
        ])
    }
}
