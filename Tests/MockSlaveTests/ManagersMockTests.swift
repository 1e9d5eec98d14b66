import BuilddProtocol
import FarmModel
import MockSlave
import Testing
import XMLRPC

/// Slaves that answer like the mock slaves of the manager's own tests (protocol spec 18, end).
@Suite("The manager's mock slaves")
struct ManagersMockTests {
    @Test("today's mock")
    func current() throws {
        var driver = try Driver { $0.mockStyle = true }
        driver.script = try Driver.good()
        driver.script.progress = .time(.seconds(1))
        #expect(driver.call(.info) == .success(["1.0", "amd64", "binarypackage"]))
        #expect(driver.call(.status) == .success(["builder_status": "BuilderStatus.IDLE"]))
        #expect(driver.call(EnsurePresentTests.call()) == .success([true, .nil]))
        #expect(
            driver.call(Driver.buildCall(chroot: "anything", files: ["a.dsc": "b"]))
                == .success(["BuildStatus.BUILDING", "PACKAGEBUILD-1"]))
        for number in 1...2 {
            #expect(try driver.status().logTail == Array("This is a build log: \(number)".utf8))
        }
        #expect(driver.log() == "This is a build log")
        #expect(driver.call(.abort) == .success(.nil))
        guard case .success(let status)? = driver.call(.status) else {
            Issue.record("no status")
            return
        }
        #expect(
            status == [
                "builder_status": "BuilderStatus.WAITING", "build_status": "BuildStatus.ABORTED",
                "build_id": "PACKAGEBUILD-1", "filemap": [:], "dependencies": .nil,
            ])
        #expect(driver.call(.clean) == .success(.nil))
        #expect(driver.log() == nil)
    }

    @Test("a version is reported when asked for")
    func version() throws {
        var driver = try Driver {
            $0.mockStyle = true
            $0.version = "100"
        }
        #expect(try driver.status().version == "100")
    }

    @Test("the mock of 2010")
    func old() throws {
        var driver = try Driver(.release2010) { $0.mockStyle = true }
        driver.script = BuildScript(progress: .time(.seconds(1)), outcome: .givenBack, results: .none)
        #expect(driver.call(.info) == .success(["1.0", "amd64", "debian"]))
        #expect(
            driver.call(Driver.buildCall(type: "debian"))
                == .success(["BuildStatus.Building", "OkSlave BUILDING"]))
        #expect(try driver.status().logTail == Array("This is a build log".utf8))
        driver.pass(.seconds(1))
        #expect(
            driver.call(.status)
                == .success([
                    "BuilderStatus.WAITING", "BuildStatus.GIVENBACK", "PACKAGEBUILD-1", [:], .nil,
                ]))
    }
}
