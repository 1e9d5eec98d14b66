import FarmModel
import SlaveHTTP

/// What the slaves of one event loop share: parsers and the text of the current second.
final class LoopContext {
    private var glues: [SlaveDialect: CallGlue] = [:]
    private var heads: [TwistedRelease: AnswerHead] = [:]

    func glue(for dialect: SlaveDialect) -> CallGlue {
        if let glue = glues[dialect] { return glue }
        let glue = CallGlue(dialect: dialect)
        glues[dialect] = glue
        return glue
    }

    /// Appends the head of an answer; see `AnswerHead`.
    func writeHead(
        _ answer: HTTPAnswer, to request: HTTPRequest, release: TwistedRelease, at now: Instant,
        into bytes: inout [UInt8]
    ) {
        heads[release, default: AnswerHead(release: release)].write(
            answer, to: request, at: now, into: &bytes)
    }
}
