package import Glibc

/// A file descriptor that is closed when nobody refers to it any more.
package final class OwnedDescriptor: Sendable {
    package let raw: Int32
    /// For error messages.
    package let path: String

    /// Takes over an open descriptor.
    package init(_ raw: Int32, path: String) {
        self.raw = raw
        self.path = path
    }

    deinit { close(raw) }

    /// Opens a file; with `directory`, relative to it. The descriptor is not inherited by child processes.
    ///
    /// - Parameter name: a path, or one name when `directory` is given.
    package static func open(
        _ name: String, flags: Int32, mode: mode_t = 0, in directory: OwnedDescriptor? = nil
    ) throws(ContentStoreError) -> OwnedDescriptor {
        let path = directory.map { "\($0.path)/\(name)" } ?? name
        let raw = retrying { openat(directory?.raw ?? AT_FDCWD, name, flags | O_CLOEXEC, mode) }
        guard raw >= 0 else { throw ContentStoreError("cannot open", path, errno: errno) }
        return OwnedDescriptor(raw, path: path)
    }

    /// Opens a regular file for reading. Links are not followed, and a pipe does not block.
    ///
    /// - Throws: `notARegularFile`, `notFound`, `inputOutput`.
    package static func openRegularFile(
        _ name: String, in directory: OwnedDescriptor? = nil
    ) throws(ContentStoreError) -> OwnedDescriptor {
        let file = try open(name, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK, in: directory)
        guard try file.status().isRegularFile else {
            throw ContentStoreError(.notARegularFile, "\(file.path) is not a regular file")
        }
        return file
    }

    package func status() throws(ContentStoreError) -> stat {
        var status = stat()
        guard fstat(raw, &status) == 0 else { throw ContentStoreError("cannot examine", path, errno: errno) }
        return status
    }

    /// Waits until everything written has reached the disk; for a directory, until its names have.
    package func synchronise() throws(ContentStoreError) {
        guard Self.retrying({ fsync(raw) }) == 0 else {
            throw ContentStoreError("cannot sync", path, errno: errno)
        }
    }

    /// Writes all bytes at the current position.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(ContentStoreError) {
        var rest = bytes
        while let base = rest.baseAddress, !rest.isEmpty {
            let count = Self.retrying { Glibc.write(raw, base, rest.count) }
            guard count >= 0 else { throw ContentStoreError("cannot write", path, errno: errno) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Reads from `offset` as many bytes as the buffer takes, fewer only at the end of the file.
    package func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(ContentStoreError) -> Int {
        var filled = 0
        while filled < buffer.count, let base = buffer.baseAddress {
            let count = Self.retrying {
                pread(raw, base + filled, buffer.count - filled, off_t(offset) + off_t(filled))
            }
            guard count >= 0 else { throw ContentStoreError("cannot read", path, errno: errno) }
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    /// Reads `count` bytes from `offset` on, fewer only at the end of the file.
    package func bytes(at offset: Int64, count: Int) throws(ContentStoreError) -> [UInt8] {
        var failure: ContentStoreError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            do throws(ContentStoreError) {
                filled = try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Repeats a system call that a signal has interrupted.
    private static func retrying<Result: FixedWidthInteger & SignedInteger>(_ call: () -> Result) -> Result {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }
}

extension stat {
    package var isRegularFile: Bool { st_mode & S_IFMT == S_IFREG }
    package var isDirectory: Bool { st_mode & S_IFMT == S_IFDIR }

    /// Whether both describe the same file with the same content, as far as the system knows.
    func isUnchanged(since other: stat) -> Bool {
        st_dev == other.st_dev && st_ino == other.st_ino && st_size == other.st_size
            && st_mtim.tv_sec == other.st_mtim.tv_sec && st_mtim.tv_nsec == other.st_mtim.tv_nsec
    }
}
