import FarmModel
import Testing

@Suite("Digests")
struct DigestTests {
    private static let empty1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
    private static let empty256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    @Test("a digest is read from its digits and its bytes and written back")
    func roundTrip() throws {
        let digest = try #require(SHA1Digest(Self.empty1))
        #expect(digest.description == Self.empty1)
        #expect(SHA1Digest(bytes: Self.bytes(Self.empty1)) == digest)
        let digest256 = try #require(SHA256Digest(Self.empty256))
        #expect(digest256.description == Self.empty256)
        #expect(SHA256Digest(bytes: Self.bytes(Self.empty256)) == digest256)
        #expect(
            SHA1Digest(bytes: [UInt8](repeating: 0, count: 20))?.description
                == String(repeating: "0", count: 40))
        #expect(
            SHA256Digest(bytes: [UInt8](repeating: 255, count: 32))?.description
                == String(repeating: "f", count: 64))
    }

    @Test(
        "only digits of the right number and case make a digest",
        arguments: [
            "", "da39", empty1.uppercased(), empty1 + "0", String(empty1.dropLast()),
            " " + empty1.dropFirst(),
            "g" + empty1.dropFirst(), empty1 + "\n", "0x" + empty1.dropFirst(2), "٣" + empty1.dropFirst(),
            String(repeating: "a", count: 10_000),
        ])
    func refused(text: String) {
        #expect(SHA1Digest(text) == nil)
        #expect(SHA256Digest(text) == nil)
    }

    @Test("one kind is not taken for the other, nor another number of bytes for either")
    func lengths() {
        #expect(SHA1Digest(Self.empty256) == nil)
        #expect(SHA256Digest(Self.empty1) == nil)
        for count in [0, 19, 21, 32, 64] {
            #expect(SHA1Digest(bytes: [UInt8](repeating: 7, count: count)) == nil)
        }
        for count in [0, 20, 31, 33, 64] {
            #expect(SHA256Digest(bytes: [UInt8](repeating: 7, count: count)) == nil)
        }
    }

    @Test("digests are ordered as their digits are, in every part")
    func order() throws {
        var generator = SeededGenerator(seed: 1)
        let digests = (0..<200).compactMap { index in
            // Equal beginnings make sure that the later parts are compared, too.
            SHA1Digest(
                bytes: (0..<20).map { $0 < index % 20 ? 0 : UInt8(truncatingIfNeeded: generator.next()) })
        }
        #expect(digests.count == 200)
        #expect(digests.sorted().map(\.description) == digests.map(\.description).sorted())
        let longer = (0..<200).compactMap { index in
            SHA256Digest(
                bytes: (0..<32).map { $0 < index % 32 ? 0 : UInt8(truncatingIfNeeded: generator.next()) })
        }
        #expect(longer.count == 200)
        #expect(longer.sorted().map(\.description) == longer.map(\.description).sorted())
    }

    private static func bytes(_ digits: String) -> [UInt8] {
        let characters = Array(digits)
        return stride(from: 0, to: characters.count, by: 2).compactMap {
            UInt8(String(characters[$0...$0 + 1]), radix: 16)
        }
    }
}
