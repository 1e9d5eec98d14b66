import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Conformance

@Suite("Replaying against a server")
struct ReplayTests {
    /// Answers each recorded request with the recorded answer, once `alter` has had its way with it.
    private final class Playback: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let recordings: [Recording]
        private let alter: @Sendable ([UInt8], Recording) -> [UInt8]
        private var request: [UInt8] = []

        init(recordings: [Recording], alter: @escaping @Sendable ([UInt8], Recording) -> [UInt8]) {
            self.recordings = recordings
            self.alter = alter
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var buffer = unwrapInboundIn(data)
            request += buffer.readBytes(length: buffer.readableBytes) ?? []
            guard let recording = recordings.first(where: { $0.request.bytes == request }) else { return }
            var bytes: [UInt8] = []
            for case .http(var answer) in recording.answers {
                if recording.request.isHead { answer.body = [] }
                bytes += answer.bytes
            }
            bytes = alter(bytes, recording)
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
            if !recording.isOpenAfter { context.close(promise: nil) }
        }
    }

    private func replay(
        alter: @escaping @Sendable ([UInt8], Recording) -> [UInt8] = { bytes, _ in bytes }
    ) async throws -> [Check] {
        let folder = try #require(RecordingLibrary.defaultFolder())
        let library = try RecordingLibrary(folder: folder)
        let types = [
            "binarypackage", "sourcepackagerecipe", "translation-templates", "livefs", "snap", "oci", "charm",
            "ci",
            "rock", "craft",
        ]
        let profile = SlaveProfile(
            dialect: .today, version: "254", architecture: "amd64", buildTypes: types,
            server: "TwistedWeb/24.3.0")
        // The dates of the recordings themselves, so that nothing is rewritten.
        let date = "Mon, 01 Jan 2024 01:00:00 GMT"
        let adapter = RecordingAdapter(
            profile: profile, library: library, fixtureDates: [Fixture.rampSum: date, Fixture.emptySum: date])
        let recordings = library.base.filter { $0.isReplayable || Fixture.suffices(for: $0) }
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        Playback(recordings: recordings, alter: alter))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        let checks = Mutex<[Check]>([])
        let report = Report { check in checks.withLock { $0.append(check) } }
        var limits = ConformanceLimits()
        limits.settle = .milliseconds(20)
        limits.connections = 16
        let replay = Replay(
            address: try SlaveAddress(url: "http://127.0.0.1:\(port)"), adapter: adapter, limits: limits,
            report: report)
        #expect(replay.recordings.map(\.id) == recordings.map(\.id))
        await replay.run()
        try await server.close().get()
        return checks.withLock { $0 }
    }

    @Test("a slave that answers as recorded passes every recording")
    func same() async throws {
        let checks = try await replay()
        #expect(checks.count > 200)
        #expect(checks.filter { $0.outcome != .passed } == [])
    }

    @Test("one byte in one answer fails that recording alone, and the report shows where")
    func altered() async throws {
        let checks = try await replay { bytes, recording in
            guard recording.id == "echo/ping" else { return bytes }
            return Array(String(decoding: bytes, as: UTF8.self).replacing("ping", with: "pong").utf8)
        }
        let failed = checks.filter { $0.outcome != .passed }
        #expect(failed.map(\.name).allSatisfy { $0.contains("echo/ping") })
        #expect(failed.count == 1)
        guard case .failed(let expected, let got)? = failed.first?.outcome else { return }
        #expect(expected.contains("ping") && expected.contains("first difference at byte"))
        #expect(got.contains("pong"))
    }

    @Test("bytes after an answer and answers that are cut short fail")
    func lengths() async throws {
        let checks = try await replay { bytes, recording in
            switch recording.id {
            case "echo/ping": bytes + [33]
            // Closed by the server after the answer, so the missing byte never comes.
            case "http/http10": Array(bytes.dropLast())
            default: bytes
            }
        }
        let failed = checks.filter { $0.outcome != .passed }.map(\.name)
        #expect(failed.count == 2)
        #expect(
            failed.contains { $0.contains("echo/ping") } && failed.contains { $0.contains("http/http10:") })
    }

    @Test("a server that is not there is given up after a few tries")
    func unreachable() async throws {
        let folder = try #require(RecordingLibrary.defaultFolder())
        let library = try RecordingLibrary(folder: folder)
        // A port that was free a moment ago.
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        try await server.close().get()
        let checks = Mutex<[Check]>([])
        let report = Report { check in checks.withLock { $0.append(check) } }
        let adapter = RecordingAdapter(profile: RecordingTests.profile("254"), library: library)
        await Replay(
            address: try SlaveAddress(url: "http://127.0.0.1:\(port)"), adapter: adapter,
            limits: ConformanceLimits(), report: report
        ).run()
        let summary = await report.summary
        #expect(summary.passed == 0 && summary.failed >= 5 && summary.failed < 20 && summary.skipped > 100)
        #expect(!summary.holds)
    }
}
