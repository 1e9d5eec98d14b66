import Synchronization

/// A journal that can be read as a sequence. When nobody reads, it keeps the first entries up to its limit and
/// counts the others.
public final class Journal: Sendable {
    public let entries: AsyncStream<JournalEntry>
    private let continuation: AsyncStream<JournalEntry>.Continuation
    private let lost = Mutex(0)

    /// - Parameter limit: the most entries kept for a slow reader.
    public init(limit: Int = 65_536) {
        (entries, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(limit))
    }

    /// How many entries there was no room for.
    public var lostEntries: Int { lost.withLock { $0 } }

    /// What to give to a host.
    public var sink: JournalSink {
        { [self] entry in
            if case .dropped = continuation.yield(entry) { lost.withLock { $0 += 1 } }
        }
    }

    /// Ends the sequence.
    public func finish() { continuation.finish() }
}
