internal import Foundation

/// The values of an answer that no two slaves share. This is the whole list; everything else is compared byte for
/// byte.
enum VolatileHeader: CaseIterable {
    /// `Date`: any date in the form of HTTP.
    case date
    /// The boundary of a multipart answer, in `Content-Type` and in the body; it is random, and its length may
    /// differ, so `Content-Length` follows.
    case multipartBoundary

    /// `got` with the value that `recorded` has in its place.
    func replaced(in got: HTTPAnswer, by recorded: HTTPAnswer) -> HTTPAnswer {
        var answer = got
        switch self {
        case .date:
            guard let value = recorded.header("Date") else { return got }
            for index in answer.headers.indices
            where answer.headers[index].name == "Date" && Self.isHTTPDate(answer.headers[index].value) {
                answer.headers[index].value = value
            }
        case .multipartBoundary:
            guard let ours = Self.boundary(got), let theirs = Self.boundary(recorded) else { return got }
            let length = got.body.count
            answer.body = Self.replace(ours, with: theirs, in: got.body)
            for index in answer.headers.indices {
                switch answer.headers[index].name {
                case "Content-Type":
                    answer.headers[index].value = recorded.header("Content-Type") ?? ""
                case "Content-Length" where answer.headers[index].value == String(length):
                    answer.headers[index].value = String(answer.body.count)
                default: break
                }
            }
        }
        return answer
    }

    /// `Mon, 01 Jan 2024 00:00:00 GMT`: the shape, not the calendar.
    private static func isHTTPDate(_ text: String) -> Bool {
        let shape = "aaa, 00 aaa 0000 00:00:00 GMT"
        return text.count == shape.count
            && zip(text, shape).allSatisfy { character, form in
                switch form {
                case "a": character.isASCII && character.isLetter
                case "0": character.isASCII && character.isNumber
                default: character == form
                }
            }
    }

    private static func boundary(_ answer: HTTPAnswer) -> [UInt8]? {
        let prefix = "multipart/byteranges; boundary=\""
        guard let type = answer.header("Content-Type"), type.hasPrefix(prefix), type.hasSuffix("\"") else {
            return nil
        }
        let boundary = Array(type.dropFirst(prefix.count).dropLast().utf8)
        return boundary.isEmpty ? nil : boundary
    }

    private static func replace(_ part: [UInt8], with other: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        var data = Data(bytes)
        var begin = data.startIndex
        while let range = data.range(of: Data(part), in: begin..<data.endIndex) {
            data.replaceSubrange(range, with: other)
            begin = range.lowerBound + other.count
        }
        return Array(data)
    }
}
