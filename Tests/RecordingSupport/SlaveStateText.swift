import BuilddProtocol
package import XMLRPC

/// The recordings' word for a slave's state, made from the answer to `status`: `IDLE`, `WAITING/OK`, or
/// `?(...)` when that is a fault.
package enum SlaveStateText {
    package static func text(of response: XMLRPCResponse) -> String {
        switch response {
        case .fault(let fault):
            let quote = fault.text.contains("'") ? "\"" : "'"
            return "?(<Fault \(fault.code): \(quote)\(fault.text)\(quote)>)"
        case .success(let value):
            guard let status = try? SlaveStatus(decoding: value) else { return "?" }
            let result = status.resultText.map { "/" + word($0) } ?? ""
            return word(status.stateText) + result
        }
    }

    /// What stands after `BuilderStatus.` or `BuildStatus.`.
    private static func word(_ text: String) -> String {
        text.split(separator: ".", maxSplits: 1).last.map(String.init) ?? text
    }
}
