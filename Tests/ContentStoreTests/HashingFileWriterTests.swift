import ContentStore
import TestSupport
import Testing

@Suite("Hashing file writer")
struct HashingFileWriterTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    @Test("a file is digested while it is written")
    func digests() throws {
        let writer = try HashingFileWriter(creating: scratch.path("file"), limit: 1 << 20)
        let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        for start in stride(from: 0, to: content.count, by: 999) {
            try writer.write(content[start..<min(start + 999, content.count)])
        }
        let stored = try writer.finish(waitsForDisk: true)
        #expect(try scratch.read("file") == content)
        #expect(try stored == FileDigester.digest(content))
        #expect(stored.size == 100_000)
    }

    @Test("a name that is taken is refused, also when it is a link to nowhere")
    func refusesExisting() throws {
        try scratch.write("file", [1])
        #expect(
            contentStoreError { try HashingFileWriter(creating: scratch.path("file"), limit: 1) }
                == .alreadyThere)
        #expect(try scratch.read("file") == [1])
    }

    @Test("an unfinished file is removed")
    func removesUnfinished() throws {
        let writer = try HashingFileWriter(creating: scratch.path("file"), limit: 3)
        try writer.write([1, 2, 3])
        #expect(contentStoreError { try writer.write([4]) } == .tooLarge)
        #expect(scratch.names() == [])
    }
}
