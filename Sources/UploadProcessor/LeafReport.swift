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
