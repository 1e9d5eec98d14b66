import ArgumentParser
import CLibXML2
import XMLRPC

/// The XML-RPC decoder against a bare libxml2 SAX parse of the same bytes.
struct DecodeBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "XML-RPC decoding, against a bare libxml2 SAX parse of the same bytes.")

    @Flag(name: .long, help: "Smaller documents, fewer runs.") var quick = false

    func run() async throws {
        print("\ndecode: XML-RPC documents")
        let runs = quick ? 1 : 7
        let size = quick ? 1 << 20 : 16 << 20
        for (name, value) in [
            ("one base64 value", XMLRPCValue.base64(Array(repeating: 0xA5, count: size * 3 / 4))),
            ("a file map", Self.fileMap(entries: size / 128)),
        ] {
            let document = try XMLRPCEncoder().encode(.success(value))
            let megabytes = Double(document.count) / 1e6
            let bare = try await median(runs) { megabytes / seconds { BareParse.run(document) } }
            let ours = try await median(runs) {
                try megabytes / seconds { _ = try XMLRPCDecoder.decodeResponse(document) }
            }
            figure("\(name), \(document.count >> 20) MiB", ours, "MB/s", baseline: ("bare SAX parse", bare))
        }
        let call = Array(LoadClient.statusRequest.drop { $0 != UInt8(ascii: "<") })
        let rounds = quick ? 1_000 : 100_000
        let decoder = XMLRPCDecoder()
        let small = try await median(runs) {
            try seconds { for _ in 0..<rounds { _ = try decoder.decodeCall(call) } } / Double(rounds) * 1e6
        }
        let bareSmall = try await median(runs) {
            seconds { for _ in 0..<rounds { BareParse.run(call) } } / Double(rounds) * 1e6
        }
        figure(
            "a status call, decoder kept", small, "µs",
            baseline: ("bare SAX parse, parser made anew", bareSmall))
    }

    private static func fileMap(entries: Int) -> XMLRPCValue {
        .structure(
            .init(
                uniqueKeysWithValues: (0..<entries).map {
                    ("package-\($0)_1.0_amd64.deb", .string("da39a3ee5e6b4b0d3255bfef95601890afd80709"))
                }))
    }

    private func seconds(_ body: () throws -> Void) rethrows -> Double {
        let clock = ContinuousClock()
        return try clock.measure(body) / .seconds(1)
    }
}

/// libxml2 at its barest: SAX2 push parsing with callbacks that do nothing.
enum BareParse {
    static func run(_ document: [UInt8]) {
        var handler = xmlSAXHandler()
        handler.initialized = XML_SAX2_MAGIC
        handler.startElementNs = { _, _, _, _, _, _, _, _, _ in }
        handler.endElementNs = { _, _, _, _ in }
        handler.characters = { _, _, _ in }
        document.withUnsafeBytes { bytes in
            let text = bytes.bindMemory(to: CChar.self)
            guard let context = xmlCreatePushParserCtxt(&handler, nil, nil, 0, nil) else { return }
            xmlCtxtUseOptions(context, Int32(XML_PARSE_NONET.rawValue | XML_PARSE_HUGE.rawValue))
            var offset = 0
            while offset < text.count {
                let count = min(65_536, text.count - offset)
                xmlParseChunk(context, text.baseAddress! + offset, Int32(count), 0)
                offset += count
            }
            xmlParseChunk(context, nil, 0, 1)
            xmlFreeParserCtxt(context)
        }
    }
}
