/// Why a message could not be written.
public struct XMLRPCEncodingError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// An integer outside 32 bits.
        case integerOutOfRange
        /// A `bigDecimal`, which no peer can write.
        case unwritableDecimal
        /// A character that XML cannot carry; only when that is refused.
        case forbiddenCharacter
        /// Arrays and structs nested deeper than any peer would read.
        case tooDeep
    }

    public let code: Code
    /// Where the value lies, such as `parameter 5.archives[2]`.
    public let path: String
    /// What is wrong, for people.
    public let message: String
    /// What the real slave puts behind `Can't serialize output: ` (protocol spec 2). For what only we refuse it is
    /// our own text.
    public let peerDetail: String

    public var description: String { "XML-RPC message not written: \(message) at \(path)" }
}
