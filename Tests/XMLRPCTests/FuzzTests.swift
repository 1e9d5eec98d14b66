import FarmModel
import Foundation
import RecordingSupport
import Testing
import XMLRPC

/// Recorded bodies with seeded damage: nothing may crash the decoder, and what it reads must be what it says.
@Suite struct FuzzTests {
    @Test(
        "damaged documents are refused with a place, or read as something that can be written and read again")
    func mutations() throws {
        let environment = ProcessInfo.processInfo.environment
        let cases = environment["BAIKONUR_FUZZ_CASES"].flatMap(Int.init) ?? 20_000
        let seed = environment["BAIKONUR_FUZZ_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: .min ... .max)
        print("fuzzing XML-RPC: seed \(seed), \(cases) cases")
        let bodies = try Self.bodies()
        #expect(bodies.count > 400)
        let readings = [XMLRPCReading.strict, .lenient, .slave, .slave2010]
        let decoders = readings.map { XMLRPCDecoder(reading: $0) }
        let root = SeededGenerator(seed: seed)
        var read = 0
        for number in 0..<cases {
            var random = root.split("case \(number)")
            let document = Mutation.apply(to: bodies, random: &random)
            let decoder = decoders[number % decoders.count]
            let outcome = decoder.outcome(of: document)
            if number.isMultiple(of: 5) {
                let split = Int.random(in: 0...document.count, using: &random)
                let apart = decoder.outcome(of: [document[..<split], document[split...]])
                // A refusal's place may lie earlier, for the peer would have gone by bytes that were not there yet.
                if Self.text(of: apart) != Self.text(of: outcome) {
                    Issue.record("seed \(seed), case \(number), cut at \(split): \(apart), not \(outcome)")
                }
            }
            switch outcome {
            case .success(let message):
                read += 1
                if let problem = Self.problem(of: message) {
                    Issue.record("seed \(seed), case \(number): \(problem)")
                }
            case .failure(let error):
                if !(0...document.count).contains(error.offset) || error.message.isEmpty || error.line < 1 {
                    Issue.record("seed \(seed), case \(number): \(error) in \(document.count) bytes")
                }
            }
        }
        #expect(
            cases < 1000 || (cases / 100..<cases).contains(read),
            "seed \(seed): \(read) of \(cases) were read")
    }

    /// What was read, as text, for a number that is none is unequal to itself; nil for a refusal.
    private static func text(of outcome: Outcome) -> String? {
        if case .success(let message) = outcome { "\(message)" } else { nil }
    }

    /// Every body of the recordings, requests and answers, each once.
    private static func bodies() throws -> [[UInt8]] {
        var seen: Set<[UInt8]> = []
        var bodies: [[UInt8]] = []
        for exchange in try Recordings.all.get() {
            var found: [[UInt8]] = []
            if case .http(_, _, _, _, let body) = exchange.request { found.append(body) }
            for case .http(let answer) in exchange.responses { found.append(answer.body) }
            for body in found where body.starts(with: "<?xml".utf8) && seen.insert(body).inserted {
                bodies.append(body)
            }
        }
        return bodies
    }

    /// What is wrong with a message that was read: written out, it must be read as the same.
    private static func problem(of message: XMLRPCMessage) -> String? {
        guard let bytes = try? encode(message) else { return nil }
        switch XMLRPCDecoder(reading: .strict).outcome(of: bytes) {
        case .failure(let error): return "written again it is refused: \(error)"
        case .success(let again):
            // Compared as bytes, for a number that is none is unequal to itself.
            return (try? encode(again)) == bytes
                ? nil : "written again it is read as \(again), not \(message)"
        }
    }

    private static func encode(_ message: XMLRPCMessage) throws(XMLRPCEncodingError) -> [UInt8] {
        let encoder = XMLRPCEncoder(text: .faithful)
        return switch message {
        case .call(let call): try encoder.encode(call)
        case .response(let response): try encoder.encode(response)
        }
    }
}

/// Ways to damage a document.
private enum Mutation: CaseIterable {
    case flipBit, setByte, cut, remove, duplicate, splice, insertMarkup, moveTag

    private static let markup = [
        "<", ">", "&", "]]>", "<![CDATA[", "<!--", "-->", "<?", "?>", "</", "/>", "&#0;", "&#xD800;",
        "&#x110000;",
        "&amp;", "&e;", "<value>", "</value>", "<nil/>", "<int>", "</int>", "<struct>", "<array><data>",
        "<member><name>a</name>", "<base64>", "<x:y xmlns:x='z'>", " a='b'", "<methodName>", "<fault>", "\0",
        "\r",
        "\u{FEFF}", "<!DOCTYPE m [<!ENTITY e 'x'>]>", "<?xml version='1.0' encoding='utf-16'?>",
        "99999999999999",
        "<methodCall>", "</params>", "\u{FFFF}", "𝄞", "=", "<dateTime.iso8601>",
    ].map { Array($0.utf8) }

    /// One of the documents with a few kinds of damage.
    static func apply(to bodies: [[UInt8]], random: inout SeededGenerator) -> [UInt8] {
        var document = pick(bodies, &random)
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            pick(allCases, &random).damage(&document, others: bodies, random: &random)
        }
        return document
    }

    private static func pick<Element>(_ elements: [Element], _ random: inout SeededGenerator) -> Element {
        elements[Int.random(in: elements.indices, using: &random)]
    }

    private func damage(_ document: inout [UInt8], others: [[UInt8]], random: inout SeededGenerator) {
        guard !document.isEmpty else { return }
        let index = Int.random(in: document.indices, using: &random)
        let end = min(document.count, index + Int.random(in: 1...64, using: &random))
        switch self {
        case .flipBit: document[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case .setByte: document[index] = UInt8.random(in: 0...255, using: &random)
        case .cut: document.removeSubrange(index...)
        case .remove: document.removeSubrange(index..<end)
        case .duplicate: document.insert(contentsOf: document[index..<end], at: index)
        case .splice:
            let other = Self.pick(others, &random)
            document.replaceSubrange(
                index..., with: other[Int.random(in: 0..<other.count, using: &random)...])
        case .insertMarkup: document.insert(contentsOf: Self.pick(Self.markup, &random), at: index)
        case .moveTag: moveTag(&document, from: index, random: &random)
        }
    }

    /// Moves the tag that follows `index` elsewhere, whole, so that more than the tokens are tried.
    private func moveTag(_ document: inout [UInt8], from index: Int, random: inout SeededGenerator) {
        guard let start = document[index...].firstIndex(of: UInt8(ascii: "<")),
            let end = document[start...].firstIndex(of: UInt8(ascii: ">"))
        else { return }
        let tag = Array(document[start...end])
        document.removeSubrange(start...end)
        let starts = document.indices.filter { document[$0] == UInt8(ascii: "<") }
        document.insert(contentsOf: tag, at: starts.randomElement(using: &random) ?? document.count)
    }
}
