public import FarmModel

/// Writes the head of answers: the status line and the headers in the imitated server's order.
///
/// One value serves many connections: it keeps the text of the current second's `Date`.
public struct AnswerHead: Sendable {
    public let release: TwistedRelease
    private var date: (second: Int64, text: [UInt8])?

    public init(release: TwistedRelease) { self.release = release }

    /// Appends the head of an answer.
    ///
    /// - Parameter request: the request it answers; its version is repeated.
    /// - Parameter now: the time for the header `Date`.
    public mutating func write(
        _ answer: HTTPAnswer, to request: HTTPRequest, at now: Instant, into bytes: inout [UInt8]
    ) {
        bytes.append(contentsOf: request.version)
        bytes.append(ASCII.space)
        bytes.append(decimal: answer.status.rawValue)
        bytes.append(ASCII.space)
        bytes.append(answer.status.reason)
        bytes.append("\r\n")
        if release.isOld {
            for name in Self.hashOrder(of: fieldNames(of: answer, to: request)) {
                writeField(name, of: answer, at: now, into: &bytes)
            }
        } else {
            if request.announcesClose { writeField(.connection, of: answer, at: now, into: &bytes) }
            writeField(.server, of: answer, at: now, into: &bytes)
            writeField(.date, of: answer, at: now, into: &bytes)
            for field in answer.fields { Self.write(field.name, field.value, into: &bytes) }
        }
        bytes.append("\r\n")
    }

    private func fieldNames(of answer: HTTPAnswer, to request: HTTPRequest) -> [HTTPAnswer.FieldName] {
        var names: [HTTPAnswer.FieldName] = request.announcesClose ? [.connection] : []
        names += [.server, .date]
        names += answer.fields.map(\.name)
        return names.sorted { $0.rawValue < $1.rawValue }
    }

    /// The slave of 2010 kept its headers, in lower case, in a dictionary: they come in the order of its table.
    static func hashOrder(of names: [HTTPAnswer.FieldName]) -> [HTTPAnswer.FieldName] {
        let byKey = Dictionary(
            names.map { ("\($0.text)".lowercased(), $0) }, uniquingKeysWith: { first, _ in first })
        return PythonHashOrder.order(of: names.map { "\($0.text)".lowercased() }).compactMap { byKey[$0] }
    }

    private mutating func writeField(
        _ name: HTTPAnswer.FieldName, of answer: HTTPAnswer, at now: Instant, into bytes: inout [UInt8]
    ) {
        switch name {
        case .connection: Self.write(name, "close".utf8, into: &bytes)
        case .server: Self.write(name, release.serverName.utf8, into: &bytes)
        case .date: Self.write(name, dateText(at: now), into: &bytes)
        default:
            guard let field = answer.fields.first(where: { $0.name == name }) else { return }
            Self.write(name, field.value, into: &bytes)
        }
    }

    private mutating func dateText(at now: Instant) -> [UInt8] {
        let second = now.wholeSeconds
        if let date, date.second == second { return date.text }
        let text = Array(HTTPDate.text(second: second).utf8)
        date = (second, text)
        return text
    }

    private static func write(
        _ name: HTTPAnswer.FieldName, _ value: some Collection<UInt8>, into bytes: inout [UInt8]
    ) {
        bytes.append(name.text)
        bytes.append(": ")
        bytes.append(contentsOf: value)
        bytes.append("\r\n")
    }
}
