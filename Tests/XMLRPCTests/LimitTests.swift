import Testing
import XMLRPC

@Suite struct LimitTests {
    private static let limits = XMLRPCLimits(
        totalBytes: 4 << 20, depth: 64, elements: 10_000, textBytes: 1 << 20, markupBytes: 1 << 18,
        tagBytes: 1 << 16, attributes: 256)

    /// Bytes that may be taken beyond a limit: a piece, and what the decoder gathers before it looks.
    private static let slack = 1 << 17

    private static let value = "<methodCall><methodName>m</methodName><params><param><value>"

    /// Floods, the code each is refused with, and the bytes after which it has to be.
    private static let floods: [(Endless, XMLRPCDecodingError.Code, Int)] = [
        (Endless("text", value, "0123456789 "), .textTooLarge, limits.textBytes),
        (Endless("base64", value + "<base64>", "QUJD\n"), .textTooLarge, limits.textBytes),
        (Endless("references", value, "&amp;"), .textTooLarge, 5 * limits.textBytes),
        (Endless("character references", value, "&#x1F600;"), .textTooLarge, 9 * limits.textBytes),
        (Endless("white space in a value", value, "\r\n"), .textTooLarge, 2 * limits.textBytes),
        (Endless("a CDATA section", value + "<![CDATA[", "abc "), .markupTooLarge, limits.markupBytes),
        (Endless("CDATA sections", value, "<![CDATA[abc]]>"), .textTooLarge, 5 * limits.textBytes),
        (Endless("arrays", value, "<array><data><value>"), .tooDeep, 4096),
        (Endless("structs", value, "<struct><member><name/><value>"), .tooDeep, 4096),
        (Endless("values", value, "<value>"), .tooDeep, 4096),
        (Endless("foreign elements, nested", "", "<x>"), .tooDeep, 4096),
        (
            Endless("elements", value + "<array><data>", "<value/>"), .tooManyElements,
            8 * limits.elements + 4096
        ),
        (
            Endless("elements of ever other names", value + "<array><data>", "<a/><b/><c/><d/>"),
            .tooManyElements, 1 << 17
        ),
        (Endless("attributes", "<methodCall", " a='b'"), .markupTooLarge, limits.tagBytes),
        (Endless("a tag of spaces", "<methodCall ", "    "), .markupTooLarge, limits.tagBytes),
        (Endless("an attribute's value", "<methodCall a='", "bcd "), .markupTooLarge, limits.tagBytes),
        (Endless("an element's name", "<", "methodCall"), .markupTooLarge, limits.tagBytes),
        (Endless("an end tag", "<methodCall></methodCall", "  "), .markupTooLarge, limits.tagBytes),
        (Endless("an entity's name", value + "&", "lt"), .markupTooLarge, limits.markupBytes),
        (Endless("digits of a character", value + "&#", "0"), .markupTooLarge, limits.markupBytes),
        (Endless("a comment", "<!-- ", "abc "), .markupTooLarge, limits.markupBytes),
        (Endless("a comment in a value", value + "<!-- ", "abc "), .markupTooLarge, limits.markupBytes),
        (Endless("comments", "", "<!-- abc -->"), .tooLarge, limits.totalBytes),
        (Endless("comments in a value", value, "<!-- abc -->"), .tooLarge, limits.totalBytes),
        (Endless("a processing instruction", "<?pi ", "abc "), .markupTooLarge, limits.markupBytes),
        (Endless("processing instructions", value, "<?pi abc?>"), .tooLarge, limits.totalBytes),
        (Endless("an XML declaration", "<?xml version='1.0' ", "    "), .markupTooLarge, limits.markupBytes),
        (Endless("white space", "", " \n"), .tooLarge, limits.totalBytes),
        (Endless("white space behind", "<methodCall/>", " \n"), .tooLarge, limits.totalBytes),
        (Endless("documents", "", "<methodCall/>"), .notWellFormed, 4096),
        (Endless("words", "", "no XML "), .notWellFormed, 4096),
        (Endless("zeros", bytes: [0]), .notWellFormed, 4096),
        (Endless("ones", bytes: [0xFF]), .notWellFormed, 4096),
        (Endless("compressed data", bytes: [0x1F, 0x8B, 0x08, 0x00]), .notWellFormed, 4096),
    ]

