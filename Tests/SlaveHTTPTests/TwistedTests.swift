import FarmModel
import Foundation
import Testing

@testable import SlaveHTTP

/// What the real Twisted answers to odd requests (see `golden/twisted/README.md`), against ours.
@Suite struct TwistedTests {
    private struct Record: Decodable {
        var twisted: String
        var cases: [Case]

        struct Case: Decodable {
            var request: Data
            var answer: Data
            var end: String
        }
    }

    static let files: [String: Conversation.CachedFile] = [
        "a": .init(bytes: Array("0123456789".utf8)), "empty": .init(bytes: []),
        "x.tar.gz": .init(bytes: [0x1F, 0x8B]), "b&<.txt": .init(bytes: Array("text\n".utf8)),
    ]

    /// Cases that come out otherwise. Twisted 22.4.0 goes on to the next request while a file is being sent and
    /// then trips over itself; nobody can want that of a fake.
    static let exceptions = ["22.4.0": [39, 251, 372, 460, 511, 530, 662]]

    @Test("odd requests are answered as by Twisted", arguments: ["22.4.0", "24.3.0", "25.5.0"])
    func oddRequests(version: String) throws {
        let path = Recording.folder.appending(path: "../twisted/twisted-\(version).json")
        let record = try JSONDecoder().decode(Record.self, from: Data(contentsOf: path))
        let release = try #require(TwistedRelease(rawValue: record.twisted))
        #expect(record.cases.count == 700)
        for (number, one) in record.cases.enumerated() {
            var conversation = Conversation(release)
            conversation.files = Self.files
            conversation.answerCall = { _ in Array("<answer/>\n".utf8) }
            conversation.receive(Array(one.request))
            let answer = Self.masked(conversation.sent)
            let isSame = answer == one.answer.latin1 && conversation.isClosed == (one.end == "closed")
            let isException = Self.exceptions[version]?.contains(number) ?? false
            #expect(
                isSame != isException,
                """
                case \(number): \(one.request.latin1.debugDescription)
                is answered by \(answer.debugDescription)
                instead of \(one.answer.latin1.debugDescription)
                """)
        }
    }

    private static func masked(_ bytes: [UInt8]) -> String {
        bytes.latin1
            .replacing(#/\r\nDate: [^\r]*/#.matchingSemantics(.unicodeScalar), with: "\r\nDate: *")
            .replacing(
                #/boundary="[0-9a-f]+"\r\nContent-Length: [0-9]+/#.matchingSemantics(.unicodeScalar),
                with: "boundary=\"*\"\r\nContent-Length: *"
            )
            .replacing(#/\r\n--[0-9a-f]{17}/#.matchingSemantics(.unicodeScalar), with: "\r\n--*")
    }
}
