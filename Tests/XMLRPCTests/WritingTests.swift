import Testing
import XMLRPC

@Suite struct WritingTests {
    /// The lines that stand for a value in an answer.
    private func written(_ value: XMLRPCValue, by encoder: XMLRPCEncoder = XMLRPCEncoder()) throws -> String {
        let text = String(decoding: try encoder.encode(.success(value)), as: UTF8.self)
        let head = "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n"
        let tail = "</param>\n</params>\n</methodResponse>\n"
        #expect(text.hasPrefix(head) && text.hasSuffix(tail))
        return String(text.dropFirst(head.count).dropLast(tail.count))
    }

    @Test(
        "each type has its own lines",
        arguments: [
            (1, "<value><int>1</int></value>\n"),
            (.int(-2_147_483_648), "<value><int>-2147483648</int></value>\n"),
            (2_147_483_647, "<value><int>2147483647</int></value>\n"), (0, "<value><int>0</int></value>\n"),
            (true, "<value><boolean>1</boolean></value>\n"), (false, "<value><boolean>0</boolean></value>\n"),
            ("", "<value><string></string></value>\n"),
            ("é𝄞\t\n", "<value><string>é𝄞\t\n</string></value>\n"),
            ("<&>\"'", "<value><string>&lt;&amp;&gt;\"'</string></value>\n"),
            ("]]>", "<value><string>]]&gt;</string></value>\n"),
            (.nil, "<value><nil/></value>"), ([], "<value><array><data>\n</data></array></value>\n"),
            (.base64([]), "<value><base64>\n</base64></value>\n"),
            (.base64([0xFF]), "<value><base64>\n/w==\n</base64></value>\n"),
            (.base64([0xFB, 0xFF]), "<value><base64>\n+/8=\n</base64></value>\n"),
            (.dateTime("soon"), "<value><dateTime.iso8601>soon</dateTime.iso8601></value>\n"),
            (
                [1, .nil, "x"],
                "<value><array><data>\n<value><int>1</int></value>\n<value><nil/></value><value><string>x</string></value>\n"
                    + "</data></array></value>\n"
            ),
            ([:], "<value><struct>\n</struct></value>\n"),
            (
                ["b&": 1, "a": []],
                "<value><struct>\n<member>\n<name>b&amp;</name>\n<value><int>1</int></value>\n</member>\n"
                    + "<member>\n<name>a</name>\n<value><array><data>\n</data></array></value>\n</member>\n</struct></value>\n"
            ),
        ] as [(XMLRPCValue, String)])
    func types(value: XMLRPCValue, text: String) throws {
        #expect(try written(value) == text)
    }

    @Test(
        "doubles have Python's shortest form",
        arguments: [
            (0, "0.0"), (-0.0, "-0.0"), (0.1, "0.1"), (3, "3.0"), (-1.5, "-1.5"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"), (9_999_999_999_999_998, "9999999999999998.0"), (1.5e16, "1.5e+16"),
            (123_456_789.125, "123456789.125"), (0.0001, "0.0001"), (0.00012, "0.00012"), (0.00001, "1e-05"),
            (0.000012, "1.2e-05"), (1e300, "1e+300"), (1e-300, "1e-300"), (.leastNonzeroMagnitude, "5e-324"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
            (2.2250738585072014e-308, "2.2250738585072014e-308"),
            (0.1 + 0.2, "0.30000000000000004"), (1 / 3, "0.3333333333333333"), (100, "100.0"),
            (1e22, "1e+22"),
            (1e100, "1e+100"), (4.35, "4.35"), (.infinity, "inf"), (-.infinity, "-inf"), (.nan, "nan"),
        ] as [(Double, String)])
    func doubles(number: Double, text: String) throws {
        #expect(try written(.double(number)) == "<value><double>\(text)</double></value>\n")
    }

    @Test(
        "base64 has lines of 76 characters", arguments: [56, 57, 58, 113, 114, 115, 3071, 3072, 3073, 10_000])
    func base64(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        let lines = try written(.base64(bytes)).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.first == "<value><base64>" && lines.suffix(2) == ["</base64></value>", ""])
        let data = lines.dropFirst().dropLast(2)
        #expect(data.dropLast().allSatisfy { $0.utf8.count == 76 })
        #expect(data.last.map { (1...76).contains($0.utf8.count) && $0.utf8.count % 4 == 0 } == true)
        #expect(data.count == (count + 56) / 57)
        let document = try XMLRPCEncoder().encode(.success(.base64(bytes)))
        #expect(try XMLRPCDecoder().decodeResponse(document) == .success(.base64(bytes)))
    }

    private func refusal(_ value: XMLRPCValue, by encoder: XMLRPCEncoder) -> (XMLRPCEncodingError, [UInt8])? {
        var output: [UInt8] = [1, 2, 3]
        do throws(XMLRPCEncodingError) {
            try encoder.encode(XMLRPCCall("m", ["x", value]), into: &output)
            return nil
        } catch {
            return (error, output)
        }
    }

    @Test(
        "whole numbers beyond 32 bits are refused, with the place, and nothing is written",
        arguments: [
            .int(2_147_483_648), .int(-2_147_483_649), .int(.min), .bigInteger("9223372036854775808"),
        ]
            as [XMLRPCValue])
    func bigIntegers(value: XMLRPCValue) {
        let (error, output) = refusal(["a": [1, value]], by: XMLRPCEncoder()) ?? (nil, [])
        #expect(error?.code == .integerOutOfRange)
        #expect(error?.path == "parameter 2.a[1]")
        #expect(error?.peerDetail == "int exceeds XML-RPC limits")
        #expect(output == [1, 2, 3])
    }

    @Test("the peer of 2010 has long integers")
    func longIntegers() {
        let encoder = XMLRPCEncoder(peer: .python2)
        #expect(
            refusal(.bigInteger("9223372036854775808"), by: encoder)?.0.peerDetail
                == "long int exceeds XML-RPC limits")
        #expect(refusal(.int(2_147_483_648), by: encoder)?.0.peerDetail == "int exceeds XML-RPC limits")
    }

