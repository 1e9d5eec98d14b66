import Testing

@testable import Conformance

@Suite("Recordings")
struct RecordingTests {
    let library: RecordingLibrary

    init() throws {
        library = try RecordingLibrary(folder: try #require(RecordingLibrary.defaultFolder()))
    }

    static func profile(
        _ version: String?, types: [String] = [], server: String = "TwistedWeb/24.3.0"
    ) -> SlaveProfile {
        SlaveProfile(
            dialect: .today, version: version, architecture: "riscv64", buildTypes: types, server: server)
    }

    private func recording(_ id: String) throws -> Recording {
        try #require(library.base.first { $0.id == id })
    }

    @Test("every recording of the index is read")
    func complete() {
        #expect(library.base.count == 590)
        #expect(library.variants.mapValues(\.count) == ["twisted-22.4.0": 17, "twisted-25.5.0": 8])
        #expect(library.base.allSatisfy { !$0.request.bytes.isEmpty && !$0.answers.isEmpty })
    }

    @Test("a folder without recordings is an error that names it")
    func missing() {
        #expect {
            try RecordingLibrary(folder: "/nonexistent")
        } throws: {
            "\($0)".contains("/nonexistent")
        }
    }

    @Test("an answer takes over what the slave says of itself, and the length follows")
    func adapted() throws {
        let info = try recording("info/idle")
        let adapter = RecordingAdapter(
            profile: Self.profile("206", types: ["binarypackage", "snap"], server: "TwistedWeb/25.5.0"),
            library: library)
        guard case .http(let answer) = info.answers[0] else {
            Issue.record("info is not answered")
            return
        }
        let expected = adapter.expected(answer, of: info)
        let text = String(decoding: expected.body, as: UTF8.self)
        #expect(text.contains("<string>riscv64</string>"))
        #expect(text.contains("<string>snap</string>") && !text.contains("craft"))
        #expect(expected.header("Content-Length") == String(expected.body.count))
        #expect(expected.header("Server") == "TwistedWeb/25.5.0")
    }

    @Test(
        "the variant follows the slave's Twisted",
        arguments: [
            ("TwistedWeb/22.4.0", "twisted-22.4.0"), ("TwistedWeb/23.10.0", "twisted-22.4.0"),
            ("TwistedWeb/24.3.0", nil), ("TwistedWeb/24.7.0", "twisted-25.5.0"),
            ("TwistedWeb/25.5.0", "twisted-25.5.0"), ("nginx", nil),
        ])
    func variant(server: String, folder: String?) {
        let adapter = RecordingAdapter(profile: Self.profile("254", server: server), library: library)
        #expect(adapter.variant == folder)
    }

    @Test("a release without proxy_info is held against the recording of one")
    func counterpart() throws {
        let original = try recording("proxy_info/idle")
        let old = RecordingAdapter(profile: Self.profile("206"), library: library)
        #expect(old.counterpart(of: original).id == "release-206/proxy_info")
        let new = RecordingAdapter(profile: Self.profile("254"), library: library)
        #expect(new.counterpart(of: original).id == "proxy_info/idle")
    }

    @Test("dates of cached files become those of the slave, in request and answer")
    func fixtureDates() throws {
        let recording = try recording("filecache/not-modified")
        let date = "Sat, 02 Mar 2024 03:04:05 GMT"
        let adapter = RecordingAdapter(
            profile: Self.profile("254"), library: library, fixtureDates: [Fixture.rampSum: date])
        #expect(Fixture.suffices(for: recording))
        #expect(String(decoding: adapter.request(of: recording), as: UTF8.self).contains(date))
        guard case .http(let answer) = recording.answers[0] else {
            Issue.record("the recording has no answer")
            return
        }
        #expect(adapter.expected(answer, of: recording).header("Last-Modified") == date)
    }

    @Test("only the listed headers may differ")
    func volatileHeaders() throws {
        func answer(_ date: String, _ length: String) -> HTTPAnswer {
            HTTPAnswer(
                version: "HTTP/1.1", status: 200, reason: "OK",
                headers: [.init(name: "Date", value: date), .init(name: "Content-Length", value: length)],
                framing: .contentLength, body: [])
        }
        let recorded = answer("Mon, 01 Jan 2024 00:00:00 GMT", "0")
        let other = VolatileHeader.date.replaced(
            in: answer("Tue, 05 Mar 2030 11:22:33 GMT", "0"), by: recorded)
        #expect(other == recorded)
        let wrong = VolatileHeader.date.replaced(in: answer("yesterday", "0"), by: recorded)
        #expect(wrong != recorded)
        let longer = VolatileHeader.date.replaced(
            in: answer("Tue, 05 Mar 2030 11:22:33 GMT", "1"), by: recorded)
        #expect(longer != recorded)
    }

    @Test("a random boundary may differ, what it bounds may not")
    func boundary() throws {
        let recording = try recording("filecache/range-multi")
        guard case .http(let recorded) = recording.answers[0] else {
            Issue.record("the recording has no answer")
            return
        }
        let type = try #require(recorded.header("Content-Type"))
        let boundary = try #require(type.split(separator: "\"").last).description
        func renamed(_ body: [UInt8]) -> HTTPAnswer {
            let latin = String(String.UnicodeScalarView(body.map { Unicode.Scalar($0) }))
            let parts = latin.split(separator: boundary, omittingEmptySubsequences: false)
            let bytes = parts.joined(separator: "xyz").unicodeScalars.map { UInt8($0.value) }
            var answer = recorded
            answer.body = bytes
            for index in answer.headers.indices {
                if answer.headers[index].name == "Content-Type" {
                    answer.headers[index].value = type.replacing(boundary, with: "xyz")
                }
                if answer.headers[index].name == "Content-Length" {
                    answer.headers[index].value = String(bytes.count)
                }
            }
            return answer
        }
        #expect(
            VolatileHeader.multipartBoundary.replaced(in: renamed(recorded.body), by: recorded) == recorded)
        var altered = recorded.body
        altered[altered.count - 50] ^= 1
        #expect(VolatileHeader.multipartBoundary.replaced(in: renamed(altered), by: recorded) != recorded)
    }
}
