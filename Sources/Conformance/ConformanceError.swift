/// Why a run could not be made at all; what a slave does wrong is a failed check instead.
package struct ConformanceError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The URL names no slave.
        case url
        /// The recordings cannot be read.
        case recordings
        /// The slave cannot be reached, or did not answer in time.
        case noAnswer
        /// What came is no HTTP answer, or is larger than allowed.
        case badAnswer
        /// The slave is not IDLE, so nothing may be tried on it.
        case notIdle
    }

    package var code: Code
    /// What was wrong, where, and what to do.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
