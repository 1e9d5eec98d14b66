internal import OrderedCollections

/// Writes XML-RPC documents byte for byte as the peers do: answers like the slave's server, calls like the
/// manager's client (protocol spec 2). Both lay documents out alike.
///
///     var bytes: [UInt8] = []
///     try XMLRPCEncoder().encode(.success("ping"), into: &bytes)
public struct XMLRPCEncoder: Hashable, Sendable {
    /// What becomes of text that does not survive the way as it is.
    public enum Text: Hashable, Sendable {
        /// Written as the peers write it: a carriage return is lost on the way, and a control character makes a
        /// document that nobody can read.
        case asPeer
        /// A carriage return is written as a reference, and a character that XML cannot carry is refused. All
        /// other text comes out as the peers write it.
        case faithful
    }

    /// Deeper values than this are refused rather than written: far beyond what the decoder reads.
    static let mostDepth = 512

    public let peer: XMLRPCPeer
    public let text: Text

    /// - Parameters:
    ///   - peer: whose complaints are given; the documents are the same.
    public init(peer: XMLRPCPeer = .python3, text: Text = .asPeer) {
        self.peer = peer
        self.text = text
    }

    /// Appends an answer.
    /// - Throws: what cannot be written; `output` is then as before.
    public func encode(_ response: XMLRPCResponse, into output: inout [UInt8]) throws(XMLRPCEncodingError) {
        try write(into: &output) { writer throws(XMLRPCEncodingError) in
            writer.append("<?xml version='1.0'?>\n<methodResponse>\n")
            switch response {
            case .success(let value):
                writer.append("<params>\n<param>\n")
                try writer.append(value, at: .root("result"), depth: 0)
                writer.append("</param>\n</params>\n")
            case .fault(let fault):
                let members: OrderedDictionary<String, XMLRPCValue> = [
                    "faultCode": .int(fault.code), "faultString": .string(fault.text),
                ]
                writer.append("<fault>\n")
                try writer.append(.structure(members), at: .root("fault"), depth: 0)
                writer.append("</fault>\n")
            }
            writer.append("</methodResponse>\n")
        }
    }

    /// Appends a call.
    /// - Throws: what cannot be written; `output` is then as before.
    public func encode(_ call: XMLRPCCall, into output: inout [UInt8]) throws(XMLRPCEncodingError) {
        try write(into: &output) { writer throws(XMLRPCEncodingError) in
            writer.append("<?xml version='1.0'?>\n<methodCall>\n<methodName>")
            try writer.append(text: call.method, at: .root("method name"))
            writer.append("</methodName>\n<params>\n")
            for (index, parameter) in call.parameters.enumerated() {
                writer.append("<param>\n")
                try writer.append(parameter, at: .root("parameter \(index + 1)"), depth: 0)
                writer.append("</param>\n")
            }
            writer.append("</params>\n</methodCall>\n")
        }
    }

    /// An answer as bytes.
    public func encode(_ response: XMLRPCResponse) throws(XMLRPCEncodingError) -> [UInt8] {
        var output: [UInt8] = []
        try encode(response, into: &output)
        return output
    }

    /// A call as bytes.
    public func encode(_ call: XMLRPCCall) throws(XMLRPCEncodingError) -> [UInt8] {
        var output: [UInt8] = []
        try encode(call, into: &output)
        return output
    }

    private func write(
        into output: inout [UInt8], _ body: (inout MessageWriter) throws(XMLRPCEncodingError) -> Void
    ) throws(XMLRPCEncodingError) {
        let start = output.count
        // The bytes are moved, not copied, into the writer and back.
        var writer = MessageWriter(peer: peer, text: text, output: output)
        output = []
        do throws(XMLRPCEncodingError) {
            try body(&writer)
            output = writer.output
        } catch {
            writer.output.removeLast(writer.output.count - start)
            output = writer.output
            throw error
        }
    }
}
