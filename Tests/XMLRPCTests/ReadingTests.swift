import Testing
import XMLRPC

@Suite struct ReadingTests {
    private let decoder = XMLRPCDecoder()

    @Test(
        "whole numbers are read in every spelling and size",
        arguments: [
            ("<int>42</int>", 42), ("<i1>-1</i1>", -1), ("<i2>2</i2>", 2), ("<i4>+4</i4>", 4),
            ("<i8>8</i8>", 8),
            ("<biginteger>7</biginteger>", 7), ("<int> \n-12\t</int>", -12), ("<int>007</int>", 7),
            ("<int>-0</int>", 0), ("<int>1_000</int>", 1000), ("<int>\u{663}\u{664}</int>", 34),
            ("<int>\u{A0}5\u{2003}</int>", 5), ("<int>2147483648</int>", 2_147_483_648),
            ("<int>&#49;<![CDATA[2]]></int>", 12), ("<ex:i8 xmlns:ex='urn:x'>9</ex:i8>", 9),
            ("<int>999999999999999999</int>", 999_999_999_999_999_999),
            ("<i8>9223372036854775807</i8>", .int(.max)), ("<i8>-9223372036854775808</i8>", .int(.min)),
            ("<i8>9223372036854775808</i8>", .bigInteger("9223372036854775808")),
            ("<int> -00099999999999999999999 </int>", .bigInteger("-99999999999999999999")),
            ("<biginteger>+100000000000000000000</biginteger>", .bigInteger("100000000000000000000")),
        ] as [(String, XMLRPCValue)])
    func integers(markup: String, value: XMLRPCValue) throws {
        #expect(try decoder.value("<value>\(markup)</value>") == value)
    }

    @Test(
        "what is no whole number is refused in the real slave's words",
        arguments: [
            ("", "''"), ("abc", "'abc'"), ("1.5", "'1.5'"), ("1__0", "'1__0'"), ("_1", "'_1'"),
            ("1_", "'1_'"),
            ("+", "'+'"), ("--1", "'--1'"), ("0x10", "'0x10'"), ("1 2", "'1 2'"), ("it's\n", "\"it's\\n\""),
        ])
    func badIntegers(text: String, shown: String) {
        let refusal = decoder.refusal("<value><int>\(text)</int></value>")
        #expect(refusal?.code == .badInteger)
        #expect(refusal?.peerDetail == "invalid literal for int() with base 10: \(shown)")
    }

