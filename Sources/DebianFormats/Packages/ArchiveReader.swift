import CArchive

/// libarchive's streaming reader, for exactly one container format or one compression at a time.
///
/// Bytes come from a `ByteSource` and go out member by member; nothing touches the disk, and no outside program
/// is ever run for a compression. Layers are stacked by making a reader the source of the next one.
final class ArchiveReader {
    enum Layer {
        case ar
        case tar
        /// A compressed stream as one nameless member.
        case compressed(PackageCompression)
    }

    /// One member of a container.
    struct Member {
        /// As written; bytes that are not UTF-8 are replaced.
        var path: String
        var kind: PackageMember.Kind
        /// In bytes, as its header says.
        var size: Int64
        /// Whole seconds since 1970.
        var modified: Int64
        var mode: UInt32
    }

    private let archive: OpaquePointer
    private let feed: Feed
    private let what: String
    private let filter: CInt

    /// - Parameter what: what is being read, for error messages, such as `data.tar.xz`.
    /// - Throws: what the source throws; `deb-broken` if the first bytes are not what `layer` promises.
    init(_ layer: Layer, _ what: String, from source: any ByteSource) throws {
        guard let archive = archive_read_new() else {
            throw DebianFormatsError(.inputOutput, "no memory for an archive reader")
        }
        self.archive = archive
        self.what = what
        feed = Feed(source)
        if case .compressed(let compression) = layer {
            filter = Self.filterCode(of: compression)
        } else {
            filter = ARCHIVE_FILTER_NONE
        }
        let setup: CInt
        switch layer {
        case .ar: setup = archive_read_support_format_ar(archive)
        case .tar: setup = archive_read_support_format_tar(archive)
        case .compressed(let compression):
            // An empty stream is a stream too.
            setup = max(archive_read_support_format_raw(archive), archive_read_support_format_empty(archive))
            guard Self.enable(compression, archive) == ARCHIVE_OK else {
                throw DebianFormatsError(.inputOutput, "libarchive was built without \(compression.rawValue)")
            }
        }
        guard setup == ARCHIVE_OK else { throw broken("libarchive refused the format") }
        let opened = archive_read_open2(
            archive, Unmanaged.passUnretained(feed).toOpaque(), nil,
            { _, context, block in
                guard let context, let block else { return Int(ARCHIVE_FATAL) }
                return Unmanaged<Feed>.fromOpaque(context).takeUnretainedValue().fill(block)
            }, nil, nil)
        try check(opened)
    }

    deinit { archive_read_free(archive) }

    /// Moves to the next member; what is left of the present one is skipped. Nil at the end.
    func next() throws -> Member? {
        var entry: OpaquePointer?
        let status = archive_read_next_header(archive, &entry)
        // To libarchive a source that breaks down between two members may look like one that ends.
        if let failure = feed.failure { throw failure }
        if status == ARCHIVE_EOF { return nil }
        // A warning is about names in odd encodings; the name is looked at below.
        if status != ARCHIVE_WARN { try check(status) }
        try checkCompression()
        guard let entry else { throw broken("a member has no header") }
        guard let path = archive_entry_pathname(entry) ?? archive_entry_pathname_utf8(entry) else {
            throw broken("a member has no readable name")
        }
        return Member(
            path: String(cString: path), kind: Self.kind(of: entry), size: archive_entry_size(entry),
            modified: Int64(archive_entry_mtime(entry)), mode: UInt32(archive_entry_perm(entry)))
    }

    /// Bytes of the present member; 0 at its end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = archive_read_data(archive, buffer.baseAddress, buffer.count)
        if count < 0 { try check(CInt(clamping: count)) }
        if let failure = feed.failure { throw failure }
        return max(0, count)
    }

    /// How many bytes were taken from the source.
    var bytesTaken: Int64 { feed.bytesTaken }

    /// libarchive passes bytes that are not compressed through, whatever was asked for.
    private func checkCompression() throws {
        guard archive_filter_code(archive, 0) == filter else {
            throw broken("it is not compressed as its name says")
        }
    }

    private func check(_ status: CInt) throws {
        if let failure = feed.failure { throw failure }
        guard status == ARCHIVE_OK else {
            let reason = archive_error_string(archive).map { String(cString: $0) } ?? "the data are damaged"
            throw broken(reason)
        }
    }

    private func broken(_ reason: String) -> DebianFormatsError {
        DebianFormatsError(.debBroken, "\(what) cannot be read: \(reason)")
    }

    private static func enable(_ compression: PackageCompression, _ archive: OpaquePointer) -> CInt {
        switch compression {
        case .none: ARCHIVE_OK
        case .gzip: archive_read_support_filter_gzip(archive)
        case .xz: archive_read_support_filter_xz(archive)
        case .zstd: archive_read_support_filter_zstd(archive)
        case .bzip2: archive_read_support_filter_bzip2(archive)
        case .lzma: archive_read_support_filter_lzma(archive)
        }
    }

    private static func filterCode(of compression: PackageCompression) -> CInt {
        switch compression {
        case .none: ARCHIVE_FILTER_NONE
        case .gzip: ARCHIVE_FILTER_GZIP
        case .xz: ARCHIVE_FILTER_XZ
        case .zstd: ARCHIVE_FILTER_ZSTD
        case .bzip2: ARCHIVE_FILTER_BZIP2
        case .lzma: ARCHIVE_FILTER_LZMA
        }
    }

    private static func kind(of entry: OpaquePointer) -> PackageMember.Kind {
        if let target = archive_entry_hardlink(entry) ?? archive_entry_hardlink_utf8(entry) {
            return .hardLink(target: String(cString: target))
        }
        let type = UInt32(archive_entry_filetype(entry))
        switch type & 0o170000 {
        case 0o100000: return .file
        case 0o040000: return .directory
        case 0o120000:
            let target = archive_entry_symlink(entry) ?? archive_entry_symlink_utf8(entry)
            return .symbolicLink(target: target.map { String(cString: $0) } ?? "")
        default: return .special
        }
    }
}

/// Hands a `ByteSource` to libarchive's callback and keeps the error it may throw.
private final class Feed {
    private var source: any ByteSource
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    private(set) var bytesTaken: Int64 = 0
    private(set) var failure: (any Error)?

    init(_ source: any ByteSource) { self.source = source }

    deinit { buffer.deallocate() }

    /// What libarchive's callback does: the next block, its length, 0 at the end.
    func fill(_ block: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
        do {
            let count = try source.read(into: buffer)
            bytesTaken += Int64(count)
            block.pointee = UnsafeRawPointer(buffer.baseAddress)
            return count
        } catch {
            failure = error
            return Int(ARCHIVE_FATAL)
        }
    }
}
