/// Sends recorded requests to an idle slave and compares the answers byte for byte.
struct Replay: Sendable {
    let address: SlaveAddress
    let adapter: RecordingAdapter
    let limits: ConformanceLimits
    let report: Report

    /// Recordings that any idle slave of this kind must repeat, in the order of the index.
    var recordings: [Recording] {
        let profile = adapter.profile
        return adapter.library.base.filter { recording in
            switch profile.dialect {
            case .release2010: Self.idle2010.contains(recording.id)
            case .today:
                recording.isReplayable || (!adapter.fixtureDates.isEmpty && Fixture.suffices(for: recording))
                    || (profile.version == "206" && Self.idle206.contains(recording.id))
            }
        }
    }

    /// Recordings of release 206 that need nothing but an idle slave.
    private static let idle206: Set<String> = [
        "release-206/build-unknown-type", "release-206/info", "release-206/proxy_info",
        "release-206/status-idle",
    ]

    /// Recordings of release 70 that need nothing but an idle slave.
    private static let idle2010: Set<String> = Set(
        [
            "abort-idle", "build-unknown-chroot", "build-unknown-type", "clean-idle", "echo-binary",
            "echo-datetime", "echo-doubles", "echo-i8", "echo-int-overflow", "echo-nil", "echo-none",
            "echo-several", "echo-struct", "echo-unicode", "ensurepresent-absent", "ensurepresent-empty-url",
            "ensurepresent-refused", "ensurepresent-two-arguments", "fault-arguments", "fault-dotted",
            "fault-proxy-info", "fault-startbuild", "fault-status-dict", "fault-unknown-method", "http-10",
            "http-close", "http-file-missing", "http-garbage", "http-no-content-type", "http-root",
            "http-rpc-get",
            "http-rpc-put", "http-rpc-slash", "http-traversal", "info", "status-idle",
        ].map { "dialect-2010/\($0)" })

    /// Replays them all, some at a time; the report keeps their order.
    func run() async {
        var unanswered = 0
        var rest = recordings[...]
        while !rest.isEmpty, unanswered < limits.unanswered {
            let batch = Array(rest.prefix(max(1, limits.connections)))
            rest = rest.dropFirst(batch.count)
            for result in await results(of: batch) {
                await report.add(result.check)
                unanswered = result.isAnswered ? 0 : unanswered + 1
            }
        }
        for recording in rest {
            await report.skip(name(recording), because: "the slave does not answer any more")
        }
    }

    private struct Result: Sendable {
        var check: Check
        var isAnswered: Bool
    }

    private func results(of batch: [Recording]) async -> [Result] {
        await withTaskGroup(of: (Int, Result).self) { group in
            for (index, recording) in batch.enumerated() {
                group.addTask { (index, await result(of: recording)) }
            }
            var results: [(Int, Result)] = []
            for await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func name(_ recording: Recording) -> String { "recording \(recording.id): \(recording.title)" }

    private func result(of original: Recording) async -> Result {
        let recording = adapter.counterpart(of: original)
        let name = name(original)
        let wanted = recording.answers.compactMap { answer in
            if case .http(let answer) = answer { adapter.expected(answer, of: recording) } else { nil }
        }
        do {
            let exchange = try await Exchange.perform(
                adapter.request(of: recording), with: address, answers: wanted.count,
                isHead: recording.request.isHead, expecting: recording.isOpenAfter ? .open : .closed,
                limits: limits)
            let difference = difference(exchange, wanted: wanted, isOpenAfter: recording.isOpenAfter)
            guard let difference else { return Result(check: Check(name, .passed), isAnswered: true) }
            return Result(
                check: Check(name, .failed(expected: difference.expected, got: difference.got)),
                isAnswered: true)
        } catch {
            let isAnswered = (error as? ConformanceError)?.code != .noAnswer
            let expected = wanted.first.map { "\($0.status) \($0.reason)" } ?? "the connection to be closed"
            return Result(
                check: Check(name, .failed(expected: expected, got: Excerpt.shortened("\(error)"))),
                isAnswered: isAnswered)
        }
    }

    private func difference(
        _ exchange: Exchange, wanted: [HTTPAnswer], isOpenAfter: Bool
    ) -> (expected: String, got: String)? {
        for (index, expected) in wanted.enumerated() {
            guard index < exchange.answers.count else {
                return (
                    "\(expected.status) \(expected.reason)",
                    "the end of the connection after '\(Excerpt.escaped(exchange.rest.prefix(80)))'"
                )
            }
            let got = VolatileHeader.allCases.reduce(exchange.answers[index]) { answer, header in
                header.replaced(in: answer, by: expected)
            }
            if got.bytes != expected.bytes {
                return Excerpt.difference(expected: expected.bytes, got: got.bytes)
            }
            if got.framing != expected.framing {
                return ("a body ended by \(expected.framing)", "one ended by \(got.framing)")
            }
        }
        if !exchange.rest.isEmpty {
            return (
                "nothing after the answer",
                "\(exchange.rest.count) bytes: '\(Excerpt.escaped(exchange.rest.prefix(80)))'"
            )
        }
        let ending: Exchange.Ending = isOpenAfter ? .open : .closed
        return exchange.ending == ending
            ? nil : ("the connection left \(ending.rawValue)", "it is \(exchange.ending.rawValue)")
    }
}