    @Test("numbers end at 4,300 digits")
    func longestInteger() throws {
        let longest = String(repeating: "9", count: 4300)
        #expect(try decoder.value("<value><int>\(longest)</int></value>") == .bigInteger(longest))
        let refusal = decoder.refusal("<value><int>\(longest)9</int></value>")
        #expect(refusal?.code == .badInteger)
        #expect(
            refusal?.peerDetail
                == "Exceeds the limit (4300 digits) for integer string conversion: value has 4301 digits; "
                + "use sys.set_int_max_str_digits() to increase the limit")
    }

    @Test("a boolean is 0 or 1 and nothing else", arguments: ["", "2", "true", " 1", "1 ", "01", "-1"])
    func booleans(bad: String) throws {
        #expect(try decoder.value("<value><boolean>0</boolean></value>") == false)
        #expect(try decoder.value("<value><boolean>1</boolean></value>") == true)
        let refusal = decoder.refusal("<value><boolean>\(bad)</boolean></value>")
        #expect(refusal?.code == .badBoolean)
        #expect(refusal?.peerDetail == "bad boolean value")
    }

    @Test(
        "doubles are read as Python reads them",
        arguments: [
            ("0.1", 0.1), (" -1.5e3\n", -1500), (".5", 0.5), ("5.", 5), ("7", 7), ("+1E+2", 100),
            ("1_0.5", 10.5),
            ("inf", .infinity), ("-Infinity", -.infinity), ("1e400", .infinity), ("1e-400", 0),
            ("\u{662}.5", 2.5),
        ] as [(String, Double)])
    func doubles(text: String, number: Double) throws {
        #expect(try decoder.value("<value><double>\(text)</double></value>") == .double(number))
        #expect(try decoder.value("<value><float>\(text)</float></value>") == .double(number))
    }

    @Test("nan is a double, whatever its sign", arguments: ["nan", "NaN", "-nan", " +nan "])
    func notANumber(text: String) throws {
        guard case .double(let number)? = try decoder.value("<value><double>\(text)</double></value>") else {
            Issue.record("no double")
            return
        }
        #expect(number.isNaN)
    }

    @Test(
        "what is no double is refused in the real slave's words",
        arguments: ["", "1,5", "0x1p3", "1e", ".", "e5", "--1", "nan(1)", "1 2", "1_.5", "infinit"])
    func badDoubles(text: String) {
        let refusal = decoder.refusal("<value><double>\(text)</double></value>")
        #expect(refusal?.code == .badDouble)
        #expect(refusal?.peerDetail == "could not convert string to float: '\(text)'")
    }

    @Test(
        "texts keep their white space and lose their markup",
        arguments: [
            ("<value><string>x</string></value>", "x"), ("<value>x</value>", "x"), ("<value/>", ""),
            ("<value><string/></value>", ""), ("<value>  a \n</value>", "  a \n"),
            ("<value>a<!-- b -->c</value>", "ac"), ("<value>a<?b c?>d</value>", "ad"),
            ("<value>a<![CDATA[<b>&amp;]]>c</value>", "a<b>&amp;c"), ("<value><![CDATA[]]></value>", ""),
            ("<value>&#65;&#x42;&#x1D11E;&amp;&lt;&gt;&quot;&apos;</value>", "AB\u{1D11E}&<>\"'"),
            ("<value>a\r\nb\rc\n</value>", "a\nb\nc\n"), ("<value>a&#13;&#10;b</value>", "a\r\nb"),
            ("<value>\u{7F}\u{85}\u{2028}</value>", "\u{7F}\u{85}\u{2028}"),
        ])
    func strings(markup: String, text: String) throws {
        // Swift takes a carriage return and a newline for one character, so the scalars are compared.
        let value = try decoder.value(markup)?.stringValue
        #expect(value.map { Array($0.unicodeScalars) } == Array(text.unicodeScalars))
    }

    @Test(
        "base64 skips foreign characters and ends with its padding",
        arguments: [
            ("aGVsbG8=", "hello"), ("\n  aGVs\r\nbG8=\n", "hello"), ("a G*V-s_b!G8=", "hello"), ("", ""),
            (" \n", ""), ("aGVsbG8=trailing", "hello"), ("=aGVsbG8=", "hello"), ("aG=VsbG8=", "hello"),
            ("aA==", "h"), ("aGVs", "hel"), ("aGVsbG8=====", "hello"), ("aGVs<!-- c -->bG8=", "hello"),
            ("aGVs<![CDATA[bG8=]]>", "hello"), ("aGVs&#98;G8=", "hello"), ("aGVsaA=!=", "helh"),
        ])
    func base64(text: String, bytes: String) throws {
        let value = try decoder.value("<value><base64>\(text)</base64></value>")
        #expect(value == .base64(Array(bytes.utf8)))
    }

    @Test(
        "base64 that stops within a group is refused in the real slave's words",
        arguments: [
            ("aGVsbG8", "Incorrect padding"), ("aA=", "Incorrect padding"), ("aGVsaA", "Incorrect padding"),
            (
                "a",
                "Invalid base64-encoded string: number of data characters (1) cannot be 1 more than a multiple of 4"
            ),
            (
                "aGVsb",
                "Invalid base64-encoded string: number of data characters (5) cannot be 1 more than a multiple of 4"
            ),
            (
                "aGVs\u{E9}",
                "'ascii' codec can't encode character '\\xe9' in position 4: ordinal not in range(128)"
            ),
            (
                "\u{20AC}\u{20AC}a",
                "'ascii' codec can't encode characters in position 0-1: ordinal not in range(128)"
            ),
        ])
    func badBase64(text: String, detail: String) {
        let refusal = decoder.refusal("<value><base64>\(text)</base64></value>")
        #expect(refusal?.code == .badBase64)
        #expect(refusal?.peerDetail == detail)
    }

    @Test("a date is any text, stripped")
    func dates() throws {
        for (text, date) in [
            ("20240101T00:00:00", "20240101T00:00:00"), (" soon\n", "soon"), ("", ""), ("<![CDATA[x]]>", "x"),
        ] {
            #expect(
                try decoder.value("<value><dateTime.iso8601>\(text)</dateTime.iso8601></value>")
                    == .dateTime(date))
        }
    }

    @Test(
        "nil has no contents that matter and may have a prefix",
        arguments: ["<nil/>", "<nil></nil>", "<nil>x</nil>", "<ex:nil xmlns:ex='urn:x'/>", "<ex:nil/>"])
    func `nil`(markup: String) throws {
        #expect(try decoder.value("<value>\(markup)</value>") == .nil)
    }

    @Test("a decimal is read as its text")
    func decimals() throws {
        for text in ["1.50", "-1e5", "NaN12", "Infinity"] {
            #expect(try decoder.value("<value><bigdecimal>\(text)</bigdecimal></value>") == .bigDecimal(text))
        }
        let refusal = decoder.refusal("<value><bigdecimal>x</bigdecimal></value>")
        #expect(refusal?.code == .badDecimal)
        #expect(refusal?.peerDetail == "[<class 'decimal.ConversionSyntax'>]")
    }

    @Test("arrays and structs nest and keep their order")
    func nesting() throws {
        let value = try decoder.value(
            """
            <value><struct>
              <member><name>b</name><value><array><data>
                <value><array><data/></array></value><value><struct/></value><value>x</value>
              </data></array></value></member>
              <member><name>a</name><value><int>1</int></value></member>
            </struct></value>
            """)
        #expect(value == ["b": [[], [:], "x"], "a": 1])
        #expect(value?.structValue?.keys.elements == ["b", "a"])
    }

    @Test("of repeated members the last wins in the place of the first; strict reading refuses them")
    func repeatedMembers() throws {
        func member(_ name: String, _ value: Int) -> String {
            "<member><name>\(name)</name><value><int>\(value)</int></value></member>"
        }
        let markup = "<value><struct>\(member("a", 1))\(member("b", 2))\(member("a", 3))</struct></value>"
        let value = try decoder.value(markup)
        #expect(value == ["a": 3, "b": 2])
        #expect(value?.structValue?.keys.elements == ["a", "b"])
        let refusal = XMLRPCDecoder(reading: .strict).refusal(markup)
        #expect(refusal?.code == .duplicateMember)
        #expect(refusal?.message.contains("'a'") == true)
    }

    @Test(
        "a struct whose names and values do not pair up is refused",
        arguments: [
            ("<member><name>a</name></member>", "list index out of range"),
            (
                "<member><value><array><data/></array></value><value>x</value></member>",
                "unhashable type: 'list'"
            ),
            ("<member><value><struct/></value><value>x</value></member>", "unhashable type: 'dict'"),
            (
                "<member><value><base64/></value><value>x</value></member>", "unhashable type: 'Binary'"
            ),
            ("<member><value><int>1</int></value><value>x</value></member>", "dictionary key must be string"),
        ])
    func badStructs(members: String, detail: String) {
        let refusal = decoder.refusal("<value><struct>\(members)</struct></value>")
        #expect(refusal?.code == .badStruct)
        #expect(refusal?.peerDetail == detail)
    }

    @Test("an unknown type is named")
    func unknownTypes() {
        let refusal = decoder.refusal("<value><blob>x</blob></value>")
        #expect(refusal?.code == .unknownType)
        #expect(refusal?.peerDetail == "ResponseError(\"unknown tag 'blob'\")")
    }

    @Test(
        "the peer of 2010 knows fewer types",
        arguments: ["i1", "i2", "biginteger", "float", "bigdecimal", "x:nil"])
    func oldPeer(type: String) {
        let refusal = XMLRPCDecoder(reading: .slave2010).refusal("<value><\(type)>1</\(type)></value>")
        #expect(refusal?.code == .unknownType)
        #expect(refusal?.peerDetail == "ResponseError(\"unknown tag u'\(type)'\",)")
    }

    @Test("an answer, a fault and a call are told apart")
    func kinds() throws {
        #expect(try decoder.decodeResponse(Documents.response("<value>x</value>")) == .success("x"))
        let fault = XMLRPCFault(code: 8002, text: "error")
        let written = try XMLRPCEncoder().encode(.fault(fault))
        #expect(try decoder.decodeResponse(written) == .fault(fault))
        func code(_ body: () throws(XMLRPCDecodingError) -> Void) -> XMLRPCDecodingError.Code? {
            do throws(XMLRPCDecodingError) {
                try body()
                return nil
            } catch {
                return error.code
            }
        }
        let answer = Documents.response("<value/>")
        #expect(
            code { () throws(XMLRPCDecodingError) in _ = try decoder.decodeCall(answer) }
                == .responseInsteadOfCall)
        #expect(
            code { () throws(XMLRPCDecodingError) in _ = try decoder.decodeCall(written) }
                == .faultInsteadOfCall)
        let call = Documents.call("<value/>")
        #expect(
            code { () throws(XMLRPCDecodingError) in _ = try decoder.decodeResponse(call) }
                == .callInsteadOfResponse)
    }
}
