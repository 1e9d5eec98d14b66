import ContentStore
import FarmModel
import MockSlave
import NIOPosix
import TestSupport
import Testing
import XMLRPC

@testable import SlaveHost

@Suite(.timeLimit(.minutes(20))) struct GatherTests {
    private func order() throws -> BuildOrder {
        BuildOrder(
            slave: try #require(BuilderName("bob")), buildID: "PACKAGEBUILD-1", type: "binarypackage",
            chroot: "",
            files: [], arguments: [:], architectureTag: "amd64")
    }

    @Test("the files of a folder are stored under their names, and digested once")
    func folder() async throws {
        let scratch = try ScratchDirectory()
        let store = try ContentStore.open(
            directory: scratch.path("store"), options: .init(waitsForDisk: false))
        for name in ["b.deb", "a.changes", ".hidden"] {
            try scratch.write("results/" + name, Array(name.utf8))
        }
        try scratch.write("results/below/c", [])
        let gatherer = ResultGatherer(store: store, threads: .singleton) { _, _ in [] }
        let script = BuildScript(results: .folder(path: scratch.path("results")))
        let files = try await gatherer.gather(order(), script)
        #expect(files.map(\.name) == ["a.changes", "b.deb"])
        #expect(try store.bytes(of: files[1].sum, limit: 100) == Array("b.deb".utf8))
        try scratch.write("results/later", [])
        #expect(try await gatherer.gather(order(), script) == files)
    }

    @Test("a folder that is not there is named in the error")
    func missingFolder() async throws {
        let scratch = try ScratchDirectory()
        let store = try ContentStore.open(
            directory: scratch.path("store"), options: .init(waitsForDisk: false))
        let gatherer = ResultGatherer(store: store, threads: .singleton) { _, _ in [] }
        await #expect {
            try await gatherer.gather(order(), BuildScript(results: .folder(path: "/nowhere")))
        } throws: { "\($0)".contains("/nowhere") }
    }

    @Test("made up files are stored as the generator gives them")
    func generated() async throws {
        let scratch = try ScratchDirectory()
        let store = try ContentStore.open(
            directory: scratch.path("store"), options: .init(waitsForDisk: false))
        let gatherer = ResultGatherer(store: store, threads: .singleton) { order, bytes in
            [GeneratedResult(name: order.buildID, bytes: Array(repeating: 1, count: bytes))]
        }
        let files = try await gatherer.gather(order(), BuildScript(results: .generated(bytes: 5)))
        #expect(files.map(\.name) == ["PACKAGEBUILD-1"])
        #expect(files.map(\.size) == [5])
        #expect(try await gatherer.gather(order(), BuildScript(results: .none)).isEmpty)
    }
}
