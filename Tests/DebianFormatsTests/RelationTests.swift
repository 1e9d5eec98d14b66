import DebianFormats
import FarmModel
import Testing

@Suite("Relations")
struct RelationTests {
    @Test("every part of a relation is read")
    func parts() throws {
        let list = try RelationList(
            "libfoo-dev:native (>= 2:1.0~rc1) [linux-any !i386] <!nocheck> <stage1 cross> | bar")
        #expect(list.clauses.count == 1)
        #expect(list.clauses[0].alternatives.map(\.package.rawValue) == ["libfoo-dev", "bar"])
        let relation = list.clauses[0].alternatives[0]
        #expect(relation.architectureQualifier == "native")
        #expect(relation.constraint == .init(.laterOrEqual, try DebianVersion("2:1.0~rc1")))
        #expect(relation.architectures == [.init("linux-any"), .init("i386", isNegated: true)])
        #expect(
            relation.profiles == [[.init("nocheck", isNegated: true)], [.init("stage1"), .init("cross")]])
    }

    @Test(
        "relations are printed in one form",
        arguments: [
            ("a0,b0", "a0, b0"), ("a0|b0,c0", "a0 | b0, c0"), ("a0(>=1)", "a0 (>= 1)"),
            ("a0 (  =  1 )", "a0 (= 1)"),
            ("a0 (< 1), b0 (> 2)", "a0 (<= 1), b0 (>= 2)"), ("a0,\n b0,\n", "a0, b0"), ("", ""), (" , ", ""),
            ("a0 (<< 1) [ amd64  i386 ]<x>", "a0 (<< 1) [amd64 i386] <x>"), ("a0:any", "a0:any"),
            (
                "libc6 (>= 2.36), libgcc-s1 (>> 3.0), a0 | b0 (= 1)",
                "libc6 (>= 2.36), libgcc-s1 (>> 3.0), a0 | b0 (= 1)"
            ),
        ])
    func printing(text: String, printed: String) throws {
        let list = try RelationList(text)
        #expect(list.description == printed)
        #expect(try RelationList(printed) == list)
        #expect(list.isEmpty == printed.isEmpty)
    }

    @Test(
        "broken relations are refused",
        arguments: [
            "a", "a0 b0", "a0 |", "| a0", "a0 || b0", "a0 (1.0)", "a0 (>= )", "a0 (>= 1", "a0 (=> 1)",
            "a0 (>= 1) x",
            "a0:", "a0:ANY", "a0 [", "a0 []", "a0 [!]", "a0 <>", "a0 <x", "${misc:Depends}", "a0 (>= 1 2)",
            "ä",
            "a0 (== 1)", "a0 (>= ä)", "a0 [a;b]", "a0 (= 1) (= 2)",
        ])
    func broken(text: String) {
        let error = #expect(throws: DebianFormatsError.self) { try RelationList(text) }
        #expect(error?.code == .relationSyntax)
    }

    @Test(
        "constraints judge versions",
        arguments: [
            ("<<", false, false, true), ("<=", false, true, true), ("=", false, true, false),
            (">=", true, true, false), (">>", true, false, false),
        ])
    func satisfaction(sign: String, later: Bool, same: Bool, earlier: Bool) throws {
        let comparison = try #require(Relation.Constraint.Operator(rawValue: sign))
        let constraint = Relation.Constraint(comparison, try DebianVersion("1.0"))
        #expect(constraint.isSatisfied(by: try DebianVersion("1.0+b1")) == later)
        #expect(constraint.isSatisfied(by: try DebianVersion("1.0-0")) == same)
        #expect(constraint.isSatisfied(by: try DebianVersion("1.0~rc1")) == earlier)
    }

    @Test("random texts are read or refused, and what is read is printed and read again")
    func random() {
        let seed: UInt64 = 0x5EED_0010
        print("RelationTests.random seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array("ab1:()[]<>=!|, .-".utf8)
        var accepted = 0
        for _ in 0..<20_000 {
            let count = 2 + Int(generator.next() % 14)
            let bytes = (0..<count).map { _ in alphabet[Int(generator.next() % UInt64(alphabet.count))] }
            let text = String(decoding: bytes, as: UTF8.self)
            guard let list = try? RelationList(text) else { continue }
            accepted += 1
            #expect((try? RelationList(list.description)) == list, "\(text), seed \(seed)")
        }
        #expect(accepted > 100)
    }
}
