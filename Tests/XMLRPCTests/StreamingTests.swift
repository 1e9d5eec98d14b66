import FarmModel
import Testing
import XMLRPC

@Suite struct StreamingTests {
    /// Documents that are read, and documents that are refused in many ways.
    private static let documents: [String: [UInt8]] = {
        let sample = Documents.sample
        let text = "<methodCall><methodName>mé𝄞</methodName><params/></methodCall>"
        return [
            "utf-8": Array(sample.utf8),
            "mark": [0xEF, 0xBB, 0xBF] + Array(sample.utf8),
            "utf-16be": Documents.utf16(
                "<?xml version='1.0' encoding='utf-16'?>" + text, bigEndian: true, mark: true),
            "utf-16le": Documents.utf16(text, bigEndian: false, mark: false),
            "latin1":
                "<?xml version='1.0' encoding='latin1'?><methodCall><methodName>é</methodName></methodCall>"
                .unicodeScalars.map { UInt8($0.value) },
            "entities": Array(
                "<!DOCTYPE m [<!ENTITY e 'x y'><!ENTITY f SYSTEM 'file:///etc/passwd'>]><methodCall><methodName>a&e;b&f;</methodName></methodCall>"
                    .utf8),
            "empty": [],
            "space": Array(" \r\n ".utf8),
            "words": Array("no XML at all".utf8),
            "cut": Array(sample.utf8.prefix(300)),
            "mismatch": Array(sample.replacing("</i4>", with: "</i8>").utf8),
            "undefined": Array(sample.replacing("&amp;", with: "&nope;").utf8),
            "character": Array(sample.replacing("&#8364;", with: "&#0;").utf8),
            "attributes": Array(sample.replacing("<struct>", with: "<struct a='1' a='2'>").utf8),
            "number": Array(sample.replacing("-7", with: "\u{E9}-7").utf8),
            "unknown": Array(sample.replacing("<nil/>", with: "<blob/>").utf8),
            "junk": Array((sample + "<x/>").utf8),
            "control": Array(sample.replacing("bare", with: "b\u{1}re").utf8),
            "bad encoding": Array("<?xml version='1.0' encoding='nope'?><methodCall/>".utf8),
            "bad declaration": Array("<?xml version='1.0' encodin='nope'?><methodCall/>".utf8),
            "late declaration": Array(" <?xml version='1.0'?><methodCall/>".utf8),
        ]
    }()

    private static let names = documents.keys.sorted()

    @Test("the sample is what it is taken for")
    func sample() throws {
        let decoder = XMLRPCDecoder(reading: .slave)
        #expect(try decoder.decodeCall(Array(Documents.sample.utf8)) == Documents.sampleCall)
    }

    @Test("a document cut in two at any byte comes out the same", arguments: names)
    func everySplit(name: String) throws {
        let document = try #require(Self.documents[name])
        let decoder = XMLRPCDecoder(reading: .slave)
        let whole = decoder.outcome(of: document)
        for split in 0...document.count {
            let apart = decoder.outcome(of: [document[..<split], document[split...]])
            if apart != whole { Issue.record("cut at \(split): \(apart) instead of \(whole)") }
        }
    }

    @Test("a document that comes byte by byte comes out the same", arguments: names)
    func byteByByte(name: String) throws {
        let document = try #require(Self.documents[name])
        let decoder = XMLRPCDecoder(reading: .slave)
        let whole = decoder.outcome(of: document)
        #expect(decoder.outcome(of: document.indices.map { document[$0...$0] }) == whole)
    }

    @Test("documents cut at random come out the same, from decoders that have seen others")
    func randomChunks() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("random chunks of XML-RPC: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let decoder = XMLRPCDecoder(reading: .slave)
        let expected = Self.documents.mapValues { XMLRPCDecoder(reading: .slave).outcome(of: $0) }
        for _ in 0..<1000 {
            let name = try #require(Self.names.randomElement(using: &random))
            let document = try #require(Self.documents[name])
            let most = Int.random(in: 1...64, using: &random)
            var pieces: [ArraySlice<UInt8>] = []
            var index = 0
            while index < document.count {
                let end = min(index + Int.random(in: 0...most, using: &random), document.count)
                pieces.append(document[index..<end])
                index = end
            }
            let outcome = decoder.outcome(of: pieces)
            if outcome != expected[name] { Issue.record("seed \(seed), '\(name)': \(outcome)") }
        }
    }

    @Test("every piece after a refusal is refused alike, until the decoder is reset")
    func refusalStays() throws {
        let decoder = XMLRPCDecoder()
        let first = #expect(throws: XMLRPCDecodingError.self) { try decoder.feed(Array("<a></b>".utf8)) }
        let second = #expect(throws: XMLRPCDecodingError.self) {
            try decoder.feed(Documents.call("<value/>"))
        }
        let last = #expect(throws: XMLRPCDecodingError.self) { try decoder.finish() }
        #expect(first == second && second == last)
        #expect(decoder.fedBytes == 0)
        #expect(try decoder.decodeCall(Documents.call("<value>x</value>")).parameters == ["x"])
    }

    @Test("a document left half-way is forgotten")
    func forgets() throws {
        let decoder = XMLRPCDecoder()
        let document = Documents.call("<value><array><data><value>x</value></data></array></value>")
        try decoder.feed(Array(document.dropLast(60)))
        #expect(decoder.fedBytes == document.count - 60)
        #expect(try decoder.decodeCall(document).parameters == [["x"]])
        try decoder.feed(Array(document.dropLast(60)))
        decoder.reset()
        #expect(decoder.fedBytes == 0)
        try decoder.feed(document)
        #expect(try decoder.finish() == .call(XMLRPCCall("echo", [["x"]])))
    }

    @Test("a decoder that has seen thousands of element names still reads")
    func manyNames() throws {
        let decoder = XMLRPCDecoder()
        for round in 0..<20 {
            let foreign = (0..<200).map { "<e\(round)x\($0)/>" }.joined()
            #expect(try decoder.value("\(foreign)<value>\(round)</value>") == .string("\(round)"))
        }
    }
}
