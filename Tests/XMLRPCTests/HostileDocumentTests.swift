import Testing
import XMLRPC

@Suite struct HostileDocumentTests {
    private static let tail = "<methodCall><methodName>&e;</methodName></methodCall>"

    @Test(
        "a manager refuses every document type at once",
        arguments: [
            "<!DOCTYPE m>", "<!DOCTYPE m [<!ENTITY e 'x'>]>",
            "<!DOCTYPE m SYSTEM 'http://127.0.0.1:9/x.dtd'>",
            "<!DOCTYPE m [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>", "<!DOCTYPE m [<!ENTITY % p 'x'> %p;]>",
            "<!DOCTYPE m PUBLIC '-//W3C//DTD HTML 4.01//EN' 'http://www.w3.org/TR/html4/strict.dtd'>",
        ])
    func refusedTypes(type: String) {
        for reading in [XMLRPCReading.strict, .lenient] {
            let document = Array(("<?xml version='1.0'?>\n" + type + Self.tail).utf8)
            let refusal = XMLRPCDecoder(reading: reading).refusal(of: document)
            #expect(refusal?.code == .documentType)
            #expect(refusal?.line == 2)
        }
    }

    @Test(
        "a slave reads entities of plain text as the real one does",
        arguments: [
            ("<!DOCTYPE m [<!ENTITY e 'plain'>]>", "plain"),
            ("<!DOCTYPE m [<!ENTITY e 'a'><!ENTITY e 'b'>]>", "a"),
            ("<!DOCTYPE m [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>", ""),
            ("<!DOCTYPE m [<!ENTITY e PUBLIC 'x' 'http://127.0.0.1:9/'>]>", ""),
            ("<!DOCTYPE m [ <!-- c --> <?pi x?> <!ENTITY e 'x'> ]>", "x"),
            ("<!DOCTYPE m [<!ENTITY e '&#233;'>]>", "é"),
        ])
    func plainEntities(type: String, text: String) throws {
        for reading in [XMLRPCReading.slave, .slave2010] {
            let decoder = XMLRPCDecoder(reading: reading)
            #expect(try decoder.decodeCall(Array((type + Self.tail).utf8)).method == text)
            // Nothing is left for the next document.
            let refusal = decoder.refusal(of: Array(Self.tail.utf8))
            #expect(refusal?.peerDetail == "undefined entity: line 1, column 24")
        }
    }

    private static let laughs: String = {
        let levels = (1..<10).map { level in
            "<!ENTITY l\(level) '\(String(repeating: "&l\(level - 1);", count: 10))'>"
        }
        return "<!DOCTYPE m [<!ENTITY l0 'lol'>\(levels.joined())<!ENTITY e '&l9;'>]>"
    }()

    private static let quadratic = "<!DOCTYPE m [<!ENTITY e '\(String(repeating: "a", count: 1000))'>]>"

    @Test(
        "a slave refuses every other use of a document type",
        arguments: [
            laughs, "<!DOCTYPE m [<!ENTITY e '<value/>'>]>", "<!DOCTYPE m [<!ENTITY e '&#60;value/>'>]>",
            "<!DOCTYPE m [<!ENTITY f 'x'><!ENTITY e '&f;'>]>", "<!DOCTYPE m [<!ENTITY e '&e;'>]>",
            "<!DOCTYPE m [<!ENTITY % p SYSTEM 'file:///etc/passwd'>]>", "<!DOCTYPE m [<!ENTITY % p 'x'>%p;]>",
            "<!DOCTYPE m SYSTEM 'http://127.0.0.1:9/x.dtd'>", "<!DOCTYPE m [<!ELEMENT m ANY>]>",
            "<!DOCTYPE m [<!ATTLIST m a CDATA 'x'>]>", "<!DOCTYPE m [<!NOTATION n SYSTEM 'x'>]>",
            "<!DOCTYPE m [<!NOTATION n SYSTEM 'x'><!ENTITY e SYSTEM 'x' NDATA n>]>",
            "<!DOCTYPE m [<!ENTITY e '\(String(repeating: "a", count: 1025))'>]>",
            "<!DOCTYPE m [\((0..<65).map { "<!ENTITY a\($0) 'x'>" }.joined())]>",
        ])
    func refusedDeclarations(type: String) {
        let refusal = XMLRPCDecoder(reading: .slave).refusal(of: Array((type + Self.tail).utf8))
        #expect(refusal?.code == .documentType)
    }

