import BuilddProtocol
import Testing
import XMLRPC

@testable import Conformance

@Suite("The shape of a status")
struct StatusShapeTests {
    private let today = StatusShape(
        profile: SlaveProfile(
            dialect: .today, version: "206", architecture: "amd64", buildTypes: [],
            server: "TwistedWeb/24.3.0"))
    private let old = StatusShape(
        profile: SlaveProfile(
            dialect: .release2010, version: nil, architecture: "i386", buildTypes: [],
            server: "TwistedWeb/10.0.0"))

    private let good: XMLRPCValue = [
        "builder_status": "BuilderStatus.WAITING", "builder_version": "206", "build_status": "BuildStatus.OK",
        "build_id": "1-1", "filemap": ["x.deb": "00"], "dependencies": "",
    ]

    @Test("a good status has no fault")
    func accepted() {
        #expect(today.fault(in: good, state: .waiting, buildID: "1-1", result: .ok) == nil)
        let idle: XMLRPCValue = ["BuilderStatus.IDLE", ""]
        #expect(old.fault(in: idle, state: .idle, buildID: nil, result: nil) == nil)
        let building: XMLRPCValue = ["BuilderStatus.BUILDING", "1-1", .base64([1])]
        #expect(old.fault(in: building, state: .building, buildID: "1-1", result: nil) == nil)
    }

    @Test("members in another order, missing, added or of another type are faults")
    func refused() throws {
        let members = try #require(good.structValue)
        var reordered = members
        reordered.swapAt(2, 3)
        var missing = members
        missing.removeValue(forKey: "dependencies")
        var added = members
        added["more"] = 1
        var retyped = members
        retyped["filemap"] = .array([])
        var otherVersion = members
        otherVersion["builder_version"] = "254"
        for wrong in [reordered, missing, added, retyped, otherVersion] {
            #expect(today.fault(in: .structure(wrong), state: .waiting, buildID: "1-1", result: .ok) != nil)
        }
        #expect(today.fault(in: good, state: .waiting, buildID: "2-2", result: .ok) != nil)
        #expect(today.fault(in: good, state: .waiting, buildID: "1-1", result: .packageFail) != nil)
        #expect(today.fault(in: good, state: .building, buildID: "1-1", result: nil) != nil)
        #expect(old.fault(in: good, state: .waiting, buildID: "1-1", result: .ok) != nil)
    }

    @Test("a log tail of more than 2048 bytes is a fault")
    func longTail() {
        func status(_ count: Int) -> XMLRPCValue {
            ["BuilderStatus.BUILDING", "1-1", .base64([UInt8](repeating: 65, count: count))]
        }
        #expect(old.fault(in: status(2048), state: .building, buildID: "1-1", result: nil) == nil)
        #expect(old.fault(in: status(2049), state: .building, buildID: "1-1", result: nil) != nil)
    }
}
