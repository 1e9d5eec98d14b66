/// What a slave host could not do: what, for which slave, and what to do about it.
public struct SlaveHostError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// An address could not be listened on.
        case cannotListen
        /// No slave has that name.
        case unknownSlave
        /// Two slaves of one name or address.
        case duplicate
        /// The loopback network has no addresses left.
        case noAddressLeft
        /// A folder of results cannot be read, or a result cannot be stored.
        case badResults
        /// The control file cannot be written, read or understood.
        case badControlFile
        /// The host has been stopped.
        case stopped
    }

    public var code: Code
    /// What was wrong, where, and what to do.
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