    @Test("references to a long entity are refused before they bring much")
    func quadraticBlowup() {
        let references = String(repeating: "&e;", count: 100_000)
        let document = Self.quadratic + "<methodCall><methodName>\(references)</methodName></methodCall>"
        let refusal = XMLRPCDecoder(reading: .slave).refusal(of: Array(document.utf8))
        #expect(refusal?.code == .documentType)
        #expect(refusal.map { $0.offset < Self.quadratic.utf8.count + 1000 } == true)
    }

    @Test("entities in attributes bring nothing either")
    func entitiesInAttributes() {
        let references = String(repeating: "&e;", count: 20_000)
        let document = Self.quadratic + "<methodCall a='\(references)'/>"
        let refusal = XMLRPCDecoder(reading: .slave).refusal(of: Array(document.utf8))
        #expect(refusal?.code == .documentType || refusal?.code == .markupTooLarge)
    }

    @Test(
        "a document type without end is refused",
        arguments: ["   ", "<!-- c -->", "<?pi?>", "<!ENTITY e 'x'>"])
    func endlessTypes(unit: String) throws {
        let flood = Endless("a document type", "<!DOCTYPE m [", unit)
        let decoder = XMLRPCDecoder(reading: .slave, limits: XMLRPCLimits(totalBytes: 4 << 20))
        let (error, taken) = try #require(flood.refusal(by: decoder, most: 16 << 20))
        #expect([.markupTooLarge, .documentType, .tooLarge].contains(error.code), "\(error)")
        #expect(taken <= 4 << 20 + 4096)
    }

    @Test("a document cut anywhere is refused, and only for being too short")
    func truncation() {
        let document = Array(Documents.sample.utf8)
        let end = document.count - 1
        for reading in [XMLRPCReading.lenient, .strict, .slave2010] {
            let decoder = XMLRPCDecoder(reading: reading)
            for length in 0..<end {
                let refusal = decoder.refusal(of: Array(document.prefix(length)))
                if refusal?.code != .truncated {
                    Issue.record("\(length) bytes: \(refusal.map { "\($0.code): \($0)" } ?? "taken")")
                }
                if let refusal {
                    #expect((0...length).contains(refusal.offset), "\(length) bytes: \(refusal)")
                }
            }
            #expect(decoder.refusal(of: Array(document.prefix(end))) == nil)
        }
    }

    @Test(
        "what is no XML is refused at its place",
        arguments: [
            ("", XMLRPCDecodingError.Code.truncated, 0, "no element found: line 1, column 0"),
            (" \n", .truncated, 2, "no element found: line 2, column 0"),
            ("{\"a\": 1}", .notWellFormed, 0, "not well-formed (invalid token): line 1, column 0"),
            ("hello", .notWellFormed, 0, "syntax error: line 1, column 0"),
            ("<a>\n</b>", .notWellFormed, 6, "mismatched tag: line 2, column 2"),
            ("<a/><b/>", .notWellFormed, 4, "junk after document element: line 1, column 4"),
            ("<a>&x;</a>", .notWellFormed, 3, "undefined entity: line 1, column 3"),
            ("<a>&#0;</a>", .notWellFormed, 3, "reference to invalid character number: line 1, column 3"),
            ("<a b='1' b='2'/>", .notWellFormed, 9, "duplicate attribute: line 1, column 9"),
            ("<a b=c/>", .notWellFormed, 5, "not well-formed (invalid token): line 1, column 5"),
            ("<a b='<'/>", .notWellFormed, 6, "not well-formed (invalid token): line 1, column 6"),
            ("<a>]]></a>", .notWellFormed, 5, "not well-formed (invalid token): line 1, column 5"),
            ("<!-- a -- b --><a/>", .notWellFormed, 9, "not well-formed (invalid token): line 1, column 9"),
            ("<a", .truncated, 0, "unclosed token: line 1, column 0"),
            ("<a>é\0</a>", .notWellFormed, 5, "not well-formed (invalid token): line 1, column 4"),
            (
                "HTTP/1.1 200 OK\r\n\r\n<a/>", .notWellFormed, 4,
                "not well-formed (invalid token): line 1, column 4"
            ),
        ])
    func notXML(text: String, code: XMLRPCDecodingError.Code, offset: Int, detail: String) {
        let refusal = XMLRPCDecoder().refusal(of: Array(text.utf8))
        #expect(refusal?.code == code)
        #expect(refusal?.offset == offset)
        #expect(refusal?.peerDetail == detail)
        #expect(refusal?.message.isEmpty == false)
    }

