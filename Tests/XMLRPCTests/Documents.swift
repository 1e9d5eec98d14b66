import XMLRPC

/// Documents around a piece of markup.
enum Documents {
    /// A call of `echo` with one parameter, `value` being everything inside `<param>`.
    static func call(_ value: String) -> [UInt8] {
        Array(
            "<?xml version='1.0'?><methodCall><methodName>echo</methodName><params><param>\(value)</param></params></methodCall>"
                .utf8)
    }

    /// An answer, `value` being everything inside `<param>`.
    static func response(_ value: String) -> [UInt8] {
        Array("<methodResponse><params><param>\(value)</param></params></methodResponse>".utf8)
    }

    /// A call in UTF-16.
    static func utf16(_ text: String, bigEndian: Bool, mark: Bool) -> [UInt8] {
        ((mark ? [0xFEFF] : []) + Array(text.utf16)).flatMap { unit in
            let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
            return bigEndian ? [high, low] : [low, high]
        }
    }

    /// Struct members, strings, numbers, base64, references, comments and line ends, with characters of one to
    /// four bytes.
    static let sample = """
        <?xml version='1.0' encoding="utf-8"?>\r
        <!-- é -->
        <methodCall>
        <methodName>build</methodName>\r\n<params>
        <param><value><string>PACKAGE-1 &amp; &#8364; ü𝄞\r\nnext</string></value></param>
        <param><value>bare<!-- between --> text</value></param>
        <param><value><struct>
        <member><name>sum</name><value><base64>aGVs\nbG8gd29ybGQ=\n</base64></value></member>
        <member><name>list</name><value><array><data><value><i4>-7</i4></value>\
        <value><boolean>1</boolean></value><value><double>0.1</double></value><value><nil/></value>\
        </data></array></value></member>
        <member><name>raw</name><value><string><![CDATA[<é> ]] &amp;]]></string></value></member>
        </struct></value></param>
        <?pi data?></params>
        </methodCall>

        """

    static let sampleCall = XMLRPCCall(
        "build",
        [
            "PACKAGE-1 & € ü𝄞\nnext", "bare text",
            [
                "sum": .base64(Array("hello world".utf8)), "list": [-7, true, .double(0.1), .nil],
                "raw": "<é> ]] &amp;",
            ],
        ])
}

/// What became of a document.
typealias Outcome = Result<XMLRPCMessage, XMLRPCDecodingError>

extension XMLRPCDecoder {
    /// The document in one piece.
    func outcome(of bytes: [UInt8]) -> Outcome {
        Result { () throws(XMLRPCDecodingError) in try decode(bytes) }
    }

    /// The document in pieces.
    func outcome(of pieces: some Sequence<ArraySlice<UInt8>>) -> Outcome {
        Result { () throws(XMLRPCDecodingError) in
            do throws(XMLRPCDecodingError) {
                for piece in pieces { try feed(Array(piece)) }
            } catch {
                reset()
                throw error
            }
            return try finish()
        }
    }

    /// The one parameter of a call made of this markup.
    func value(_ markup: String) throws -> XMLRPCValue? {
        let call = try decodeCall(Documents.call(markup))
        return call.parameters.count == 1 ? call.parameters[0] : nil
    }

    /// Why a call made of this markup is refused; nil when it is not.
    func refusal(_ markup: String) -> XMLRPCDecodingError? { refusal(of: Documents.call(markup)) }

    /// Why a document is refused; nil when it is not.
    func refusal(of bytes: [UInt8]) -> XMLRPCDecodingError? {
        do throws(XMLRPCDecodingError) {
            _ = try decode(bytes)
            return nil
        } catch {
            return error
        }
    }
}
