/// A call: the method's name and its positional parameters.
public struct XMLRPCCall: Hashable, Sendable {
    public var method: String
    public var parameters: [XMLRPCValue]

    public init(_ method: String, _ parameters: [XMLRPCValue] = []) {
        self.method = method
        self.parameters = parameters
    }
}

/// A fault: a code and a text for people. The real slave knows the codes 8001 and 8002 only (protocol spec 2).
public struct XMLRPCFault: Error, Hashable, Sendable, CustomStringConvertible {
    public var code: Int64
    public var text: String

    public init(code: Int64, text: String) {
        self.code = code
        self.text = text
    }

    public var description: String { "XML-RPC fault \(code): \(text)" }
}

/// The answer to a call.
public enum XMLRPCResponse: Hashable, Sendable {
    case success(XMLRPCValue)
    case fault(XMLRPCFault)
}

/// A whole document: somebody's call or somebody's answer.
public enum XMLRPCMessage: Hashable, Sendable {
    case call(XMLRPCCall)
    case response(XMLRPCResponse)
}
