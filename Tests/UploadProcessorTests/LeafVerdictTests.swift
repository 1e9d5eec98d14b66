import FarmModel
import FarmRecords
import Testing
import UploadProcessor

@Suite("Leaf names")
struct LeafNameTests {
    @Test(
        "the last two parts are job type and build",
        arguments: [
            "20260101-000000-PACKAGEBUILD-7", "20260101-000000-000000042-PACKAGEBUILD-7", "PACKAGEBUILD-7",
            "a-b-c-PACKAGEBUILD-7", "--PACKAGEBUILD-7",
        ])
    func parses(name: String) throws {
        let leaf = try LeafName(name)
        #expect(leaf.cookie == BuildCookie(jobType: .packageBuild, build: BuildID(7)))
        #expect(leaf.description == name)
    }

    @Test(
        "other names are no leaves",
        arguments: [
            "", "7", "PACKAGEBUILD", "20260101-000000-PACKAGEBUILD", "20260101-000000-PACKAGEBUILD-",
            "20260101-PACKAGEBUILD-0", "20260101-PACKAGEBUILD-007", "20260101-PACKAGEBUILD--7",
            "x-PACKAGEBUILD-7x",
            "20260101-000000-NOVELBUILD-7", "20260101-packagebuild-7", "x-PACKAGEBUILD-99999999999999999999",
            "line\nbreak-PACKAGEBUILD-7", "blank -PACKAGEBUILD-7", "\u{202E}-PACKAGEBUILD-7",
        ])
    func refuses(name: String) {
        #expect(throws: LeafName.Problem.self) { try LeafName(name) }
    }

    @Test("the order is that of bytes, and so that of time")
    func order() throws {
        let names = [
            "20260102-000000-PACKAGEBUILD-1", "20260101-235959-PACKAGEBUILD-2",
            "20260101-000000-PACKAGEBUILD-3",
        ]
        #expect(try names.map(LeafName.init).sorted().map(\.rawValue) == names.reversed())
    }
}

@Suite("Leaf verdicts")
struct LeafVerdictTests {
    private let leaf: LeafName

    init() throws { leaf = try LeafName("20260101-000000-PACKAGEBUILD-7") }

    private func verdict(
        _ status: BuildStatus, jobType: JobType = .packageBuild, announced: String? = nil
    ) -> LeafVerdict {
        .judge(leaf, .init(status: status, jobType: jobType, announcedLeaf: announced))
    }

    @Test(
        "a leaf waits while its build is BUILDING or GATHERING",
        arguments: [BuildStatus.building, .gathering])
    func waits(status: BuildStatus) {
        #expect(verdict(status) == .wait)
    }

    @Test("a leaf is processed when its build is UPLOADING")
    func processes() {
        #expect(verdict(.uploading) == .process)
        #expect(verdict(.uploading, announced: leaf.rawValue) == .process)
    }

    @Test(
        "in every other status the leaf is set aside",
        arguments: BuildStatus.allCases.filter { ![.building, .gathering, .uploading].contains($0) })
    func setsAside(status: BuildStatus) {
        #expect(verdict(status) == .setAside("build PACKAGEBUILD-7 is \(status.name), not UPLOADING"))
    }

    @Test("a leaf that was not the one announced is set aside")
    func anotherLeaf() {
        guard case .setAside(let reason) = verdict(.uploading, announced: "20260101-000001-PACKAGEBUILD-7")
        else {
            Issue.record("not set aside")
            return
        }
        #expect(reason.contains("20260101-000001-PACKAGEBUILD-7"))
    }

    @Test("a leaf without a build, or of a build of another kind, is left alone")
    func unknownBuild() {
        #expect(LeafVerdict.judge(leaf, nil) == .skip("there is no build PACKAGEBUILD-7"))
        #expect(verdict(.uploading, jobType: .snapBuild) == .skip("there is no build PACKAGEBUILD-7"))
    }
}

@Suite("Upload results")
struct UploadResultTests {
    private static let binary = BinaryRecord(
        name: "hello", version: "1.0", architecture: "amd64", kind: "deb", component: "main", section: "misc",
        priority: "optional", fileName: "hello_1.0_amd64.deb",
        sha1: SHA1Digest(bytes: [UInt8](repeating: 0, count: 20))!,
        sha256: SHA256Digest(bytes: [UInt8](repeating: 0, count: 32))!, size: 1)
    private static let results: [UploadResult] = [
        .accepted([binary]), .accepted([]), .rejected(["no"]), .failed("broken"),
    ]

    @Test("the status is committed before the leaf moves, and the leaf moves last", arguments: results)
    func order(result: UploadResult) {
        let steps = result.steps
        let commit = steps.firstIndex { if case .commit = $0 { true } else { false } }
        let move = steps.firstIndex { if case .move = $0 { true } else { false } }
        #expect(commit != nil)
        #expect(commit.map { $0 + 1 } == move)
        #expect(move == steps.count - 1)
    }

    @Test("the log, and the files of an accepted upload, are stored before the commit that names them")
    func storedFirst() {
        #expect(
            UploadResult.accepted([Self.binary]).steps
                == [.storeFiles, .storeLog, .commit(.fullyBuilt), .move(.accepted)])
        #expect(
            UploadResult.rejected(["no"]).steps == [.storeLog, .commit(.failedToUpload), .move(.rejected)])
        #expect(UploadResult.failed("broken").steps == [.storeLog, .commit(.failedToUpload), .move(.failed)])
    }

    @Test("nothing is accepted without a binary")
    func noBinaries() {
        #expect(UploadResult.accepted([]).settled == .rejected(["the upload holds no binary package"]))
        #expect(UploadResult.accepted([]).steps.contains(.commit(.failedToUpload)))
    }
}
