import FarmModel
import SlaveHTTP
import XMLRPC

/// Between the bodies of HTTP and the calls of a slave (protocol spec 2).
///
/// One value serves all slaves of a dialect on an event loop; it holds an XML parser.
struct CallGlue {
    private let decoder: XMLRPCDecoder
    private let encoder: XMLRPCEncoder

    init(dialect: SlaveDialect) {
        let isOld = dialect == .release2010
        decoder = XMLRPCDecoder(reading: isOld ? .slave2010 : .slave)
        encoder = XMLRPCEncoder(peer: isOld ? .python2 : .python3)
    }

    enum Incoming {
        case call(XMLRPCCall)
        /// The body was no call; this is the answer.
        case answered(HTTPAnswer)
    }

    func read(_ body: [UInt8], site: SlaveSite) -> Incoming {
        do {
            return .call(try decoder.decodeCall(body))
        } catch {
            if error.peerFailsInternally { return .answered(site.processingFailed()) }
            return .answered(write(.failure("Can't deserialize input: \(error.peerDetail)"), site: site))
        }
    }

    func write(_ response: XMLRPCResponse, site: SlaveSite) -> HTTPAnswer {
        do {
            return site.answer(toCall: try encoder.encode(response))
        } catch {
            let fault = XMLRPCResponse.failure("Can't serialize output: \(error.peerDetail)")
            // Two texts and a small number can always be written, unless the complaint itself cannot.
            guard let bytes = try? encoder.encode(fault) else { return site.processingFailed() }
            return site.answer(toCall: bytes)
        }
    }
}

extension XMLRPCResponse {
    /// The fault of everything that goes wrong at the real slave.
    fileprivate static func failure(_ text: String) -> XMLRPCResponse {
        .fault(XMLRPCFault(code: 8002, text: text))
    }
}
