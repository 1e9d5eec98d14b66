import CArchive

/// libarchive's writer into memory, for one container format and one compression. The same members always give
/// the same bytes: owners, permissions and times are what the caller says, and nothing of the machine enters.
final class ArchiveWriter {
    enum Layer {
        case ar
        case tar(PackageCompression)
        /// A compressed stream of a single member, whose name is not kept.
        case compressed(PackageCompression)
    }

    struct Member {
        enum Kind { case file, directory }
        var path: String
        var kind: Kind = .file
        /// Permission bits.
        var mode: UInt32 = 0o644
        var bytes: [UInt8] = []
    }

    private let archive: OpaquePointer
    private let sink = Sink()
    /// Whole seconds since 1970, for every member.
    private let modified: Int64

    /// - Throws: `build-request` if libarchive lacks the compression.
    init(_ layer: Layer, modified: Int64) throws(DebianFormatsError) {
        guard let archive = archive_write_new() else {
            throw DebianFormatsError(.inputOutput, "no memory for an archive writer")
        }
        self.archive = archive
        self.modified = modified
        switch layer {
        case .ar: try check(archive_write_set_format_ar_bsd(archive))
        case .tar(let compression):
            try check(archive_write_set_format_ustar(archive))
            // What is made up does not compress, and at level 1 that costs the least time and memory.
            try compress(compression, level: "1")
        case .compressed(let compression):
            try check(archive_write_set_format_raw(archive))
            // Policy asks for the best compression of documents.
            try compress(compression, level: "9")
        }
        // The output is not padded to a record size.
        try check(archive_write_set_bytes_in_last_block(archive, 1))
        try check(
            archive_write_open(
                archive, Unmanaged.passUnretained(sink).toOpaque(), nil,
                { _, context, bytes, count in
                    guard let context else { return Int(ARCHIVE_FATAL) }
                    Unmanaged<Sink>.fromOpaque(context).takeUnretainedValue().bytes
                        .append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
                    return count
                }, nil))
    }

    deinit { archive_write_free(archive) }

    func add(_ member: Member) throws(DebianFormatsError) {
        guard let entry = archive_entry_new() else {
            throw DebianFormatsError(.inputOutput, "no memory for an archive member")
        }
        defer { archive_entry_free(entry) }
        archive_entry_set_pathname(entry, member.path)
        archive_entry_set_filetype(entry, member.kind == .file ? 0o100000 : 0o040000)
        archive_entry_set_perm(entry, mode_t(member.mode))
        archive_entry_set_mtime(entry, time_t(modified), 0)
        archive_entry_set_uid(entry, 0)
        archive_entry_set_gid(entry, 0)
        archive_entry_set_uname(entry, "root")
        archive_entry_set_gname(entry, "root")
        archive_entry_set_size(entry, Int64(member.bytes.count))
        try check(archive_write_header(archive, entry))
        if member.bytes.isEmpty { return }
        let written = member.bytes.withUnsafeBytes { archive_write_data(archive, $0.baseAddress, $0.count) }
        guard written == member.bytes.count else { throw failure() }
    }

    /// Ends the archive and returns its bytes.
    func finish() throws(DebianFormatsError) -> [UInt8] {
        try check(archive_write_close(archive))
        return sink.bytes
    }

    private func compress(_ compression: PackageCompression, level: String) throws(DebianFormatsError) {
        switch compression {
        case .none: try check(archive_write_add_filter_none(archive))
        case .gzip:
            try check(archive_write_add_filter_gzip(archive))
            // Otherwise the present time stands in the header.
            try check(archive_write_set_filter_option(archive, "gzip", "timestamp", nil))
        case .xz: try check(archive_write_add_filter_xz(archive))
        case .zstd: try check(archive_write_add_filter_zstd(archive))
        case .bzip2: try check(archive_write_add_filter_bzip2(archive))
        case .lzma: try check(archive_write_add_filter_lzma(archive))
        }
        guard compression != .none else { return }
        try check(archive_write_set_filter_option(archive, nil, "compression-level", level))
    }

    private func check(_ status: CInt) throws(DebianFormatsError) {
        guard status == ARCHIVE_OK else { throw failure() }
    }

    private func failure() -> DebianFormatsError {
        let reason = archive_error_string(archive).map { String(cString: $0) } ?? "unknown reason"
        return DebianFormatsError(.buildRequest, "libarchive cannot write the package: \(reason)")
    }
}

private final class Sink {
    var bytes: [UInt8] = []
}
