import Testing

@testable import Conformance

@Suite("Log tails")
struct LogRulesTests {
    private let log = (1...200).map { "line \($0) of the log\n" }.joined()

    @Test("a short tail is the beginning of the log")
    func short() {
        #expect(LogRules.isTail(Array("line 1 ".utf8), of: Array(log.utf8)))
        #expect(LogRules.isTail([], of: Array(log.utf8)))
        #expect(!LogRules.isTail(Array("line 2 ".utf8), of: Array(log.utf8)))
    }

    @Test("a full tail is found wherever the log ended")
    func full() {
        let bytes = Array(log.utf8)
        for end in [2048, 2049, 3000, bytes.count] {
            #expect(LogRules.isTail(Array(bytes[(end - 2048)..<end]), of: bytes))
        }
        var other = Array(bytes.suffix(2048))
        other[0] ^= 1
        #expect(!LogRules.isTail(other, of: bytes))
        #expect(!LogRules.isTail(Array(bytes.suffix(2048)), of: Array(bytes.dropLast(100))))
    }

    @Test(
        "credentials are taken out of URLs",
        arguments: [
            ("deb http://user:secret@host/x main", "deb http://host/x main"),
            ("deb http://:secret@host/x", "deb http://host/x"),
            ("deb http://user@host/x", "deb http://user@host/x"),
            ("deb http://host:80/x@y", "deb http://host:80/x@y"),
            ("http://a:b@ c", "http://a:b@ c"),
            ("http://a:b@", "http://a:b@"),
            ("no address", "no address"),
            ("http://a:b@c http://d:e@f", "http://c http://f"),
        ])
    func credentials(line: String, stripped: String) {
        #expect(String(decoding: LogRules.withoutCredentials(Array(line.utf8)), as: UTF8.self) == stripped)
    }

    @Test("a private tail loses its first line, credentials and the last newline")
    func privateTail() {
        let log = Array("one\nRUN: deb http://u:p@host/ x\nthree\n".utf8)
        let tail = Array("RUN: deb http://host/ x\nthree".utf8)
        #expect(LogRules.privateTail(log) == tail)
        #expect(LogRules.isPrivateTail(tail, of: log + Array("more\n".utf8)))
        #expect(!LogRules.isPrivateTail(Array("RUN: deb http://u:p@host/ x\nthree".utf8), of: log))
        #expect(!LogRules.isPrivateTail(tail + [10], of: log))
        #expect(!LogRules.isPrivateTail(log, of: log))
    }

    @Test("a private tail of a long log is cut before it is stripped")
    func longPrivateTail() {
        let bytes = Array(log.utf8)
        let tail = LogRules.privateTail(Array(bytes[1000..<3048]))
        #expect(LogRules.isPrivateTail(tail, of: bytes))
        #expect(!LogRules.isPrivateTail(Array(tail.dropFirst()), of: bytes))
    }
}
