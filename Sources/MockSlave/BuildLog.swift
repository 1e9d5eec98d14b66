import FarmModel

/// The build log and, beside it, the copy with credentials that a stripped log leaves behind (protocol spec
/// 10).
///
/// The daemon holds the log open while it has a build. Where it writes is therefore a matter of the open
/// file, not of the name: after the file was removed nothing shows, after it was stripped the original goes
/// on growing.
struct BuildLog: Sendable {
    static let name = "buildlog"
    static let originalName = "buildlog.unsanitized"

    struct File: Sendable {
        var bytes: [UInt8] = []
        var modified: Instant
    }

    /// Which file the daemon has open.
    private enum Handle: Sendable {
        case closed
        case shown
        /// As `shown`, with credentials stripped from all that is written.
        case stripping
        case original
    }

    /// `/filecache/buildlog`.
    private(set) var shown: File?
    /// `/filecache/buildlog.unsanitized`.
    private(set) var original: File?
    private var handle = Handle.closed

    /// Whether the daemon has the log open, that is, has or had begun a build since the last `clean`.
    var isOpen: Bool { handle != .closed }

    /// Begins an empty log.
    mutating func empty(at now: Instant) {
        shown = File(modified: now)
        handle = .shown
    }

    /// Writes to the open file. Bytes beyond `limit` are lost, as are all when the file was removed.
    mutating func write(_ bytes: some Sequence<UInt8>, at now: Instant, limit: Int) {
        switch handle {
        case .closed: break
        case .shown: shown?.append(bytes, at: now, limit: limit)
        case .stripping: shown?.append(CredentialStripper.strip(Array(bytes)), at: now, limit: limit)
        case .original: original?.append(bytes, at: now, limit: limit)
        }
    }

    /// Strips the log of credentials.
    ///
    /// - Parameter keepsOriginal: the log with credentials stays under its other name and is the one that
    ///   grows.
    mutating func strip(keepsOriginal: Bool, at now: Instant) {
        guard handle == .shown, let full = shown else { return }
        shown = File(bytes: CredentialStripper.strip(full.bytes), modified: now)
        if keepsOriginal {
            original = full
            handle = .original
        } else {
            handle = .stripping
        }
    }

    /// Closes the log and removes it.
    ///
    /// - Returns: false when the file had vanished.
    mutating func discard() -> Bool {
        guard handle != .closed else { return true }
        handle = .closed
        defer { shown = nil }
        return shown != nil
    }

    /// The daemon is gone; the files stay.
    mutating func close() { handle = .closed }

    /// Takes one of the files away behind the daemon's back; false when there is none of that name.
    mutating func remove(_ name: String) -> Bool {
        switch name {
        case Self.name where shown != nil:
            shown = nil
            return true
        case Self.originalName where original != nil:
            original = nil
            return true
        default:
            return false
        }
    }

    /// The daily job, which spares `buildlog`; true when it removed the copy with credentials.
    mutating func expireOriginal(changedUpTo limit: Instant) -> Bool {
        guard let file = original, file.modified <= limit else { return false }
        return remove(Self.originalName)
    }

    subscript(name: String) -> CachedFile? {
        let file =
            switch name {
            case Self.name: shown
            case Self.originalName: original
            default: File?.none
            }
        return file.map { CachedFile(name: name, bytes: $0.bytes, modified: $0.modified) }
    }

    /// The last bytes of the log; empty when the file has vanished.
    ///
    /// - Parameters:
    ///   - stripped: credentials are removed, line by line.
    ///   - quirks: whether the tail may begin inside a character, and what stripping costs.
    func tail(length: Int, stripped: Bool, quirks: SlaveQuirks) -> [UInt8] {
        guard let bytes = shown?.bytes else { return [] }
        var tail = bytes.suffix(length)
        if !quirks.contains(.tailCutsCharacters), tail.count < bytes.count {
            // At most three bytes of a UTF-8 sequence can have been cut off from their first one.
            tail = tail.dropFirst(tail.prefix(3).prefix { $0 & 0xC0 == 0x80 }.count)
        }
        guard stripped else { return Array(tail) }
        guard quirks.contains(.strippedTailLosesLine) else { return CredentialStripper.strip(Array(tail)) }
        let lines = CredentialStripper.lines(of: tail).dropFirst()
        return Array(lines.map { CredentialStripper.strip(line: $0) }.joined(separator: [UInt8(ascii: "\n")]))
    }
}

extension BuildLog.File {
    mutating func append(_ more: some Sequence<UInt8>, at now: Instant, limit: Int) {
        bytes.append(contentsOf: more.prefix(max(0, limit - bytes.count)))
        modified = now
    }
}
