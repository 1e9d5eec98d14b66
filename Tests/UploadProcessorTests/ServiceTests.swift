import FarmModel
import FarmRecords
import Foundation
import Logging
import ServiceLifecycle
import TestSupport
import Testing
import UploadProcessor

@Suite("Upload processor as a service")
struct ServiceTests {
    private let fixture: UploadFixture

    init() async throws { fixture = try await UploadFixture() }

    private func group(_ processor: UploadProcessor) -> ServiceGroup {
        ServiceGroup(
            services: [processor], logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    @Test("leaves that come while it runs are processed, and one that waits is looked at again")
    func polls() async throws {
        let (reports, sink) = AsyncStream.makeStream(of: LeafReport.self)
        let group = group(fixture.processor(report: { sink.yield($0) }))
        let run = Task { try await group.run() }
        var iterator = reports.makeAsyncIterator()

        let first = try await fixture.build(.gathering)
        let leaf = UploadFixture.leafName(first)
        try fixture.leaf("aside-\(leaf)")
        #expect(await iterator.next()?.outcome == .waiting)
        try await fixture.set(first, .uploading, leaf: "aside-\(leaf)")
        #expect(await iterator.next()?.outcome == .accepted(binaries: 1))

        let second = try await fixture.build()
        try fixture.scratch.write(
            "queue/grabbing/\(UploadFixture.leafName(second))/\(fixture.archive)/ubuntu/a.changes",
            Array("reject".utf8))
        try FileManager.default.moveItem(
            atPath: fixture.scratch.path("queue/grabbing/\(UploadFixture.leafName(second))"),
            toPath: fixture.scratch.path("queue/incoming/\(UploadFixture.leafName(second))"))
        #expect(await iterator.next()?.outcome == .rejected(["it was to be rejected", "for two reasons"]))

        await group.triggerGracefulShutdown()
        try await run.value
    }

    @Test("a graceful stop finishes the leaf at hand and begins no other")
    func gracefulStop() async throws {
        let builds = [try await fixture.build(), try await fixture.build()]
        for build in builds { try fixture.leaf(UploadFixture.leafName(build)) }
        let (reached, sink) = AsyncStream.makeStream(of: Void.self)
        let gate = DispatchSemaphore(value: 0)
        let verifier = GatedVerifier(reached: { sink.yield() }, gate: gate)
        let group = group(fixture.processor(verifier: verifier))
        let run = Task { try await group.run() }
        for await _ in reached { break }
        await group.triggerGracefulShutdown()
        gate.signal()
        try await run.value
        #expect(try await fixture.status(builds[0]) == .fullyBuilt)
        #expect(try await fixture.status(builds[1]) == .uploading)
        #expect(fixture.names(.incoming) == [UploadFixture.leafName(builds[1])])
    }

    @Test("two processors do not work on one queue; the second can begin when the first has ended")
    func lock() async throws {
        let build = try await fixture.build()
        try fixture.leaf(UploadFixture.leafName(build))
        let (reports, sink) = AsyncStream.makeStream(of: LeafReport.self)
        let group = group(fixture.processor(report: { sink.yield($0) }))
        let run = Task { try await group.run() }
        for await _ in reports { break }

        let second = fixture.processor()
        let error = await #expect(throws: UploadProcessorError.self) { try await second.runOnce() }
        #expect(error?.code == .queueLocked)
        await group.triggerGracefulShutdown()
        try await run.value
        #expect(try await second.runOnce() == [])
    }

    @Test("what is said of a leaf that stays is said once, and again when it changes")
    func saidOnce() async throws {
        let (reports, sink) = AsyncStream.makeStream(of: LeafReport.self)
        let processor = fixture.processor(report: { sink.yield($0) })
        let build = try await fixture.build(.building)
        try fixture.leaf("no leaf")
        try fixture.leaf(UploadFixture.leafName(build))
        for _ in 0..<3 { try await processor.runOnce() }
        try await fixture.set(build, .cancelled)
        try await processor.runOnce()
        sink.finish()
        var outcomes: [LeafReport.Outcome] = []
        for await report in reports { outcomes.append(report.outcome) }
        #expect(outcomes.count == 3)
        #expect(outcomes.contains(.waiting))
        #expect(outcomes.last == .setAside("build PACKAGEBUILD-\(build) is CANCELLED, not UPLOADING"))
    }

    @Test("the queue's directories are made where they are missing")
    func makesQueue() async throws {
        var options = fixture.options
        options.queueRoot = fixture.scratch.path("new")
        #expect(try await fixture.processor(options: options).runOnce() == [])
        let directories = QueueDirectory.allCases.map(\.rawValue).sorted()
        #expect(fixture.scratch.names(in: "new").filter { $0 != "processor.lock" } == directories)
    }

    @Test("file descriptors stay bounded over many leaves, good and bad")
    func boundedDescriptors() async throws {
        // In a process of its own, because other tests open files meanwhile.
        await #expect(processExitsWith: .success) {
            let fixture = try await UploadFixture()
            func round(_ texts: [String]) async throws -> Int {
                for text in texts {
                    let leaf = UploadFixture.leafName(try await fixture.build())
                    try fixture.leaf(leaf, files: ["a.changes": text, "a.deb": "a package"])
                }
                let reports = try await fixture.processor().runOnce()
                guard reports.count == texts.count else { return .max }
                return try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
            }
            // The first round opens what the database keeps open.
            let before = try await round(["accept", "reject", "break"])
            let after = try await round(
                Array(repeating: ["accept", "reject", "break"], count: 40).flatMap { $0 })
            precondition(after <= before + 20, "\(before) descriptors became \(after)")
        }
    }

    @Test("a queue that cannot be made is refused")
    func unusableQueue() async throws {
        try fixture.scratch.write("file", [1])
        var options = fixture.options
        options.queueRoot = fixture.scratch.path("file")
        let processor = fixture.processor(options: options)
        let error = await #expect(throws: UploadProcessorError.self) { try await processor.runOnce() }
        #expect(error?.code == .queueUnusable)
    }
}

/// Says when it has begun, and goes on when it is let.
private struct GatedVerifier: LeafVerifier {
    let reached: @Sendable () -> Void
    let gate: DispatchSemaphore

    func verify(_ contents: LeafContents, for build: UploadingBuild, log: inout UploadLog) throws
        -> VerifiedUpload
    {
        reached()
        gate.wait()
        return try ScriptedVerifier().verify(contents, for: build, log: &log)
    }
}
