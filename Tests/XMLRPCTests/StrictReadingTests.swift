import Testing
import XMLRPC

@Suite struct StrictReadingTests {
    private let decoder = XMLRPCDecoder(reading: .strict)

    @Test("whatever our encoder writes is read strictly")
    func ownDocuments() throws {
        let value: XMLRPCValue = [
            "a": [1, true, .double(0.5), "x", .nil, .base64([1, 2, 3]), .dateTime("20240101T00:00:00"), []],
            "b": [:],
        ]
        #expect(
            try decoder.decodeCall(XMLRPCEncoder().encode(XMLRPCCall("m", [value, ""]))).parameters == [
                value, "",
            ])
        #expect(try decoder.decodeResponse(XMLRPCEncoder().encode(.success(value))) == .success(value))
    }

    @Test(
        "elements are refused where the grammar has none",
        arguments: [
            "<value><int>1</int><int>2</int></value>", "<value/><value/>", "<int>1</int>",
            "<value><array><value/></array></value>", "<value><array><data/><data/></array></value>",
            "<value><struct><value/></struct></value>",
            "<value><struct><member><value/><name>a</name></member></struct></value>",
            "<value><struct><member><name>a</name><value/><value/></member></struct></value>",
            "<value><int><i4>1</i4></int></value>",
        ])
    func misplaced(markup: String) {
        #expect(decoder.refusal(markup)?.code == .unexpectedElement)
    }

    @Test(
        "elements that are required are missed",
        arguments: [
            "", "<value><array/></value>", "<value><struct><member/></struct></value>",
            "<value><struct><member><name>a</name></member></struct></value>",
        ])
    func missing(markup: String) {
        #expect(decoder.refusal(markup)?.code == .missingElement)
    }

    @Test(
        "text is refused where the grammar has none",
        arguments: [
            "x<value/>", "<value><int>1</int>x</value>", "<value><array>x<data/></array></value>",
            "<value><nil>x</nil></value>", "<value><struct>x</struct></value>",
        ])
    func strayText(markup: String) {
        #expect(decoder.refusal(markup)?.code == .unexpectedText)
    }

    @Test(
        "the lenient reading passes over what stands around values",
        arguments: ["x", "<p>y</p>", "<data/>", "<!---->"])
    func lenient(extra: String) throws {
        let markup = "\(extra)<value><int>1</int></value>\(extra)"
        #expect(try XMLRPCDecoder(reading: .lenient).value(markup) == 1)
    }

    @Test("other document elements are refused")
    func documentElement() {
        let html = Array("<html><body>Bad Gateway</body></html>".utf8)
        #expect(decoder.refusal(of: html)?.code == .unexpectedElement)
        let lenient = XMLRPCDecoder().refusal(of: html)
        #expect(lenient?.code == .notXMLRPC)
        #expect(lenient?.peerDetail == "ResponseError()")
    }

    @Test("an answer holds one value")
    func oneValue() {
        let two = Array(
            "<methodResponse><params><param><value/></param><param><value/></param></params></methodResponse>"
                .utf8)
        #expect(decoder.refusal(of: two)?.code == .missingElement)
        #expect(decoder.refusal(of: Array("<methodResponse/>".utf8))?.code == .missingElement)
        #expect(
            decoder.refusal(of: Array("<methodResponse><params/></methodResponse>".utf8))?.code
                == .missingElement)
    }

    @Test(
        "a fault has two members of the right types",
        arguments: [
            "<value>x</value>", "<value><struct/></value>",
            "<value><struct><member><name>faultCode</name><value><int>1</int></value></member></struct></value>",
            """
            <value><struct><member><name>faultCode</name><value>1</value></member>\
            <member><name>faultString</name><value>x</value></member></struct></value>
            """,
        ])
    func faults(markup: String) {
        let document = Array("<methodResponse><fault>\(markup)</fault></methodResponse>".utf8)
        #expect(decoder.refusal(of: document)?.code == .badFault)
        #expect(XMLRPCDecoder().refusal(of: document)?.code == .badFault)
    }
}
