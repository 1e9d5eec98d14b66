import Testing
import XMLRPC

@Suite struct SourceEncodingTests {
    private let decoder = XMLRPCDecoder()
    private static let text = "aé€𝄞"

    private static func document(declaring name: String?) -> String {
        let declaration = name.map { "<?xml version='1.0' encoding='\($0)'?>\n" } ?? ""
        return declaration
            + "<methodCall><methodName>m</methodName><params><param><value>\(text)</value></param></params></methodCall>"
    }

    @Test("UTF-8 is read with and without a byte order mark", arguments: ["utf-8", "UTF-8", nil])
    func utf8(name: String?) throws {
        let bytes = Array(Self.document(declaring: name).utf8)
        #expect(try decoder.decodeCall(bytes).parameters == [.string(Self.text)])
        #expect(try decoder.decodeCall([0xEF, 0xBB, 0xBF] + bytes).parameters == [.string(Self.text)])
    }

    @Test("UTF-16 is read in both byte orders", arguments: [true, false], ["utf-16", "UTF-16", nil])
    func utf16(bigEndian: Bool, name: String?) throws {
        let bytes = Documents.utf16(Self.document(declaring: name), bigEndian: bigEndian, mark: true)
        #expect(try decoder.decodeCall(bytes).parameters == [.string(Self.text)])
    }

    @Test("UTF-16 is known by its zeros when it has no mark", arguments: [true, false])
    func utf16WithoutMark(bigEndian: Bool) throws {
        let name = bigEndian ? "utf-16be" : "utf-16le"
        let bytes = Documents.utf16(Self.document(declaring: name), bigEndian: bigEndian, mark: false)
        #expect(try decoder.decodeCall(bytes).parameters == [.string(Self.text)])
    }

    @Test("ISO-8859-1 is read when declared", arguments: ["iso-8859-1", "ISO-8859-1", "latin1"])
    func latin1(name: String) throws {
        let document = Self.document(declaring: name).replacing("€𝄞", with: "ÿ")
        let bytes = document.unicodeScalars.map { UInt8($0.value) }
        #expect(try decoder.decodeCall(bytes).parameters == ["aéÿ"])
    }

    @Test("US-ASCII has nothing above 127")
    func ascii() throws {
        let plain = Array(Self.document(declaring: "us-ascii").replacing("é€𝄞", with: "").utf8)
        #expect(try decoder.decodeCall(plain).parameters == ["a"])
        #expect(decoder.refusal(of: Array(Self.document(declaring: "us-ascii").utf8))?.code == .notWellFormed)
    }

    @Test(
        "other encodings never reach a conversion library",
        arguments: [
            ("ebcdic-cp-be", "unknown encoding: ebcdic-cp-be"),
            ("iso-8859-15", "unknown encoding: iso-8859-15"),
            ("utf-7", "multi-byte encodings are not supported"),
            ("UTF-32", "multi-byte encodings are not supported"),
            ("shift_jis", "multi-byte encodings are not supported"), ("x", "unknown encoding: x"),
        ])
    func others(name: String, detail: String) {
        let refusal = decoder.refusal(of: Array(Self.document(declaring: name).utf8))
        #expect(refusal?.code == .unsupportedEncoding)
        #expect(refusal?.peerDetail == detail)
    }

    @Test("a declaration that contradicts the bytes is refused")
    func contradictions() {
        #expect(
            decoder.refusal(of: Array(Self.document(declaring: "utf-16").utf8))?.code == .unsupportedEncoding)
        for name in ["utf-8", "iso-8859-1", "utf-16le"] {
            let bytes = Documents.utf16(Self.document(declaring: name), bigEndian: true, mark: true)
            #expect(decoder.refusal(of: bytes)?.code == .unsupportedEncoding, "\(name)")
        }
    }

    @Test(
        "bytes that are no characters are refused where they stand",
        arguments: [
            [0xFF], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
            [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x80], [0xC3, 0x28], [0xE2, 0x82, 0x28],
            [0xEF, 0xBF, 0xBE], [0xEF, 0xBF, 0xBF], [0x00], [0x01], [0x0B], [0x1F],
        ] as [[UInt8]])
    func invalid(bytes: [UInt8]) {
        let head = Array("<methodCall><methodName>m</methodName><params><param><value>ab".utf8)
        let tail = Array("</value></param></params></methodCall>".utf8)
        let refusal = decoder.refusal(of: head + bytes + tail)
        #expect(refusal?.code == .notWellFormed)
        #expect(refusal.map { (head.count...head.count + bytes.count).contains($0.offset) } == true)
        #expect(refusal?.peerDetail.hasPrefix("not well-formed (invalid token): line 1, column ") == true)
    }

    @Test("half a unit and half a pair of UTF-16 are refused", arguments: [true, false])
    func halves(bigEndian: Bool) {
        let whole = Documents.utf16(Self.document(declaring: nil), bigEndian: bigEndian, mark: true)
        #expect(decoder.refusal(of: whole.dropLast())?.code == .truncated)
        #expect(decoder.refusal(of: whole + [0x20]) != nil)
        let (high, low) = (UInt8(0xD8), UInt8(0x34))
        let half: [UInt8] = bigEndian ? [high, low] : [low, high]
        let text = "<methodCall><methodName>"
        let head = Documents.utf16(text, bigEndian: bigEndian, mark: true)
        let tail = Documents.utf16("m</methodName></methodCall>", bigEndian: bigEndian, mark: false)
        #expect(decoder.refusal(of: head + half + tail)?.code == .notWellFormed)
        #expect(decoder.refusal(of: head + half)?.code == .truncated)
    }
}
