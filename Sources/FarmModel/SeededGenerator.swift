/// The one source of randomness of a farm: a seeded generator (SplitMix64) that is split by name.
///
/// A consumer never draws from somebody else's stream: `root.split("slave:bob").split("rule:latency")` depends
/// on the seed and the names alone, so adding a slave or a rule does not change what the others draw.
public struct SeededGenerator: RandomNumberGenerator, Hashable, Sendable {
    private let origin: UInt64
    private var state: UInt64

    public init(seed: UInt64) {
        origin = seed
        state = seed
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// A generator that depends on this one's seed and on `name` only, not on what was drawn so far.
    public func split(_ name: String) -> SeededGenerator {
        // FNV-1a over the name, then mixed, so that names that differ in one bit give unrelated streams.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return SeededGenerator(seed: Self.mix(origin ^ Self.mix(hash)))
    }

    /// A number in `0 ..< 1`.
    public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
