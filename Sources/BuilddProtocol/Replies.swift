public import XMLRPC

/// The answer to `build`: a pair of strings (protocol spec 3 and 6).
public struct BuildReply: Hashable, Sendable {
    /// The status as the slave spells it: `BuilderStatus.BUILDING`, `…UNKNOWNSUM`, `…UNKNOWNBUILDER`.
    public var status: String
    /// The build id when accepted, else a text for people.
    public var information: String

    public init(status: String, information: String) {
        self.status = status
        self.information = information
    }

    /// - Throws: `BuilddProtocolError` when the value is not an array of two strings.
    public init(decoding value: XMLRPCValue) throws(BuilddProtocolError) {
        guard let pair = value.arrayValue, pair.count == 2, let status = pair[0].stringValue else {
            throw BuilddProtocolError("the answer to 'build' is not a pair that begins with a string")
        }
        self.init(status: status, information: pair[1].stringValue ?? "")
    }

    public var encoded: XMLRPCValue { .array([.string(status), .string(information)]) }
}

/// The answer to `ensurepresent`: whether the file is there, and a text (protocol spec 11).
public struct EnsurePresentReply: Hashable, Sendable {
    public var present: Bool
    public var information: String

    public init(present: Bool, information: String) {
        self.present = present
        self.information = information
    }

    /// - Throws: `BuilddProtocolError` when the value is not an array of a boolean and a text or nil.
    public init(decoding value: XMLRPCValue) throws(BuilddProtocolError) {
        guard let pair = value.arrayValue, pair.count == 2, let present = pair[0].booleanValue else {
            throw BuilddProtocolError(
                "the answer to 'ensurepresent' is not a pair that begins with a boolean")
        }
        self.init(present: present, information: pair[1].stringValue ?? "")
    }

    public var encoded: XMLRPCValue { .array([.boolean(present), .string(information)]) }
}
