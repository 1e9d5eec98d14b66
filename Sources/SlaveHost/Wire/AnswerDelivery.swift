import SlaveHTTP

/// An answer on its way out, with everything that wire faults do to it.
struct AnswerDelivery {
    /// How an answer ends before its end.
    enum Cut: Hashable {
        /// RST before the first byte.
        case resetBeforeAnswer
        /// RST after this many bytes of the body.
        case resetInBody(after: Int64)
        /// A plain close after this many bytes of the body.
        case closeInBody(after: Int64)
    }

    var answer: HTTPAnswer
    /// Whether it is the XML of an answer to a call; some faults act on that only.
    var isCall: Bool
    /// The answer never leaves.
    var isWithheld = false
    /// How long the answer is held back.
    var delay: Duration = .zero
    var cut: Cut?
    /// Offsets in the file served at which a byte is inverted.
    var corruptedOffsets: [Int64] = []

    init(_ answer: HTTPAnswer, isCall: Bool) {
        self.answer = answer
        self.isCall = isCall
    }

    /// Lets the scripted faults act, in order.
    mutating func apply(_ effects: [any WireEffect], site: SlaveSite) {
        for effect in effects { effect.change(&self, site: site) }
    }

    /// Cuts the answer, unless it is cut earlier already.
    mutating func cut(_ cut: Cut) {
        guard let present = self.cut else {
            self.cut = cut
            return
        }
        if cut.position < present.position { self.cut = cut }
    }
}

extension AnswerDelivery.Cut {
    /// The bytes of the body that still go out; -1 when not even the head does.
    var position: Int64 {
        switch self {
        case .resetBeforeAnswer: -1
        case .resetInBody(let after), .closeInBody(let after): max(0, after)
        }
    }

    var isReset: Bool {
        switch self {
        case .resetBeforeAnswer, .resetInBody: true
        case .closeInBody: false
        }
    }
}
