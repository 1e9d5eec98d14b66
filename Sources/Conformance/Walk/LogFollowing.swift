internal import BuilddProtocol

extension StateWalk {
    /// Looks at log tails for as long as the slave is BUILDING, and holds each against the log.
    ///
    /// - Parameter fits: whether a tail is the end of a log as it may have been a moment before.
    /// - Throws: `ConformanceError` when the build takes longer than the limit.
    func followLog(_ state: String, fits: ([UInt8], [UInt8]) -> Bool) async throws {
        let name = "\(state): every log tail is the end of the log"
        let deadline = ContinuousClock.now + limits.build
        var last: [UInt8] = []
        var (seen, full) = (0, 0)
        while let tail = try await status().logTail {
            guard ContinuousClock.now < deadline else {
                throw ConformanceError(.noAnswer, "the slave is still BUILDING after \(limits.build)")
            }
            if tail != last {
                let log = try await client.get("/filecache/buildlog")
                // The clean-up may have put another log in its place by now.
                guard try await status().state == .building, log.status == 200 else { break }
                guard fits(tail, log.body) else {
                    return await report.fail(
                        name, expected: "the end of the log (\(log.body.count) bytes) at that moment",
                        got: "\(tail.count) bytes ending in '\(Excerpt.escaped(tail.suffix(120)))'")
                }
                seen += 1
                if log.body.count > LogRules.tailLength { full += 1 }
                last = tail
            }
            try await Task.sleep(for: limits.poll)
        }
        if seen == 0 {
            return await report.skip(name, because: "no log tail was seen")
        }
        await report.pass(name)
        let fullName = "\(state): the tail of a log of more than \(LogRules.tailLength) bytes"
        if full > 0 {
            await report.pass(fullName)
        } else {
            await report.skip(fullName, because: "the log never was that long")
        }
    }
}
