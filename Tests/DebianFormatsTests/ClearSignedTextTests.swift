import DebianFormats
import Testing

private let good = """
    -----BEGIN PGP SIGNED MESSAGE-----
    Hash: SHA512

    A: 1
    - -dash: escaped
    B: 2

    -----BEGIN PGP SIGNATURE-----

    iQEzBAEBCgAdFiEE
    -----END PGP SIGNATURE-----

    """

@Suite("Clear-signed documents")
struct ClearSignedTextTests {
    private func read(_ text: String) throws(DebianFormatsError) -> ClearSignedText {
        try ClearSignedText(reading: Array(text.utf8))
    }

    @Test("the signed text comes out without armour and escapes")
    func wellFormed() throws {
        let document = try read(good)
        #expect(document.isSigned)
        #expect(!document.hasOutsideText)
        #expect(String(decoding: document.body, as: UTF8.self) == "A: 1\n-dash: escaped\nB: 2\n\n")
        #expect(document.firstLine == 4)
        let signature = String(decoding: try #require(document.signature), as: UTF8.self)
        #expect(signature.hasPrefix("-----BEGIN PGP SIGNATURE-----\n"))
        #expect(signature.hasSuffix("-----END PGP SIGNATURE-----\n"))
    }

    @Test("a document without armour is its own text")
    func unsigned() throws {
        let document = try read("A: 1\n")
        #expect(!document.isSigned)
        #expect(document.body == Array("A: 1\n".utf8))
        #expect(document.firstLine == 1)
    }

    @Test("text outside the block is left out and reported")
    func outside() throws {
        for text in ["Evil: 1\n\n" + good, good + "Evil: 1\n"] {
            let document = try read(text)
            #expect(document.hasOutsideText)
            #expect(!String(decoding: document.body, as: UTF8.self).contains("Evil"))
        }
        #expect(try !read("\n \n" + good + "\n\n").hasOutsideText)
    }

    @Test(
        "broken armour is refused",
        arguments: [
            (good + good, FormatProblem.Code.signatureMultiple),
            (good + "-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n", .signatureMultiple),
            (good.replacing("-----END PGP SIGNATURE-----", with: ""), .signatureSyntax),
            ("-----BEGIN PGP SIGNED MESSAGE-----", .signatureSyntax),
            ("-----BEGIN PGP SIGNED MESSAGE-----\n\nA: 1\n", .signatureSyntax),
            (good.replacing("Hash: SHA512", with: "NotDashEscaped: GnuPG"), .signatureSyntax),
            (good.replacing("Hash: SHA512", with: "Source: evil"), .signatureSyntax),
            (good.replacing("B: 2", with: "-----BEGIN PGP MESSAGE-----"), .signatureSyntax),
        ])
    func broken(text: String, code: FormatProblem.Code) {
        let error = #expect(throws: DebianFormatsError.self) { try read(text) }
        #expect(error?.code == code)
    }

    @Test("errors in the signed text name the line of the file")
    func lines() throws {
        let bytes = try Golden.bytes("ppa/bad/019-malformed-control/mutant_1.0_source.changes")
        let error = #expect(throws: DebianFormatsError.self) {
            try ChangesFile(bytes, fileName: "mutant_1.0_source.changes")
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        let line = try #require(error?.problems.first?.line)
        #expect(!lines[line - 1].contains(":"))
    }

    @Test("too large a document is refused unread")
    func size() {
        let error = #expect(throws: DebianFormatsError.self) {
            try ClearSignedText(reading: Array(good.utf8), maximumBytes: 100)
        }
        #expect(error?.code == .tagfileLimit)
    }
}
