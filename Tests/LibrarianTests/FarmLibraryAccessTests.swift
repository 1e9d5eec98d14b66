import FarmModel
import FarmRecords
import Librarian
import TestSupport
import Testing

@Suite("Access by the farm's records")
struct FarmLibraryAccessTests {
    private let records: FarmRecords
    private let scratch: ScratchDirectory

    init() throws {
        scratch = try ScratchDirectory()
        records = try FarmRecords.open(
            path: scratch.path("farm.sqlite"), options: .init(durability: .processCrash))
    }

    private func sum(_ byte: UInt8) throws -> SHA1Digest {
        try #require(SHA1Digest(bytes: [UInt8](repeating: byte, count: 20)))
    }

    private func decision(_ sum: SHA1Digest, _ user: String, _ secret: String?) async throws
        -> LibrarianDecision
    {
        try await FarmLibraryAccess(records).decide(
            on: sum, for: secret.map { BasicCredentials(user: user, secret: $0) }, at: .epoch)
    }

    @Test(
        "sources of a private archive need its token, those of a public one nothing, and others are unknown")
    func decides() async throws {
        let hidden = try await records.enter(
            archive: ArchiveEntry(name: "hidden", isPrivate: true, buildToken: "sesame"))
        let other = try await records.enter(
            archive: ArchiveEntry(name: "other", isPrivate: true, buildToken: "another"))
        let open = try await records.enter(archive: ArchiveEntry(name: "open"))
        for (archive, byte) in [(hidden, 1), (other, 2), (open, 3)] as [(Int64, UInt8)] {
            _ = try await records.enter(
                source: SourceEntry(
                    archive: archive, name: "hello", version: "1.0",
                    files: [.init(name: "hello_1.0.dsc", sum: try sum(byte), size: 1)]))
        }
        #expect(try await decision(sum(1), "buildd", "sesame") == .admitted)
        #expect(try await decision(sum(1), "buildd", "another") == .denied)
        #expect(try await decision(sum(1), "somebody", "sesame") == .denied)
        #expect(try await decision(sum(1), "buildd", nil) == .denied)
        #expect(try await decision(sum(2), "buildd", "another") == .admitted)
        #expect(try await decision(sum(3), "buildd", nil) == .open)
        #expect(try await decision(sum(4), "buildd", "sesame") == .unknown)
    }
}
