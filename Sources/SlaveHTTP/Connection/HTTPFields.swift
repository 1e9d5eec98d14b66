/// The header lines of a request, as received: names folded to lower case, values stripped of blanks.
///
/// All lines lie in one array, so that a request with a dozen headers costs two allocations.
public struct HTTPFields: Hashable, Sendable {
    private var text: [UInt8] = []
    private var spans: [Span] = []

    private struct Span: Hashable, Sendable {
        var name: Range<Int>
        var value: Range<Int>
    }

    public init() {}

    /// The number of header lines.
    public var count: Int { spans.count }

    mutating func append(name: some Collection<UInt8>, value: some Collection<UInt8>) {
        let start = text.count
        text.append(contentsOf: name.lazy.map(ASCII.lowered))
        let middle = text.count
        text.append(contentsOf: value)
        spans.append(Span(name: start..<middle, value: middle..<text.count))
    }

    /// The value of the first line of that name, given in lower case.
    public func first(_ name: StaticString) -> ArraySlice<UInt8>? {
        spans.first { text[$0.name].equals(name) }.map { text[$0.value] }
    }

    /// The value of the last line of that name, given in lower case.
    public func last(_ name: StaticString) -> ArraySlice<UInt8>? {
        spans.last { text[$0.name].equals(name) }.map { text[$0.value] }
    }
}
