internal import NIOCore

/// One request to a slave over a connection of its own, and all that came back.
struct Exchange: Sendable {
    /// How the connection stood at the end.
    enum Ending: String, Hashable, Sendable {
        case open
        case closed
    }

    var answers: [HTTPAnswer]
    /// Bytes that are no whole answer.
    var rest: [UInt8]
    var ending: Ending

    /// - Parameters:
    ///   - count: how many answers to wait for.
    ///   - isHead: whether the request was a HEAD.
    ///   - expecting: how the connection should stand afterwards. Whether it stays open takes a while to see;
    ///     its end is seen at once.
    /// - Throws: `ConformanceError` with the codes `noAnswer` and `badAnswer`.
    static func perform(
        _ request: [UInt8], with address: SlaveAddress, answers count: Int = 1, isHead: Bool = false,
        expecting: Ending, limits: ConformanceLimits
    ) async throws -> Exchange {
        let wire = try await Wire.connect(to: address, limits: limits)
        do {
            await wire.send(request)
            let exchange = try await collect(
                from: wire, answers: count, isHead: isHead, expecting: expecting, limits: limits)
            await wire.close()
            return exchange
        } catch {
            await wire.close()
            throw error
        }
    }

    private static func collect(
        from wire: Wire, answers count: Int, isHead: Bool, expecting: Ending, limits: ConformanceLimits
    ) async throws -> Exchange {
        var reader = HTTPAnswerReader()
        var answers: [HTTPAnswer] = []
        var ended = false
        while true {
            while answers.count < count, let answer = try reader.next(isHead: isHead, ended: ended) {
                answers.append(answer)
            }
            if ended { return Exchange(answers: answers, rest: reader.rest, ending: .closed) }
            let isComplete = answers.count == count && count > 0
            let limit = isComplete && expecting == .open ? limits.settle : limits.answer
            switch try await wire.receive(within: limit) {
            case .bytes(let bytes): reader.append(bytes)
            case .closed, .reset: ended = true
            case .tooMuch:
                throw ConformanceError(.badAnswer, "the answer is larger than \(limits.answerBytes) bytes")
            case .silence where isComplete:
                return Exchange(answers: answers, rest: reader.rest, ending: .open)
            case .silence:
                throw ConformanceError(
                    .noAnswer,
                    "no answer within \(limit), after \(answers.count) whole answers and the bytes "
                        + "'\(Excerpt.escaped(reader.rest.prefix(80)))'")
            }
        }
    }
}