    @Test("a document without end is refused at the limit", arguments: floods.indices)
    func refusedInTime(index: Int) throws {
        let (flood, code, limit) = Self.floods[index]
        for reading in [XMLRPCReading.lenient, .slave, .slave2010] {
            let decoder = XMLRPCDecoder(reading: reading, limits: Self.limits)
            let refusal = flood.refusal(by: decoder, most: 16 << 20)
            let (error, taken) = try #require(refusal, "\(flood) is taken for ever")
            #expect(
                error.code == code || error.code == .tooLarge && limit > Self.limits.totalBytes,
                "\(flood): \(error)")
            #expect(
                taken <= min(limit, Self.limits.totalBytes) + Self.slack, "\(flood): \(taken) bytes taken")
            #expect((0...taken).contains(error.offset), "\(flood): \(error)")
            #expect(
                try decoder.decodeCall(Documents.call("<value>x</value>")).parameters == ["x"], "\(flood)")
        }
    }

    @Test("strictly read, a document without end is refused no later", arguments: floods.indices)
    func refusedInTimeStrictly(index: Int) throws {
        let (flood, _, limit) = Self.floods[index]
        let decoder = XMLRPCDecoder(reading: .strict, limits: Self.limits)
        let (error, taken) = try #require(
            flood.refusal(by: decoder, most: 16 << 20), "\(flood) is taken for ever")
        #expect(taken <= min(limit, Self.limits.totalBytes) + Self.slack, "\(flood): \(taken) bytes taken")
        #expect((0...taken).contains(error.offset) && !error.message.isEmpty, "\(flood): \(error)")
    }

    @Test("each limit allows what it says and no more")
    func allowance() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "<value><array><data>", count: depth)
                + String(repeating: "</data></array></value>", count: depth)
        }
        let decoder = XMLRPCDecoder(
            limits: XMLRPCLimits(
                totalBytes: 8192, depth: 5, elements: 40, textBytes: 100, tagBytes: 4096, attributes: 3))
        _ = try decoder.value(nested(5))
        #expect(decoder.refusal(nested(6))?.code == .tooDeep)
        let most = String(repeating: "a", count: 100)
        #expect(try decoder.value("<value>\(most)</value>") == .string(most))
        #expect(decoder.refusal("<value>\(most)a</value>")?.code == .textTooLarge)
        _ = try decoder.value("<value a='1' b='2' c='3'/>")
        #expect(decoder.refusal("<value a='1' b='2' c='3' d='4'/>")?.code == .markupTooLarge)
        // The call itself has four elements, the array three.
        let values = String(repeating: "<value/>", count: 33)
        _ = try decoder.value("<value><array><data>\(values)</data></array></value>")
        #expect(
            decoder.refusal("<value><array><data>\(values)<value/></data></array></value>")?.code
                == .tooManyElements)
        let document = Documents.call("<value/>")
        let padded = document + Array(repeating: 0x20, count: 8192 - document.count)
        #expect(decoder.refusal(of: padded) == nil)
        #expect(decoder.refusal(of: padded + [0x20])?.code == .tooLarge)
    }

    @Test("arrays may be nested 64 deep by default, whatever they are in")
    func depth() throws {
        func nested(_ depth: Int, _ inner: String) -> String {
            (0..<depth).reduce(inner) { inner, _ in
                "<value><struct><member><name>a</name>\(inner)</member></struct></value>"
            }
        }
        for reading in [XMLRPCReading.lenient, .strict] {
            let decoder = XMLRPCDecoder(reading: reading)
            _ = try decoder.value(nested(64, "<value><int>1</int></value>"))
            #expect(decoder.refusal(nested(64, "<value><array><data/></array></value>"))?.code == .tooDeep)
        }
    }

    @Test("many attributes on an element are refused", arguments: [257, 5000])
    func attributes(count: Int) {
        let attributes = (0..<count).map { " a\($0)='x'" }.joined()
        #expect(XMLRPCDecoder().refusal("<value\(attributes)/>")?.code == .markupTooLarge)
    }
}
