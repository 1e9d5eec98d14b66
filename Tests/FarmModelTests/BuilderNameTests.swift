import FarmModel
import Testing

@Suite("Names of builders")
struct BuilderNameTests {
    @Test(
        "lower-case letters, digits and +.- make a name",
        arguments: ["bob", "0", "lgw01-amd64-007", "a+b.c-d", "x-", String(repeating: "a", count: 200)])
    func accepted(text: String) {
        #expect(BuilderName(text)?.rawValue == text)
        #expect(BuilderName(text)?.description == text)
    }

    @Test(
        "anything else does not",
        arguments: [
            "", "Bob", "-bob", ".bob", "+bob", "bob smith", "bob\n", "böb", "bob_1", "bob/1", "bob\u{301}",
            "..",
            String(repeating: "a", count: 201),
        ])
    func refused(text: String) {
        #expect(BuilderName(text) == nil)
    }

    @Test(
        "the region is the name without its number",
        arguments: [
            ("lgw01-amd64-007", "lgw01-amd64"), ("bos02-s390x-1", "bos02-s390x"), ("bob", ""), ("bob-", ""),
            ("bob-x1", ""), ("bob-1x", ""), ("b-1", "b"), ("b-1-2", "b-1"), ("b+c.d-12", "b+c.d"),
            ("bob1", ""),
        ])
    func region(name: String, region: String) throws {
        #expect(try #require(BuilderName(name)).region == region)
    }

    @Test("names are ordered as texts")
    func order() throws {
        #expect(try #require(BuilderName("a-10")) < #require(BuilderName("a-9")))
    }
}
