import DebianFormats
import FarmModel
import Foundation
import Testing

@Suite("Versions")
struct DebianVersionTests {
    struct Vectors: Decodable {
        struct Pair: Decodable {
            var a: String
            var b: String
            var dpkg: String
        }
        var pairs: [Pair]
    }

    static func vectors() throws -> [Vectors.Pair] {
        let data = Data(try Golden.bytes("versions/pairs.json"))
        return try JSONDecoder().decode(Vectors.self, from: data).pairs
    }

    @Test("every recorded pair compares as dpkg compares it, in both directions, and so do the keys")
    func recordedPairs() throws {
        let pairs = try Self.vectors()
        #expect(pairs.count > 100)
        for pair in pairs {
            if pair.dpkg == "error" {
                #expect(throws: DebianFormatsError.self) { try DebianVersion(tolerating: pair.a) }
                continue
            }
            let a = try DebianVersion(tolerating: pair.a)
            let b = try DebianVersion(tolerating: pair.b)
            #expect(Self.relation(a, b) == pair.dpkg, "\(pair.a) against \(pair.b)")
            #expect(Self.relation(b, a) == Self.opposite(pair.dpkg), "\(pair.b) against \(pair.a)")
            #expect(Self.keyRelation(a, b) == pair.dpkg, "keys of \(pair.a) and \(pair.b)")
            if pair.dpkg == "eq" { #expect(a.hashValue == b.hashValue, "hashes of \(pair.a) and \(pair.b)") }
        }
    }

    @Test(
        "keys are the documented bytes",
        arguments: [
            ("1.0", "00 02 01 31 49 02 00 02 02 00 02"),
            ("1.0-0", "00 02 01 31 49 02 00 02 02 00 02"),
            ("1.0-1", "00 02 01 31 49 02 00 02 02 01 31 02"),
            ("1:1.0~rc1-1", "01 31 02 01 31 49 02 00 01 2e 1f 02 01 31 02 02 01 31 02"),
            ("1.0a", "00 02 01 31 49 02 00 1d 02 00 02 02 00 02"),
            ("1.0+b1", "00 02 01 31 49 02 00 46 1e 02 01 31 02 02 00 02"),
        ])
    func documentedKeys(text: String, hex: String) throws {
        let key = try DebianVersion(text).sortKey
        #expect(key.map { String(format: "%02x", $0) }.joined(separator: " ") == hex)
    }

    @Test("numbers of more than 254 digits keep their order in keys")
    func hugeNumbers() throws {
        let nines = try DebianVersion(String(repeating: "9", count: 254))
        let longer = try DebianVersion("1" + String(repeating: "0", count: 254))
        let longest = try DebianVersion("1" + String(repeating: "0", count: 300))
        for (low, high) in [(nines, longer), (longer, longest), (nines, longest)] {
            #expect(low < high)
            #expect(low.sortKey.lexicographicallyPrecedes(high.sortKey))
        }
        #expect(longer.sortKey.contains(255))
    }

    /// Column two of versions spec 3; `nil` where dpkg only warns and we refuse in archives.
    @Test(
        "versions are legal as dpkg says",
        arguments: [
            "1.0", "1", "2147483647:1", "1:1:1", "1.0-1-2", "1.0~", "1.0-~", "1.0-1~", "0:0", "1a", "1.0+b1",
            "1.0-1+b1", "1:1.0-1", "007:1",
            // A warning of dpkg, legal in archives: the first character is a letter.
            "a1",
        ])
    func legal(text: String) throws {
        let version = try DebianVersion(text)
        #expect(version.text == text)
        #expect(try DebianVersion(tolerating: text) == version)
    }

    @Test(
        "versions are refused as dpkg refuses them",
        arguments: [
            "1.0-", "", ":1.0", "a:1.0", "1:", "2147483648:1", "1.0 1", "1.0-1:2", "a1:1.8.8-070403-1~priv1",
            "-1",
            // dpkg forgives blanks around a version, python-debian and archives do not.
            " 1.0", "1.0 ", "1.0\n", "99999999999999999999:1", "1:-1", "+1:1",
        ])
    func refused(text: String) {
        #expect(throws: DebianFormatsError.self) { try DebianVersion(text) }
        let error = #expect(throws: DebianFormatsError.self) { try DebianVersion(tolerating: text) }
        #expect(error?.code == .versionSyntax)
    }

    @Test(
        "what dpkg only warns about is refused in archives and taken for comparing",
        arguments: ["1.0-1_2", "1.0_1", "~1", "+1", ".1", "1/2", "1.0-1/2", "1.0,1", "1.0^1"])
    func tolerated(text: String) throws {
        let error = #expect(throws: DebianFormatsError.self) { try DebianVersion(text) }
        #expect(error?.code == .versionSyntax)
        #expect(try DebianVersion(tolerating: text).text == text)
    }

    @Test("versions outside ASCII are refused altogether, although dpkg would compare them")
    func nonASCII() {
        #expect(throws: DebianFormatsError.self) { try DebianVersion(tolerating: "1.0é") }
    }

    @Test("a version is taken apart at the first colon and the last hyphen")
    func parts() throws {
        let version = try DebianVersion("9:1.18.36:5.4-2-20")
        #expect(version.epoch == 9)
        #expect(version.upstream == "1.18.36:5.4-2")
        #expect(version.revision == "20")
        #expect(version.withoutEpoch == "1.18.36:5.4-2-20")
        #expect(try DebianVersion("0:1.0").withoutEpoch == "1.0")
        #expect(try DebianVersion("1.0").isNative)
    }

    @Test("comparison and keys agree on random near pairs")
    func randomPairs() throws {
        let seed: UInt64 = 0x5EED_0001
        print("DebianVersionTests.randomPairs seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array("019aZ~+.-:".utf8)
        var counts: [String: Int] = [:]
        for _ in 0..<30_000 {
            let first = Self.randomText(alphabet, &generator)
            let second = Self.mutated(first, alphabet, &generator)
            guard let a = try? DebianVersion(tolerating: first),
                let b = try? DebianVersion(tolerating: second)
            else { continue }
            let relation = Self.relation(a, b)
            counts[relation, default: 0] += 1
            #expect(Self.keyRelation(a, b) == relation, "\(first) against \(second), seed \(seed)")
        }
        #expect(counts["eq", default: 0] > 100 && counts["lt", default: 0] > 1000, "\(counts)")
    }

    @Test("the order is total on random versions: sorting by key and by comparison give the same")
    func totalOrder() throws {
        let seed: UInt64 = 0x5EED_0002
        print("DebianVersionTests.totalOrder seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array("0123aB~+.-".utf8)
        let versions = (0..<3000).compactMap { _ in
            try? DebianVersion(tolerating: Self.randomText(alphabet, &generator))
        }
        #expect(versions.count > 1000)
        let sorted = versions.sorted()
        for (low, high) in zip(sorted, sorted.dropFirst()) {
            #expect(!high.sortKey.lexicographicallyPrecedes(low.sortKey), "\(low), \(high), seed \(seed)")
        }
    }

    @Test("random pairs compare as dpkg compares them")
    func againstDpkg() throws {
        let seed: UInt64 = 0x5EED_0003
        print("DebianVersionTests.againstDpkg seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array("0019aZ~+.-".utf8)
        var pairs: [(String, String)] = []
        while pairs.count < 300 {
            let first = Self.randomText(alphabet, &generator)
            let second = Self.mutated(first, alphabet, &generator)
            // A leading hyphen would be an option to dpkg, and is no version.
            if (try? DebianVersion(first)) != nil, (try? DebianVersion(second)) != nil {
                pairs.append((first, second))
            }
        }
        let script = """
            while read -r a b; do
              if dpkg --compare-versions "$a" lt "$b"; then echo lt
              elif dpkg --compare-versions "$a" gt "$b"; then echo gt
              elif dpkg --compare-versions "$a" eq "$b"; then echo eq; fi
            done
            """
        let input = pairs.map { "\($0) \($1)\n" }.joined()
        let output = try Tool.run("sh", ["-c", script], input: input, needing: ["dpkg"])
        let answers = output.split(separator: "\n")
        try #require(answers.count == pairs.count)
        for ((first, second), answer) in zip(pairs, answers) {
            let relation = Self.relation(try DebianVersion(first), try DebianVersion(second))
            #expect(relation == answer, "\(first) against \(second), seed \(seed)")
        }
    }

    private static func relation(_ a: DebianVersion, _ b: DebianVersion) -> String {
        a < b ? "lt" : a == b ? "eq" : "gt"
    }

    private static func keyRelation(_ a: DebianVersion, _ b: DebianVersion) -> String {
        let (first, second) = (a.sortKey, b.sortKey)
        return first == second ? "eq" : first.lexicographicallyPrecedes(second) ? "lt" : "gt"
    }

    private static func opposite(_ relation: String) -> String {
        switch relation {
        case "lt": "gt"
        case "gt": "lt"
        default: relation
        }
    }

    private static func randomText(_ alphabet: [UInt8], _ generator: inout SeededGenerator) -> String {
        let count = 1 + Int(generator.next() % 10)
        let bytes = (0..<count).map { _ in alphabet[Int(generator.next() % UInt64(alphabet.count))] }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func mutated(
        _ text: String, _ alphabet: [UInt8], _ generator: inout SeededGenerator
    ) -> String {
        var bytes = Array(text.utf8)
        let place = Int(generator.next() % UInt64(bytes.count + 1))
        let byte = alphabet[Int(generator.next() % UInt64(alphabet.count))]
        switch generator.next() % 3 {
        case 0: bytes.insert(byte, at: place)
        case 1 where place < bytes.count: bytes[place] = byte
        default: if place < bytes.count { bytes.remove(at: place) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