    @Test("decimals are refused")
    func decimals() {
        let (error, output) = refusal(.bigDecimal("1.5"), by: XMLRPCEncoder()) ?? (nil, [])
        #expect(error?.code == .unwritableDecimal)
        #expect(error?.peerDetail == "cannot marshal <class 'decimal.Decimal'> objects")
        #expect(output == [1, 2, 3])
    }

    @Test("values nested deeper than any peer reads are refused")
    func depth() {
        var value: XMLRPCValue = []
        for level in 0..<600 { value = level.isMultiple(of: 2) ? [value] : ["a": value] }
        let (error, output) = refusal(value, by: XMLRPCEncoder()) ?? (nil, [])
        #expect(error?.code == .tooDeep)
        #expect(output == [1, 2, 3])
    }

    @Test(
        "faithful text refuses what XML cannot carry; the peers write it",
        arguments: ["\0", "\u{1}", "\u{B}", "\u{1F}", "\u{FFFE}", "\u{FFFF}"])
    func forbidden(character: String) throws {
        let (error, output) =
            refusal(.string("a\(character)"), by: XMLRPCEncoder(text: .faithful)) ?? (nil, [])
        #expect(error?.code == .forbiddenCharacter)
        let digits = character.unicodeScalars.map { String($0.value, radix: 16, uppercase: true) }.joined()
        #expect(error?.message.contains("U+\(digits) ") == true)
        #expect(output == [1, 2, 3])
        #expect(try written(.string("a\(character)")) == "<value><string>a\(character)</string></value>\n")
    }

    @Test("faithful text keeps carriage returns; the peers lose them")
    func carriageReturns() throws {
        let text = "a\r\nb\rc\n"
        let faithful = try XMLRPCEncoder(text: .faithful).encode(.success(.string(text)))
        #expect(try XMLRPCDecoder().decodeResponse(faithful) == .success(.string(text)))
        let asPeer = try XMLRPCEncoder().encode(.success(.string(text)))
        #expect(try XMLRPCDecoder().decodeResponse(asPeer) == .success("a\nb\nc\n"))
        #expect(
            try written("\u{FFFD}\u{E000}", by: XMLRPCEncoder(text: .faithful)).contains("\u{FFFD}\u{E000}"))
    }

    @Test("a call is written as the client of the real manager writes it")
    func call() throws {
        let bytes = try XMLRPCEncoder().encode(XMLRPCCall("echo", ["a"]))
        #expect(
            String(decoding: bytes, as: UTF8.self) == """
                <?xml version='1.0'?>
                <methodCall>
                <methodName>echo</methodName>
                <params>
                <param>
                <value><string>a</string></value>
                </param>
                </params>
                </methodCall>

                """)
    }

    @Test("a fault is a struct of two members")
    func fault() throws {
        let bytes = try XMLRPCEncoder().encode(
            .fault(XMLRPCFault(code: 8001, text: "procedure <x> not found")))
        #expect(
            String(decoding: bytes, as: UTF8.self) == """
                <?xml version='1.0'?>
                <methodResponse>
                <fault>
                <value><struct>
                <member>
                <name>faultCode</name>
                <value><int>8001</int></value>
                </member>
                <member>
                <name>faultString</name>
                <value><string>procedure &lt;x&gt; not found</string></value>
                </member>
                </struct></value>
                </fault>
                </methodResponse>

                """)
    }
}
