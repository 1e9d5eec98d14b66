/// What became of a leaf in one round.
package struct LeafReport: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        /// Left in `incoming`: not ours.
        case skipped(String)
        /// Left in `incoming`: the manager has not handed it over yet.
        case waiting
        /// Moved to `failed` without being processed.
        case setAside(String)
        /// Processed, with the number of binary packages.
        case accepted(binaries: Int)
        case rejected([String])
        case failed(String)
        /// Left in `incoming` because the database or the disk is not fit for use; the next round tries again.
        case postponed(String)
    }

    /// The name in `incoming`.
    package let leaf: String
    package let outcome: Outcome
}

extension LeafReport: CustomStringConvertible {
    /// One line for people.
    package var description: String {
        switch outcome {
        case .skipped(let reason): "\(leaf): skipped, \(reason)"
        case .waiting: "\(leaf): waits for the manager"
        case .setAside(let reason): "\(leaf): moved to failed, \(reason)"
        case .accepted(let binaries): "\(leaf): accepted, \(binaries) binary packages"
        case .rejected(let reasons): "\(leaf): rejected, \(reasons.joined(separator: "; "))"
        case .failed(let reason): "\(leaf): failed, \(reason)"
        case .postponed(let reason): "\(leaf): left for the next round, \(reason)"
        }
    }
}
