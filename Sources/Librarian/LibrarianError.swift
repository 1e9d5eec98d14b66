/// Why a librarian does not run.
package struct LibrarianError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The address cannot be listened on.
        case cannotListen
        /// The librarian ended before anybody knew its port.
        case stopped
    }

    package var code: Code
    package var message: String

    package var description: String { message }
}
