import FarmModel
import FarmRecords
import Foundation
import Glibc
import TestSupport
import Testing
import UploadProcessor

/// The processor dies at each of its crash points, and the next one goes on (manager spec 18, invariants 44, 46,
/// 53).
@Suite("Upload processor crashes")
struct CrashTests {
    struct Crash: Error {}

    /// What a leaf's `.changes` tells the scripted verifier.
    enum Kind: String, CaseIterable, Codable {
        case accept, reject, breakdown

        var files: [String: String] {
            ["hello_1.0_amd64.changes": rawValue, "hello_1.0_amd64.deb": "a package"]
        }
        var status: BuildStatus { self == .accept ? .fullyBuilt : .failedToUpload }
        /// Where the leaf ends without a crash.
        var directory: QueueDirectory {
            switch self {
            case .accept: .accepted
            case .reject: .rejected
            case .breakdown: .failed
            }
        }
    }

    private static let cases = CrashPoint.allCases.flatMap { point in Kind.allCases.map { (point, $0) } }
        .filter { $0.0 != .filesStored || $0.1 == .accept }

    private let fixture: UploadFixture
    private let options: UploadProcessorOptions

    init() async throws {
        fixture = try await UploadFixture()
        var options = fixture.options
        options.acceptedLeaves = .keep
        self.options = options
    }

    /// What must hold at any moment, and after a crash in particular.
    private func checkNothingIsLost(_ build: BuildID, _ leaf: String, _ kind: Kind) async throws {
        let places = QueueDirectory.allCases.filter { fixture.names($0).contains(leaf) }
        #expect(places.count == 1, "the leaf is in \(places)")
        if let place = places.first { #expect(fixture.files(place, leaf) == kind.files) }
        // Invariant 46: no leaf may be gone while its build says UPLOADING.
        if try await fixture.status(build) == .uploading { #expect(places == [.incoming]) }
    }

    private func checkConvergence(_ point: CrashPoint, _ build: BuildID, _ leaf: String, _ kind: Kind)
        async throws
    {
        let listing = try await fixture.listing(build)
        #expect(listing?.status == kind.status)
        #expect(listing?.binaries == (kind == .accept ? 1 : 0))
        #expect(try await fixture.uploadLog(build) != nil)
        // Killed between commit and move, the leaf is found with a build that is no longer UPLOADING.
        let end = point == .statusCommitted ? .failed : kind.directory
        #expect(fixture.names(end) == [leaf])
        #expect(fixture.names(.incoming) == [])
        #expect(fixture.scratch.names(in: "content/tmp") == [])
    }

    @Test("a processor that breaks off is followed by one that converges", arguments: cases)
    func breaksOff(point: CrashPoint, kind: Kind) async throws {
        let build = try await fixture.build()
        let leaf = try fixture.leaf(UploadFixture.leafName(build), files: kind.files)
        let first = fixture.processor(
            options: options, reach: { reached, _ in if reached == point { throw Crash() } })
        await #expect(throws: Crash.self) { try await first.runOnce() }
        try await checkNothingIsLost(build, leaf, kind)

        try await fixture.processor(options: options).runOnce()
        try await checkNothingIsLost(build, leaf, kind)
        try await checkConvergence(point, build, leaf, kind)
        #expect(try await fixture.processor(options: options).runOnce() == [])
    }

    @Test("a processor that is killed is followed by one that converges", arguments: CrashPoint.allCases)
    func killed(point: CrashPoint) async throws {
        let build = try await fixture.build()
        let leaf = try fixture.leaf(UploadFixture.leafName(build), files: Kind.accept.files)
        let directory = fixture.scratch.path
        let word = point.rawValue
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [directory = directory as String, word = word as String] in
            let (records, store) = try UploadFixture.open(directory)
            let processor = UploadProcessor(
                records: records, store: store,
                options: UploadProcessorOptions(queueRoot: directory + "/queue", acceptedLeaves: .keep),
                verifier: ScriptedVerifier(),
                reach: { reached, _ in
                    if reached.rawValue == word { kill(getpid(), SIGKILL) }
                })
            try await processor.runOnce()
        }
        try await checkNothingIsLost(build, leaf, .accept)
        try await fixture.processor(options: options).runOnce()
        try await checkConvergence(point, build, leaf, .accept)
    }

    @Test(
        "a leaf that is set aside is set aside after a crash, too",
        arguments: [CrashPoint.leafChosen, .leafMoved])
    func settingAside(point: CrashPoint) async throws {
        let build = try await fixture.build(.fullyBuilt)
        let leaf = try fixture.leaf(UploadFixture.leafName(build))
        let first = fixture.processor(reach: { reached, _ in if reached == point { throw Crash() } })
        await #expect(throws: Crash.self) { try await first.runOnce() }
        try await fixture.processor().runOnce()
        #expect(fixture.files(.failed, leaf) == ScriptedVerifier.acceptable)
        #expect(try await fixture.status(build) == .fullyBuilt)
    }

    @Test("what a killed processor left in accepted is removed, when accepted leaves are not kept")
    func leftInAccepted() async throws {
        let build = try await fixture.build()
        try fixture.leaf(UploadFixture.leafName(build))
        let first = fixture.processor(reach: { reached, _ in if reached == .leafMoved { throw Crash() } })
        await #expect(throws: Crash.self) { try await first.runOnce() }
        #expect(fixture.names(.accepted).count == 1)
        try FileManager.default.createSymbolicLink(
            atPath: fixture.scratch.path("queue/accepted/link"),
            withDestinationPath: fixture.scratch.path("content"))
        try await fixture.processor().runOnce()
        #expect(fixture.names(.accepted) == [])
        #expect(fixture.scratch.names(in: "content").contains("tmp"))
    }
}
