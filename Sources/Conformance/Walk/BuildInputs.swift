internal import Crypto
internal import FarmModel
internal import XMLRPC

/// The files a build needs, and the arguments of its call.
struct BuildInputs: Sendable {
    struct File: Hashable, Sendable {
        var name: String
        var content: [UInt8]

        var sum: String { Insecure.SHA1.hash(data: content).map { Self.hex($0) }.joined() }

        private static func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }
    }

    static let source = "baikonur-conform"
    static let version = "1.0-1"

    let chroot = File(name: "chroot", content: Array("stand-in for the chroot of a conformance run\n".utf8))
    let dsc: File
    let tarball: File
    let architecture: String

    init(architecture: String) {
        self.architecture = architecture
        let stem = "\(Self.source)_\(Self.version)"
        tarball = File(
            name: "\(Self.source)_1.0.tar.gz",
            content: Array("stand-in for the source of a conformance run\n".utf8))
        dsc = File(
            name: "\(stem).dsc",
            content: Array(
                """
                Format: 3.0 (native)
                Source: \(Self.source)
                Binary: \(Self.source)
                Architecture: any
                Version: \(Self.version)
                Maintainer: Conformance <conformance@example.org>
                Checksums-Sha1:
                 \(tarball.sum) \(tarball.content.count) \(tarball.name)

                """.utf8))
    }

    var files: [File] { [chroot, dsc, tarball] }

    /// The file that announces the results (protocol spec 9).
    var changesName: String { "\(Self.source)_\(Self.version)_\(architecture).changes" }

    /// The parameters of a `build` call as a manager sends them (protocol spec 7).
    func call(
        id: String, type: String = "binarypackage", chroot sum: String? = nil, files: XMLRPCValue? = nil,
        url: String = "http://farm.example/+build/1",
        archive: String = "deb http://archive.example/ubuntu noble main",
        isPrivate: Bool = false, more: [(String, XMLRPCValue)] = []
    ) -> [XMLRPCValue] {
        var arguments: XMLRPCValue = [
            "arch_tag": .string(architecture), "archive_private": .boolean(isPrivate),
            "build_url": .string(url),
            "builder_constraints": [], "fast_cleanup": false, "series": "noble", "image_type": "chroot",
            "arch_indep": true, "suite": "noble", "archive_purpose": "PRIMARY", "ogrecomponent": "main",
            "archives": [.string(archive)], "trusted_keys": ["a2V5"], "build_debug_symbols": false,
            // Releases 126 to 225 insist on it, the others do not look.
            "distribution": "ubuntu",
        ]
        if case .structure(var members) = arguments {
            for (name, value) in more { members[name] = value }
            arguments = .structure(members)
        }
        let listed: XMLRPCValue = [dsc.name: .string(dsc.sum), tarball.name: .string(tarball.sum)]
        return [.string(id), .string(type), .string(sum ?? chroot.sum), files ?? listed, arguments]
    }
}
