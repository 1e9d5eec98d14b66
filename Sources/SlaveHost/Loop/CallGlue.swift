import FarmModel
import SlaveHTTP
import XMLRPC

/// Between the bodies of HTTP and the calls of the slave (protocol spec 2).
struct CallGlue {
    let site: SlaveSite
    let dialect: SlaveDialect

    enum Incoming {
        case call(XMLRPCCall)
        /// The body was no call; this is the answer.
        case answered(HTTPAnswer)
    }

    func read(_ body: [UInt8]) -> Incoming {
        let text = String(decoding: body, as: UTF8.self)
        guard let method = text.split(separator: "<methodName>").last?.prefix(while: { $0 != "<" }) else {
            return .answered(site.processingFailed())
        }
        return .call(XMLRPCCall(String(method)))
    }

    func write(_ response: XMLRPCResponse) -> HTTPAnswer {
        site.answer(toCall: Array("<methodResponse>\(response)</methodResponse>".utf8))
    }
}
