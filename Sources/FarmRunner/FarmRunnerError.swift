/// What keeps a farm from running, for people.
package struct FarmRunnerError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Hashable, Sendable {
        /// The farm's directory is somebody else's, in use, or cannot be written.
        case directory
        /// It is not known where a slave is, or how it is reset.
        case slaves
        /// The scenario names something that it does not describe.
        case scenario
        /// A process that belongs to the farm cannot be started.
        case process
        /// The farm ended although nobody stopped it.
        case ended
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
