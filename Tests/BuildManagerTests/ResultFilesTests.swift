import BuildManager
import BuilddProtocol
import FarmModel
import Testing

@Suite("File maps of finished builds")
struct ResultFilesTests {
    private static let sum = String(repeating: "0a", count: 20)

    private static func check(_ names: [String], limit: Int = 100) -> Result<[[String]], ResultFilesError> {
        do throws(ResultFilesError) {
            return .success(
                try ResultFiles.check(names.map { .init(name: $0, sum: sum) }, limit: limit).map(\.path))
        } catch {
            return .failure(error)
        }
    }

    @Test(
        "names that a build may leave",
        arguments: [
            "hello_2.10-2_amd64.deb", "hello_2.10-2_amd64.changes", "a", "a b", "é", "日本.deb", "~x", "x~",
            "-x", "...",
            "..x", "x..", ".hidden", "a:b", "a*b", "dir/file", "a/b/c/d/e/f/g/h", "COM1", "%2e%2e",
            String(repeating: "n", count: 255), "x/\u{301}../\u{308}y", "a/\u{200D}/b",
        ])
    func accepted(name: String) {
        let parts = name.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
        #expect(Self.check([name]) == .success([parts]))
    }

    @Test(
        "names that could lead out of the leaf, or that no disk takes",
        arguments: [
            "", ".", "..", "/", "/x", "//x", "../x", "x/..", "x/../y", "a/../../x", "./x", "x/.", "x/",
            "x//y", "x\u{0}",
            "\u{0}", "x\ny", "x\ry", "\t", "x\u{7F}", "x\\y", "..\\x", String(repeating: "n", count: 256),
            String(repeating: "é", count: 128), String(repeating: "n", count: 4096),
            String(repeating: "n/", count: 2048) + "n", "a/b/c/d/e/f/g/h/i",
            // A slash with an accent is one character to Swift, and a slash to the disk.
            "../\u{301}x", "/\u{301}etc", "../\u{FE0F}x", "../\u{301}", "a/../\u{308}b", "x/\u{301}/../y",
        ])
    func refused(name: String) {
        guard case .failure(let error) = Self.check([name]) else {
            Issue.record("\(name.debugDescription) was accepted")
            return
        }
        #expect(error.message.contains("no safe name"))
    }

    @Test(
        "no accepted name has a part that leads up, whatever stands between the dots",
        arguments: [5, 6] as [UInt64])
    func randomNames(seed: UInt64) {
        print("result files: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let pieces = [
            ".", "..", "/", "x", "\u{301}", "\u{200D}", "\u{0}", "\\", "é", "\u{FE0F}", "\r", "\n",
            "\u{E0020}",
        ]
        var accepted = 0
        for _ in 0..<50_000 {
            let name = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
            guard case .success(let paths) = Self.check([name]) else { continue }
            accepted += 1
            let bytes = Array(name.utf8)
            let parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            #expect(
                parts.allSatisfy { !$0.isEmpty && $0 != [0x2E] && $0 != [0x2E, 0x2E] && !$0.contains(0) })
            #expect(paths.first?.map { Array($0.utf8) } == parts.map(Array.init))
        }
        #expect(accepted > 1000)
    }

    @Test("a name twice is refused, in any spelling that a disk might take for the same")
    func duplicates() {
        #expect(Self.check(["a", "b"]) == .success([["a"], ["b"]]))
        for names in [["a", "a"], ["a", "b", "a"], ["\u{E9}", "e\u{301}"]] {
            guard case .failure(let error) = Self.check(names) else {
                Issue.record("\(names) were accepted")
                continue
            }
            #expect(error.message.contains("two files"))
        }
    }

    @Test("a file below another file is refused, in either order")
    func fileBelowFile() {
        for names in [["a", "a/b"], ["a/b", "a"], ["x", "a/b/c", "a/b"], ["a/b/c/d", "a"]] {
            guard case .failure(let error) = Self.check(names) else {
                Issue.record("\(names) were accepted")
                continue
            }
            #expect(error.message.contains("below another file"))
        }
        #expect(Self.check(["a/b", "a/c", "ab"]) == .success([["a", "b"], ["a", "c"], ["ab"]]))
    }

    @Test(
        "only a SHA-1 in lower case is a sum",
        arguments: ["", "0a", String(repeating: "0A", count: 20), String(repeating: "0a", count: 32), "x"])
    func sums(sum: String) {
        #expect(throws: ResultFilesError.self) {
            try ResultFiles.check([.init(name: "a", sum: sum)], limit: 10)
        }
    }

    @Test("the number of files is limited before any is looked at")
    func limit() {
        #expect(Self.check([], limit: 0) == .success([]))
        #expect(Self.check(["a", "b"], limit: 2) == .success([["a"], ["b"]]))
        guard case .failure(let error) = Self.check(["a", "..", "c"], limit: 2) else {
            Issue.record("three of two files were accepted")
            return
        }
        #expect(error.message == "the build left 3 files; at most 2 are taken")
    }

    @Test("a hostile name is shown short and on one line")
    func messages() {
        guard
            case .failure(let error) = Self.check(["../\n\u{1B}" + String(repeating: "y\u{301}", count: 5000)]
            )
        else {
            Issue.record("a hostile name was accepted")
            return
        }
        #expect(error.message.utf8.count < 200)
        #expect(error.message.unicodeScalars.allSatisfy { $0.value >= 0x20 })
        #expect(error.description == error.message)
    }

    @Test("name and sum of an accepted file")
    func accepted() throws {
        let files = try ResultFiles.check([.init(name: "d/a.deb", sum: Self.sum)], limit: 1)
        #expect(files.map(\.name) == ["d/a.deb"])
        #expect(files.map(\.path) == [["d", "a.deb"]])
        #expect(files.map(\.sum) == [try #require(SHA1Digest(Self.sum))])
    }
}
