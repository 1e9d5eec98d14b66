import FarmModel
import Testing

@Suite("Text from outside")
struct ForeignTextTests {
    @Test(
        "a message is one line without controls",
        arguments: [
            ("plain", "plain"), ("", ""), ("a\nb\r\nc\td", "a b  c d"),
            ("a\u{0}b\u{1B}[31m", "a\u{FFFD}b\u{FFFD}[31m"),
            ("x\u{202E}y", "x\u{FFFD}y"), ("a\u{2028}b", "a b"), ("\u{7F}\u{9B}", "\u{FFFD}\u{FFFD}"),
            ("žluťoučký 日本 🚀", "žluťoučký 日本 🚀"),
        ])
    func oneLine(text: String, shown: String) {
        #expect(ForeignText.shown(text) == shown)
    }

    @Test("a message is cut at its limit in bytes, however few characters it has")
    func limits() {
        #expect(ForeignText.shown("abcdef", limit: 6) == "abcdef")
        #expect(ForeignText.shown("abcdef", limit: 5) == "abcde…")
        // One character to Swift, two million bytes to the disk.
        let heap = "a" + String(repeating: "\u{301}", count: 1_000_000)
        #expect(ForeignText.shown(heap, limit: 80).utf8.count <= 83)
        #expect(ForeignText.stored(heap, limit: 80).utf8.count <= 80)
        // No character is cut in two.
        #expect(ForeignText.shown("ééé", limit: 3) == "é…")
        #expect(ForeignText.stored("ééé", limit: 3) == "é")
    }

    @Test(
        "the credentials of a URL are masked",
        arguments: [
            ("http://buildd:secret@host/x", "http://…@host/x"),
            ("see https://u:p@h:1/ and ftp://v@w/", "see https://…@h:1/ and ftp://…@w/"),
            ("http://u:p@q@host/", "http://…@host/"), ("http://host/a@b", "http://host/a@b"),
            ("http://host:80", "http://host:80"), ("a: b://", "a: b://"), ("mail to a@b", "mail to a@b"),
            ("'http://u:p@h'", "'http://…@h'"), ("::http://u:p@h", "::http://…@h"),
        ])
    func credentials(text: String, shown: String) {
        #expect(ForeignText.shown(text) == shown)
    }

    @Test("a cut leaves no password whose end is out of sight")
    func cutCredentials() {
        let long = "http://buildd:" + String(repeating: "secret", count: 2000) + "@host/"
        #expect(!ForeignText.shown(long, limit: 100).contains("secret"))
        let late = String(repeating: "x", count: 90) + " http://buildd:secret@host/"
        #expect(!ForeignText.shown(late, limit: 107).contains("sec"))
    }

    @Test("given secrets are masked wherever they are")
    func secrets() {
        #expect(ForeignText.shown("a tok-123 b tok-123", hiding: ["tok-123"]) == "a … b …")
        #expect(ForeignText.shown("aaaab", hiding: ["aaab"]) == "a…")
        #expect(ForeignText.shown("abc", hiding: ["a", ""]) == "abc")
    }

    @Test("stored text keeps its lines and loses its NULs")
    func stored() {
        #expect(ForeignText.stored("a\nb\u{0}c", limit: 100) == "a\nbc")
        #expect(ForeignText.stored("\u{0}", limit: 100) == "")
        #expect(ForeignText.stored("abc", limit: 0) == "")
    }

    @Test("a dispatch plan says nothing of its token")
    func plan() throws {
        let job = JobVitals(
            queueEntry: QueueEntryID(1), cookie: BuildCookie(jobType: .packageBuild, build: BuildID(2)))
        let plan = DispatchPlan(
            job: job, sourceName: "hello", sourceVersion: "2.10-2", image: nil, files: [],
            distribution: "ubuntu",
            series: "noble", suiteSuffix: "-updates", architecture: "amd64", isArchIndep: true,
            archivePurpose: "PPA", component: "main", archiveURLs: ["http://u:topsecret@h/"], isPrivate: true,
            fileToken: "topsecret", isVirtualized: true)
        #expect(plan.description == "PACKAGEBUILD-2 (hello 2.10-2, noble-updates amd64)")
        for text in ["\(plan)", String(reflecting: plan), "\(Optional(plan) as Any)", "\([plan])"] {
            #expect(!text.contains("topsecret"))
        }
    }
}
