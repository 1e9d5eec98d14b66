import DebianFormats
import FarmModel
import Testing

@Suite("Checksums")
struct ChecksumsTests {
    @Test("sums of known texts are the published ones")
    func known() {
        let empty = Checksums(of: [])
        #expect(empty.size == 0)
        #expect(empty.md5.description == "d41d8cd98f00b204e9800998ecf8427e")
        #expect(empty.sha1.description == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
        #expect(
            empty.sha256.description == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        let abc = Checksums(of: Array("abc".utf8))
        #expect(abc.size == 3)
        #expect(abc.md5.description == "900150983cd24fb0d6963f7d28e17f72")
        #expect(abc.sha1.description == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(abc.sha256.description == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test("a file, a source in odd portions and bytes in memory give the same sums")
    func ways() throws {
        let bytes = (0..<300_001).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let expected = Checksums(of: bytes)
        #expect(try Checksums(of: MemoryByteSource(bytes)) == expected)
        #expect(try Checksums(of: DribblingSource(bytes: bytes)) == expected)
        let folder = try ScratchFolder()
        try folder.write("file", bytes)
        let file = try FileByteSource(path: "\(folder.path)/file")
        #expect(file.size == 300_001)
        #expect(try Checksums(of: file) == expected)
        let listed = try Tool.run("md5sum", ["\(folder.path)/file"])
        #expect(listed.hasPrefix(expected.md5.description))
    }

    @Test("only digests in lower-case hexadecimal digits are read")
    func digests() {
        #expect(
            MD5Digest("d41d8cd98f00b204e9800998ecf8427e")?.description == "d41d8cd98f00b204e9800998ecf8427e")
        for text in ["", "d41d", "D41D8CD98F00B204E9800998ECF8427E", "d41d8cd98f00b204e9800998ecf8427e00"] {
            #expect(MD5Digest(text) == nil)
        }
    }

    @Test("errors of a source pass through unchanged")
    func errors() {
        #expect(throws: FailingSource.Failure.self) { try Checksums(of: FailingSource(bytesBefore: 10)) }
    }

    @Test("only plain files are opened")
    func plainFiles() throws {
        let folder = try ScratchFolder()
        try folder.write("file", [1])
        try Tool.run("ln", ["-s", "file", "link"], in: folder.path)
        try Tool.run("mkfifo", ["pipe"], in: folder.path)
        for name in ["link", "pipe", "."] {
            let error = #expect(throws: DebianFormatsError.self) {
                try FileByteSource(path: "\(folder.path)/\(name)")
            }
            #expect(error?.code == .fileType, "\(name)")
        }
        let missing = #expect(throws: DebianFormatsError.self) {
            try FileByteSource(path: "\(folder.path)/none")
        }
        #expect(missing?.code == .inputOutput)
    }
}

/// Gives its bytes in portions of changing size.
struct DribblingSource: ByteSource {
    var bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(1 + position % 997, buffer.count, bytes.count - position)
        buffer.copyBytes(from: bytes[position..<position + count])
        position += count
        return count
    }
}

/// Breaks down after some bytes.
struct FailingSource: ByteSource {
    struct Failure: Error {}
    var bytesBefore: Int

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard bytesBefore > 0 else { throw Failure() }
        let count = min(bytesBefore, buffer.count)
        buffer[..<count].copyBytes(from: repeatElement(0, count: count))
        bytesBefore -= count
        return count
    }
}
