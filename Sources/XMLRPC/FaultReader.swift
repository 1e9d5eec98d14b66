/// Turns the struct of a fault into the fault.
enum FaultReader {
    /// The real slave quotes the text in full.
    private static let longestQuote = 1000

    /// - Throws: `badFault`.
    static func fault(from value: XMLRPCValue?, peer: XMLRPCPeer) throws(Refusal) -> XMLRPCFault {
        guard let value else {
            throw Refusal(.badFault, "a fault without a value", peerDetail: "list index out of range")
        }
        guard case .structure(let members) = value else {
            throw Refusal(
                .badFault, "a fault that is no struct",
                peerDetail: (peer == .python2 ? "type object" : "xmlrpc.client.Fault()")
                    + " argument after ** must be a mapping, not \(PythonText.typeName(of: value, peer: peer))"
            )
        }
        let missing = ["faultCode", "faultString"].filter { members[$0] == nil }
        guard let code = members["faultCode"], let text = members["faultString"] else {
            let names = missing.map { "'\($0)'" }.joined(separator: " and ")
            let plural = missing.count == 1 ? "" : "s"
            throw Refusal(
                .badFault, "a fault without \(missing.joined(separator: " and "))",
                peerDetail: peer == .python2
                    ? "__init__() takes exactly 3 arguments (\(3 - missing.count) given)"
                    : "Fault.__init__() missing \(missing.count) required positional "
                        + "argument\(plural): \(names)")
        }
        guard case .int(let number) = code, case .string(let string) = text else {
            throw Refusal(.badFault, "a fault whose code is no integer or whose text is no string")
        }
        return XMLRPCFault(code: number, text: string)
    }

    /// The fault as the real slave quotes it when it is posted to it (`faults/fault-posted`).
    static func quoted(_ fault: XMLRPCFault, peer: XMLRPCPeer) -> String {
        "<Fault \(fault.code): \(PythonText.representation(of: fault.text, limit: longestQuote, peer: peer))>"
    }
}
