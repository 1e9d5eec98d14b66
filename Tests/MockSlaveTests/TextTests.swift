import FarmModel
import Testing
import XMLRPC

@testable import MockSlave

/// Texts as the daemon's language reads and writes them.
@Suite("Texts")
struct TextTests {
    @Test(
        "texts in lists of Python 3",
        arguments: [
            ("a", "'a'"), ("it's", "\"it's\""), ("'\"", "'\\'\"'"), ("\\", "'\\\\'"),
            ("\n\r\t", "'\\n\\r\\t'"),
            ("é€🚀", "'é€🚀'"), ("\u{0}\u{7F}\u{A0}", "'\\x00\\x7f\\xa0'"), ("\u{200B}", "'\\u200b'"),
            ("\u{E0001}", "'\\U000e0001'"),
        ])
    func representation(_ text: String, _ expected: String) {
        #expect(PythonText.representation(text) == expected)
    }

    @Test(
        "texts in lists of Python 2",
        arguments: [
            ("a", "'a'"), ("it's", "\"it's\""), ("'\"", "'\\'\"'"), ("\\", "'\\\\'"),
            ("\n\r\t", "'\\n\\r\\t'"),
            ("é", "'\\xc3\\xa9'"), ("\u{0}", "'\\x00'"),
        ])
    func oldRepresentation(_ text: String, _ expected: String) {
        #expect(PythonText.oldRepresentation(text) == expected)
    }

    @Test(
        "arguments quoted for a shell",
        arguments: [
            ("", "''"), ("a-b_c@d%e+f=g:h,i./j", "a-b_c@d%e+f=g:h,i./j"), ("a b", "'a b'"), ("é", "'é'"),
            ("it's", "'it'\"'\"'s'"), ("$x", "'$x'"), ("~", "'~'"),
        ])
    func shell(_ text: String, _ expected: String) {
        #expect(PythonText.shellQuoted(text) == expected)
    }

    static let documents: [(String, XMLRPCValue?)] = [
        ("{}", [:]), (" [ ] ", []), ("[1, -2, 0]", [1, -2, 0]), ("\"a\\u00e9\\n\\/\"", "aé\n/"),
        ("\"\\ud83d\\ude80\"", "🚀"), ("\"\\ud83dx\"", "\u{FFFD}x"), ("1.5e3", .double(1500)),
        ("-0.5", .double(-0.5)),
        ("99999999999999999999", .bigInteger("99999999999999999999")), ("true", true), ("null", .nil),
        ("Infinity", .double(.infinity)), ("-Infinity", .double(-.infinity)),
        ("{\"b\": 1, \"a\": 2, \"b\": 3}", ["b": 3, "a": 2]), ("", nil), ("{", nil), ("[1,]", nil),
        ("[1 2]", nil),
        ("{\"a\" 1}", nil), ("{a: 1}", nil), ("01", nil), ("1.", nil), ("-", nil), ("+1", nil), ("\"a", nil),
        ("\"\n\"", nil), ("\"\\x\"", nil), ("\"\\u12\"", nil), ("\"\\u12+4\"", nil), ("tru", nil),
        ("1 2", nil),
        ("{\"a\": }", nil), ("\u{FEFF}{}", nil), ("nul", nil), ("[", nil), ("\"\\", nil),
    ]

    @Test("JSON is read with its order, and anything else is not", arguments: documents)
    func json(_ text: String, _ expected: XMLRPCValue?) {
        #expect(OrderedJSON.value(of: text.utf8) == expected)
    }

    @Test("JSON must be text and no deeper than the limit")
    func jsonLimits() {
        #expect(OrderedJSON.value(of: [0x22, 0xFF, 0x22]) == nil)
        #expect(OrderedJSON.value(of: Array(repeating: UInt8(ascii: "["), count: 1_000_000)) == nil)
        let nested = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(OrderedJSON.value(of: nested.utf8) != nil)
        #expect(OrderedJSON.value(of: "[\(nested)]".utf8, depthLimit: 63) == nil)
        if case .double(let number)? = OrderedJSON.value(of: "NaN".utf8) {
            #expect(number.isNaN)
        } else {
            Issue.record("NaN is no number")
        }
    }

    @Test("members in the order of an old hash table")
    func hashOrder() {
        #expect(PythonHashOrder.order(of: ["zeta", "alpha", "mid"]) == ["alpha", "zeta", "mid"])
        #expect(
            PythonHashOrder.order(of: ["hello_1.0-1_i386.changes", "a.deb", "b.deb"])
                == ["b.deb", "a.deb", "hello_1.0-1_i386.changes"])
        let many = (0..<100).map { "member\($0)" }
        let ordered = PythonHashOrder.order(of: many)
        #expect(ordered != many && ordered.sorted() == many.sorted())
        #expect(PythonHashOrder.order(of: ["", "é"]).count == 2)
        let nested: XMLRPCValue = [["zeta": 1, "alpha": ["zeta": 2, "alpha": 3]]]
        let expected: XMLRPCValue = [["alpha": ["alpha": 3, "zeta": 2], "zeta": 1]]
        #expect(HashOrder.applied(to: nested) == expected)
    }
}
