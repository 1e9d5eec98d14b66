import FarmModel
import Testing

@Suite("Seeded generators")
struct SeededGeneratorTests {
    @Test("the stream is SplitMix64")
    func reference() {
        var generator = SeededGenerator(seed: 1_234_567)
        // The published first numbers of SplitMix64 for this seed.
        #expect(
            (0..<5).map { _ in generator.next() } == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
    }

    @Test("a split depends on seed and name alone, not on what was drawn")
    func independence() {
        let root = SeededGenerator(seed: 42)
        var drawn = root
        for _ in 0..<1000 { _ = drawn.next() }
        var early = root.split("slave:bob")
        var late = drawn.split("slave:bob")
        #expect((0..<100).allSatisfy { _ in early.next() == late.next() })
        var untouched = root
        _ = root.split("slave:alice")
        var other = SeededGenerator(seed: 42)
        #expect((0..<100).allSatisfy { _ in untouched.next() == other.next() })
    }

    @Test("other names, other seeds and another order of names give other streams")
    func difference() {
        let root = SeededGenerator(seed: 42)
        let streams = [
            root, root.split(""), root.split("a"), root.split("b"), root.split("ab"),
            root.split("a").split("b"),
            root.split("b").split("a"), SeededGenerator(seed: 43).split("a"), root.split("a").split("a"),
        ].map { stream in
            var stream = stream
            return (0..<4).map { _ in stream.next() }
        }
        #expect(Set(streams).count == streams.count)
        // No number of one stream turns up in another either.
        #expect(Set(streams.flatMap { $0 }).count == streams.count * 4)
    }

    @Test("names that differ in one bit give streams that agree in about half of all bits")
    func avalanche() {
        let root = SeededGenerator(seed: 7)
        var agreeing = 0
        for number in 0..<500 {
            var one = root.split("slave:\(number * 2)")
            var two = root.split("slave:\(number * 2 + 1)")
            agreeing += (~(one.next() ^ two.next())).nonzeroBitCount
        }
        // 32,000 bits, deviation about 90.
        #expect((15_500...16_500).contains(agreeing))
    }

    @Test("a unit number is at least 0, below 1, and evenly spread")
    func unit() {
        var generator = SeededGenerator(seed: 99)
        var tenths = [Int](repeating: 0, count: 10)
        for _ in 0..<10_000 {
            let number = generator.unit()
            #expect(number >= 0 && number < 1)
            tenths[Int(number * 10)] += 1
        }
        // 1,000 each, deviation 30.
        #expect(tenths.allSatisfy { (850...1150).contains($0) })
    }
}