    @Test(
        "the version in an XML declaration means nothing", arguments: ["1.0", "1.1", "5.0", "0.0", "x", ""])
    func versions(version: String) throws {
        let document =
            "<?xml version='\(version)' standalone='yes'?><methodCall><methodName>m</methodName></methodCall>"
        for reading in [XMLRPCReading.strict, .slave] {
            #expect(try XMLRPCDecoder(reading: reading).decodeCall(Array(document.utf8)).method == "m")
        }
    }

    @Test(
        "a malformed XML declaration is refused at its place",
        arguments: [
            ("<?xml?>", 5), ("<?xml encoding='utf-8'?>", 6), ("<?xml version='1.0' standalone='maybe'?>", 32),
            ("<?xml version='1.0' x='y'?>", 20), ("<?xml version='1.0?>", 18),
            ("<?xml version='1.0' encoding='8'?>", 30),
        ])
    func malformedDeclarations(declaration: String, offset: Int) {
        let refusal = XMLRPCDecoder().refusal(of: Array("\(declaration)<methodCall/>".utf8))
        #expect(refusal?.code == .notWellFormed)
        #expect(refusal?.offset == offset)
        #expect(refusal?.peerDetail == "XML declaration not well-formed: line 1, column \(offset)")
    }

    @Test("an offence is placed in the bytes of the wire, whatever the encoding")
    func placesInOtherEncodings() {
        let text = "<a>\u{E9}\r\n\u{1F600}\u{1}</a>"
        for bigEndian in [true, false] {
            let refusal = XMLRPCDecoder().refusal(of: Documents.utf16(text, bigEndian: bigEndian, mark: true))
            #expect(refusal?.offset == 2 + 2 * 8)
            #expect(refusal?.line == 2 && refusal?.column == 1)
        }
        let latin = "<?xml version='1.0' encoding='latin1'?><a>\u{E9}\u{E9}\u{1}".unicodeScalars.map {
            UInt8($0.value)
        }
        #expect(XMLRPCDecoder().refusal(of: latin)?.offset == latin.count - 1)
    }

    @Test("an offence far into a document has its place")
    func farPlaces() {
        let line = String(repeating: "x", count: 99) + "\n"
        let head = "<methodCall><methodName>" + String(repeating: line, count: 20_000)
        let refusal = XMLRPCDecoder().refusal(of: Array((head + "abc\u{1}</methodName></methodCall>").utf8))
        #expect(refusal?.offset == head.utf8.count + 3)
        #expect(refusal?.line == 20_001 && refusal?.column == 3)
    }

    @Test("messages of refused values stay short")
    func shortMessages() {
        let long = String(repeating: "abc", count: 100_000)
        for type in ["int", "double", "boolean", "bigdecimal"] {
            let refusal = XMLRPCDecoder().refusal("<value><\(type)>\(long)</\(type)></value>")
            #expect(
                refusal.map { $0.message.utf8.count < 2000 && $0.peerDetail.utf8.count < 2000 } == true,
                "\(type)")
        }
        let name = String(repeating: "n", count: 40_000)
        let unknown = XMLRPCDecoder().refusal("<value><\(name)/></value>")
        #expect(unknown?.code == .unknownType)
        #expect(unknown.map { $0.message.utf8.count < 2000 && $0.peerDetail.utf8.count < 2000 } == true)
    }
}
