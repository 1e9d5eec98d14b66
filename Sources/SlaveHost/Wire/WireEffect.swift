import FarmModel
import SlaveHTTP

/// A scripted fault that acts on the bytes of an answer. Each has a file of its own in this folder; a new one
/// needs its file and its line below.
protocol WireEffect {
    /// Acts on an answer before its first byte is sent.
    func change(_ delivery: inout AnswerDelivery, site: SlaveSite)
}

extension FaultEffect {
    /// The effect on the wire; nil for one that acts on the slave, or on its listener.
    var onWire: (any WireEffect)? {
        switch self {
        case .neverAnswer: NeverAnswer()
        case .delay(let duration): Delay(duration: duration)
        case .resetBeforeAnswer: ResetBeforeAnswer()
        case .resetInBody(let count): ResetInBody(afterBytes: count)
        case .replaceBody(let bytes): ReplaceBody(bytes: bytes)
        case .truncateFile(let count): TruncateFile(afterBytes: count)
        case .corruptFile(let offset): CorruptFile(offset: offset)
        default: nil
        }
    }

    /// Whether the effect is one on the slave's state, to be handed to the slave outside of calls.
    var isOnSlave: Bool {
        switch self {
        case .forgetBuild, .reportBuildID, .answerBuild, .neverFinishAborting: true
        default: false
        }
    }
}
