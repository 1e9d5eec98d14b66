import Foundation
import Glibc
import TestSupport
import Testing
import UploadProcessor

@Suite("Leaf contents")
struct LeafContentsTests {
    private let scratch: ScratchDirectory

    init() throws { scratch = try ScratchDirectory() }

    private func read(limits: LeafLimits = .init()) throws -> LeafContents {
        try LeafContents(leafAt: scratch.path("leaf"), archive: 3, distribution: "ubuntu", limits: limits)
    }

    private func code(limits: LeafLimits = .init()) -> UploadProcessorError.Code? {
        do {
            _ = try read(limits: limits)
            return nil
        } catch {
            return (error as? UploadProcessorError)?.code
        }
    }

    private func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: scratch.path(name), withDestinationPath: target)
    }

    @Test("files are listed by name with their sizes")
    func lists() throws {
        try scratch.write("leaf/3/ubuntu/b", [1, 2])
        try scratch.write("leaf/3/ubuntu/a", [1])
        let contents = try read()
        #expect(contents.files.map(\.name) == ["a", "b"])
        #expect(contents.files.map(\.size) == [1, 2])
        #expect(contents.path(contents.files[0]) == scratch.path("leaf/3/ubuntu/a"))
    }

    @Test("an empty leaf is laid out well enough; it is the verifier that finds nothing")
    func empty() throws {
        try FileManager.default.createDirectory(
            atPath: scratch.path("leaf/3/ubuntu"), withIntermediateDirectories: true)
        #expect(try read().files == [])
    }

    @Test(
        "a leaf with other directories than its build's is refused",
        arguments: [
            ["leaf/4/ubuntu/a"], ["leaf/3/debian/a"], ["leaf/a"], ["leaf/3/a"],
            ["leaf/3/ubuntu/a", "leaf/4/ubuntu/a"],
            ["leaf/3/ubuntu/a", "leaf/3/debian/a"], ["leaf/3/ubuntu/a", "leaf/b"], ["leaf/3/ubuntu/sub/a"],
            ["leaf"],
        ])
    func layout(files: [String]) throws {
        for file in files { try scratch.write(file, [1]) }
        #expect(code() == .leafLayout)
    }

    @Test("links, pipes and directories among the files are refused, and nothing blocks on them")
    func specialFiles() throws {
        try scratch.write("secret", [1])
        try scratch.write("leaf/3/ubuntu/a", [1])
        #expect(code() == nil)
        try link("leaf/3/ubuntu/b", to: scratch.path("secret"))
        #expect(code() == .leafLayout)
        #expect(unlink(scratch.path("leaf/3/ubuntu/b")) == 0)
        #expect(mkfifo(scratch.path("leaf/3/ubuntu/b"), 0o600) == 0)
        #expect(code() == .leafLayout)
    }

    @Test(
        "a directory that is a link is refused at every level",
        arguments: ["leaf", "leaf/3", "leaf/3/ubuntu"])
    func linkedDirectories(level: String) throws {
        try scratch.write("leaf/3/ubuntu/a", [1])
        try FileManager.default.moveItem(atPath: scratch.path(level), toPath: scratch.path("elsewhere"))
        try link(level, to: scratch.path("elsewhere"))
        #expect(code() == .leafLayout)
    }

    @Test("too many files, too large a file and too much in all are refused")
    func limits() throws {
        for name in ["a", "b", "c"] { try scratch.write("leaf/3/ubuntu/\(name)", [1, 2, 3, 4]) }
        #expect(code(limits: LeafLimits(files: 3, fileSize: 4, totalSize: 12)) == nil)
        #expect(code(limits: LeafLimits(files: 2, fileSize: 4, totalSize: 12)) == .leafLimit)
        #expect(code(limits: LeafLimits(files: 3, fileSize: 3, totalSize: 12)) == .leafLimit)
        #expect(code(limits: LeafLimits(files: 3, fileSize: 4, totalSize: 11)) == .leafLimit)
    }

    @Test("a name that is not UTF-8 does not stop the reader, and cannot pass for another")
    func brokenName() throws {
        try scratch.write("leaf/3/ubuntu/a", [1])
        let path = Array(scratch.path("leaf/3/ubuntu/x").utf8) + [0xFF, 0]
        let descriptor = path.map { CChar(bitPattern: $0) }.withUnsafeBufferPointer {
            open($0.baseAddress!, O_CREAT | O_WRONLY, 0o600)
        }
        #expect(descriptor >= 0)
        close(descriptor)
        #expect(code() == .leafLayout)
    }
}

@Suite("Upload log")
struct UploadLogTests {
    @Test("foreign text stays on its line and within bounds")
    func bounded() {
        var log = UploadLog()
        log.add("first\nREJECTED\u{2028}x\u{1B}[2J")
        log.add(String(repeating: "x", count: 10_000))
        for number in 0..<6_000 { log.add("line \(number)") }
        let lines = log.text.split(separator: "\n")
        #expect(lines[0] == "first REJECTED x [2J")
        #expect(lines[1].count == 2_001)
        #expect(lines.count == 5_001)
        #expect(lines.last == "(1002 further lines left out)")
    }
}
