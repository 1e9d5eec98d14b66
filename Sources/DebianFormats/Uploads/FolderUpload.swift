#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A directory on disk. Sub-directories are not entered, links not followed.
public struct FolderUpload: UploadDirectory, Sendable {
    public let path: String

    public init(path: String) { self.path = path }

    /// - Throws: `io`.
    public func entries() throws -> [UploadEntry] {
        guard let handle = opendir(path) else { throw failure("list", path) }
        defer { closedir(handle) }
        var entries: [UploadEntry] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: $0.pointee)) {
                    String(cString: $0)
                }
            }
            if name == "." || name == ".." { continue }
            var status = stat()
            let isKnown = fstatat(dirfd(handle), name, &status, AT_SYMLINK_NOFOLLOW) == 0
            entries.append(
                UploadEntry(
                    name: name, size: isKnown ? Int64(status.st_size) : 0,
                    isPlainFile: isKnown && status.st_mode & S_IFMT == S_IFREG))
        }
        return entries.sorted { $0.name < $1.name }
    }

    /// - Throws: `io`, and `file-type` for anything but a plain file.
    public func open(_ name: SafeFileName) throws -> any ByteSource {
        try FileByteSource(path: "\(path)/\(name)")
    }

    private func failure(_ verb: String, _ path: String) -> DebianFormatsError {
        DebianFormatsError(
            .inputOutput, "cannot \(verb) \(quoted(path, limit: 400)): \(String(cString: strerror(errno)))")
    }
}
