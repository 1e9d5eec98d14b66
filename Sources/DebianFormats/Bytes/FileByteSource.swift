#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The contents of a plain file. Symbolic links, directories, devices and pipes are refused, so that a hostile
/// name in an upload directory can neither lead elsewhere nor make a reader wait.
public final class FileByteSource: ByteSource {
    /// The size in bytes when the file was opened.
    public let size: Int64
    private let descriptor: Int32
    private let path: String

    /// - Throws: `io` if the file cannot be opened, `file-type` if it is no plain file.
    public init(path: String) throws(DebianFormatsError) {
        // Without O_NONBLOCK opening a pipe would wait for its writer.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        self.path = path
        guard descriptor >= 0 else {
            let reason = errno
            if reason == ELOOP { throw Self.notPlain(path) }
            throw Self.failure("open", path, reason)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let reason = errno
            close(descriptor)
            throw Self.failure("examine", path, reason)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw Self.notPlain(path)
        }
        size = Int64(status.st_size)
    }

    deinit { close(descriptor) }

    /// - Throws: `io`.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            #if canImport(Glibc)
                let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #elseif canImport(Musl)
                let count = Musl.read(descriptor, buffer.baseAddress, buffer.count)
            #else
                let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 { return count }
            guard errno == EINTR else { throw Self.failure("read", path, errno) }
        }
    }

    private static func failure(_ verb: String, _ path: String, _ reason: Int32) -> DebianFormatsError {
        DebianFormatsError(
            .inputOutput, "cannot \(verb) \(quoted(path, limit: 400)): \(String(cString: strerror(reason)))")
    }

    private static func notPlain(_ path: String) -> DebianFormatsError {
        DebianFormatsError(.fileType, "\(quoted(path, limit: 400)) is no plain file")
    }
}
