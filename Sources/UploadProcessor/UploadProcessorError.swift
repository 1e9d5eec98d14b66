/// Why the queue, or a leaf of it, cannot be worked on.
package struct UploadProcessorError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// Another processor works on this queue.
        case queueLocked
        /// A directory of the queue cannot be made, read or locked.
        case queueUnusable
        /// The leaf is not laid out as the manager lays leaves out.
        case leafLayout
        /// The leaf holds more, or larger, files than are taken.
        case leafLimit
        /// The leaf cannot be moved out of `incoming`.
        case cannotMove
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
