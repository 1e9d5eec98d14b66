import FarmRunner
import Foundation
import TestSupport
import Testing

@Suite("A farm's directory")
struct FarmDirectoryTests {
    @Test("a directory that was never a farm's is refused, and nothing in it is touched")
    func foreign() throws {
        let scratch = try ScratchDirectory()
        try scratch.write("home/letter", [1, 2, 3])
        let directory = FarmDirectory(scratch.path("home"))
        for isEmptied in [true, false] {
            #expect {
                try directory.claim(isEmptied: isEmptied)
            } throws: { error in
                "\(error)".hasSuffix(
                    "home is not empty and was not made by baikonur; name another directory with --farm")
            }
        }
        #expect(scratch.names(in: "home") == ["letter"])
        #expect(try scratch.read("home/letter") == [1, 2, 3])
    }

    @Test("a farm's directory is emptied when that is asked for, else kept")
    func emptied() throws {
        let scratch = try ScratchDirectory()
        let directory = FarmDirectory(scratch.path("a/b/farm"))
        try directory.claim(isEmptied: true).release()
        try scratch.write("a/b/farm/library/00/file", [1])
        try scratch.write("a/b/farm/events.jsonl", [2])
        try directory.claim(isEmptied: false).release()
        #expect(scratch.names(in: "a/b/farm") == [".baikonur-farm", "events.jsonl", "library"])
        try directory.claim(isEmptied: true).release()
        #expect(scratch.names(in: "a/b/farm") == [".baikonur-farm"])
    }

    @Test("a farm that runs keeps others out of its directory")
    func claimed() throws {
        let scratch = try ScratchDirectory()
        let directory = FarmDirectory(scratch.path("farm"))
        let claim = try directory.claim(isEmptied: false)
        try scratch.write("farm/events.jsonl", [2])
        #expect {
            try directory.claim(isEmptied: true)
        } throws: { error in
            "\(error)".contains("a farm runs in \(directory.root) already")
        }
        #expect(scratch.names(in: "farm").contains("events.jsonl"))
        claim.release()
        try directory.claim(isEmptied: true).release()
        #expect(!scratch.names(in: "farm").contains("events.jsonl"))
    }

    @Test("a directory that cannot be made is an error that names it")
    func unusable() throws {
        let scratch = try ScratchDirectory()
        try scratch.write("file", [1])
        #expect {
            try FarmDirectory(scratch.path("file/farm")).claim(isEmptied: true)
        } throws: { error in
            "\(error)".hasPrefix("cannot prepare \(scratch.path("file/farm"))")
        }
    }
}
