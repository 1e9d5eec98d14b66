import Foundation
import Scenario
import ScenarioFiles
import TestSupport
import Testing

@Suite("Scenario library")
struct ScenarioLibraryTests {
    @Test("every scenario in mockslaves is right", arguments: try Repository.scenarios())
    func reads(path: String) throws {
        let scenario = try Scenario(path: Repository.root.appending(path: path).path())
        #expect(!scenario.slaves.isEmpty)
        #expect(!scenario.expectations.isEmpty)
    }

    @Test("the demo is the farm that the readme promises")
    func demo() throws {
        let path = Repository.root.appending(path: "mockslaves/demo/first-light.yaml").path()
        let scenario = try Scenario(path: path)
        #expect(scenario.slaves.count == 12)
        #expect(Set(scenario.slaves.flatMap(\.architectures)) == ["amd64", "i386", "arm64"])
        #expect(scenario.slaves.contains { $0.isVirtual })
        #expect(scenario.slaves.contains { $0.dialect == .release2010 })
        #expect(scenario.slaves.contains { $0.dialect == .release206 })
        #expect((30...32).contains(scenario.jobs.count))
        #expect(scenario.rules.map(\.name) == ["hung", "poison"])
        #expect(scenario.limit < .seconds(90))
        // A killed slave that is not virtual stays dead: the poison must not get there.
        let poison = try #require(scenario.jobs.first { $0.source == "crasher" })
        #expect(poison.isVirtual)
    }

    @Test("a file that is not there is an error that names it")
    func missingFile() {
        #expect {
            try Scenario(path: "/nowhere/at-all.yaml")
        } throws: { error in
            "\(error)".hasPrefix("/nowhere/at-all.yaml:1:1: found no file that can be read")
        }
    }

    @Test("a file that is not UTF-8, or too large, is refused")
    func badFiles() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "scenario-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "bad.yaml")
        try Data([0x6E, 0xFF, 0xFE]).write(to: file)
        #expect { try Scenario(path: file.path()) } throws: { "\($0)".contains("text that is not UTF-8") }
        try Data(repeating: UInt8(ascii: " "), count: 2000).write(to: file)
        var limits = ScenarioLimits()
        limits.fileSize = ByteCount(1000)
        #expect { try Scenario(path: file.path(), limits: limits) } throws: { error in
            (error as? ScenarioError)?.problems.first?.code == .tooLarge
        }
    }

    @Test("folders are relative to the scenario file")
    func folders() {
        let folders = DiskFolders(scenario: "/farm/scenarios/one.yaml")
        #expect(folders.path(of: "../golden/x").hasPrefix("/farm/golden/x"))
        #expect(folders.path(of: "/elsewhere").hasPrefix("/elsewhere"))
        #expect(folders.listing(of: "/nowhere/at-all") == .missing)
    }
}
