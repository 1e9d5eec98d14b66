import DebianFormats
import Testing

@Suite("Control data")
struct Deb822Tests {
    private func stanzas(_ text: String, _ options: Deb822.Options = .init()) throws -> [Stanza] {
        var options = options
        options.limits.stanzas = 100
        return try Deb822.stanzas(in: Array(text.utf8), options: options)
    }

    @Test("fields keep their order and spelling and are found in any case")
    func fields() throws {
        let stanza = try #require(
            stanzas("Package: hello\nX-odd:  spaced out \t\nDepends: a,\n b,\n\tc\nEmpty:\n").first)
        #expect(stanza.fields.map(\.name) == ["Package", "X-odd", "Depends", "Empty"])
        #expect(stanza["package"] == "hello")
        #expect(stanza["X-ODD"] == "spaced out")
        #expect(stanza["Depends"] == "a,\n b,\n\tc")
        #expect(stanza["Empty"] == "")
        #expect(stanza["Missing"] == nil)
        #expect(stanza.field("depends")?.line == 3)
    }

    @Test("empty lines separate stanzas, however many there are")
    func separation() throws {
        let found = try stanzas("\n\nA: 1\n\n\n\nB: 2\nC: 3\n\n")
        #expect(found.map { $0.fields.map(\.name) } == [["A"], ["B", "C"]])
        #expect(try stanzas("").isEmpty)
        #expect(try stanzas("\n\n").isEmpty)
        #expect(try stanzas("A: 1").count == 1)
    }

    @Test("comments are skipped only where they are allowed")
    func comments() throws {
        let text = "# head\nA: 1\n# between\n two\nB: 2\n"
        let found = try stanzas(text, Deb822.Options(skipsComments: true))
        #expect(found.first?["A"] == "1\n two")
        let error = #expect(throws: DebianFormatsError.self) { try stanzas(text) }
        #expect(error?.problems.first?.line == 1)
    }

    @Test(
        "errors name the offence and the line",
        arguments: [
            ("A: 1\nno colon here\n", FormatProblem.Code.tagfileSyntax, 2),
            ("A: 1\r\nB: 2\r\n", .tagfileSyntax, 1),
            (" continued\nA: 1\n", .tagfileSyntax, 1),
            ("A: 1\n\n continued\n", .tagfileSyntax, 3),
            ("A: 1\n \t \nB: 2\n", .tagfileSyntax, 2),
            ("A: 1\nbad name: 2\n", .tagfileSyntax, 2),
            ("A: 1\n-dash: 2\n", .tagfileSyntax, 2),
            (": 2\n", .tagfileSyntax, 1),
            ("A: 1\u{0}\n", .tagfileSyntax, 1),
            ("A: 1\n \u{7F}\n", .tagfileSyntax, 2),
            ("A: 1\nB: 2\na: 3\n", .duplicateField, 3),
        ])
    func errors(text: String, code: FormatProblem.Code, line: Int) {
        let error = #expect(throws: DebianFormatsError.self) { try stanzas(text) }
        #expect(error?.code == code)
        #expect(error?.problems.first?.line == line)
    }

    @Test("bytes outside UTF-8 are refused in fields for programs and guessed in fields for people")
    func encodings() throws {
        let person: [UInt8] = Array("Maintainer: J".utf8) + [0xF6] + Array("rg <j@example.com>\n".utf8)
        #expect(try Deb822.singleStanza(in: person)["Maintainer"] == "Jörg <j@example.com>")
        let machine: [UInt8] = Array("A: 1\nDistribution: l".utf8) + [0xFC] + Array("cid\n".utf8)
        let error = #expect(throws: DebianFormatsError.self) { try Deb822.singleStanza(in: machine) }
        #expect(error?.code == .encoding)
        #expect(error?.problems.first?.line == 2)
    }

    @Test(
        "undeclared encodings are guessed by the bytes they use",
        arguments: [
            ([0xC3, 0xB6], "ö"), ([0xF6], "ö"), ([0x93, 0x78, 0x94, 0x80], "“x”€"), ([0xA4, 0xBD], "€œ"),
            ([0xEF, 0xBB, 0xBF, 0x61], "a"), ([0x81], "\u{FFFD}"), ([0xE9, 0xA7], "é§"),
        ] as [([UInt8], String)])
    func guessing(bytes: [UInt8], text: String) throws {
        #expect(try Deb822.singleStanza(in: Array("Changes: ".utf8) + bytes)["changes"] == text)
    }

    @Test("every limit holds")
    func limits() {
        func code(_ text: String, _ change: (inout Deb822.Limits) -> Void) -> FormatProblem.Code? {
            var options = Deb822.Options()
            change(&options.limits)
            do {
                _ = try Deb822.stanzas(in: Array(text.utf8), options: options)
                return nil
            } catch {
                return error.code
            }
        }
        let text = "Alpha: 1\nBeta: 2\n\nGamma: 3\n"
        #expect(code(text) { $0.stanzas = 2 } == nil)
        #expect(code(text) { $0.stanzas = 1 } == .tagfileSyntax)
        #expect(code(text + "\nD: 4\n") { $0.stanzas = 2 } == .tagfileLimit)
        #expect(code(text) { ($0.stanzas, $0.fieldsPerStanza) = (2, 1) } == .tagfileLimit)
        #expect(code(text) { ($0.stanzas, $0.nameBytes) = (2, 4) } == .tagfileLimit)
        #expect(code(text) { ($0.stanzas, $0.lineBytes) = (2, 7) } == .tagfileLimit)
        #expect(code(text) { ($0.stanzas, $0.documentBytes) = (2, 10) } == .tagfileLimit)
    }

    @Test("a file that must have one stanza has neither none nor two")
    func singleStanza() {
        let none = #expect(throws: DebianFormatsError.self) { try Deb822.singleStanza(in: []) }
        #expect(none?.code == .tagfileEmpty)
        let two = #expect(throws: DebianFormatsError.self) {
            try Deb822.singleStanza(in: Array("A: 1\n\nB: 2\n".utf8))
        }
        #expect(two?.code == .tagfileSyntax)
        #expect(two?.problems.first?.line == 3)
    }

    @Test("what is read is written back byte for byte")
    func roundTrip() throws {
        let paths = try Golden.files(below: "ppa/builds", ending: ".changes")
        #expect(paths.count > 8)
        for path in paths {
            let bytes = try Golden.bytes(path)
            #expect(Array(Deb822.text(of: try Deb822.singleStanza(in: bytes)).utf8) == bytes, "\(path)")
        }
        let text = "A: 1\nFiles:\n a b\n c\n\nB:\nC: x\n .\n  y\n"
        #expect(Deb822.text(of: try stanzas(text)) == text)
    }

    @Test("values that would not be read back are not written")
    func injection() throws {
        var stanza = Stanza()
        for value in ["1\nEvil: 2", "1\n\n 2", " 1", "1 ", "1\n  ", "\u{0}", "a\rb"] {
            let error = #expect(throws: DebianFormatsError.self) { try stanza.set("A", to: value) }
            #expect(error?.code == .fieldSyntax, "\(value)")
        }
        for name in ["", "A B", "A:", "-A", "#A", "Ä"] {
            #expect(throws: DebianFormatsError.self) { try stanza.set(name, to: "1") }
        }
        #expect(stanza.isEmpty)
        try stanza.set("Alpha", to: "1")
        try stanza.set("Beta", to: "2")
        try stanza.set("ALPHA", to: "3\n more")
        #expect(Deb822.text(of: stanza) == "Alpha: 3\n more\nBeta: 2\n")
        stanza.remove("alpha")
        #expect(Deb822.text(of: stanza) == "Beta: 2\n")
        let twice = #expect(throws: DebianFormatsError.self) { try Stanza([("A", "1"), ("a", "2")]) }
        #expect(twice?.code == .duplicateField)
    }

    @Test("long texts lose and regain their escapes")
    func longTexts() throws {
        let value = Stanza.value(text: "head\nline\n\n  indented")
        #expect(value == "head\n line\n .\n   indented")
        var stanza = Stanza()
        try stanza.set("Description", to: value)
        #expect(stanza.text(of: "description") == "head\nline\n\n  indented")
        try stanza.set("Changes", to: Stanza.value(text: "one\n\n  two", headless: true))
        #expect(stanza["Changes"] == "\n one\n .\n   two")
        #expect(stanza.text(of: "Changes") == "one\n\n  two")
        try stanza.set("Files", to: Stanza.value(lines: ["a b", "c d"]))
        #expect(stanza.lines(of: "files") == ["a b", "c d"])
        try stanza.set("Architecture", to: "any  all\n amd64")
        #expect(stanza.words(of: "Architecture") == ["any", "all", "amd64"])
        #expect(stanza.lines(of: "None").isEmpty)
        #expect(stanza.text(of: "None") == nil)
    }

    @Test("equality is about fields, not about where they were read")
    func equality() throws {
        let first = try stanzas("A: 1\nB: 2\n")[0]
        let second = try stanzas("\n\nA: 1\nB: 2\n")[0]
        #expect(first == second)
        #expect(first.hashValue == second.hashValue)
        #expect(try first != stanzas("B: 2\nA: 1\n")[0])
    }
}
