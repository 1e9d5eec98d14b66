package import FarmModel
import Glibc

/// Files by their SHA-1: chroots, sources, logs and results, each stored once.
///
/// A directory with two levels of fan-out, `ab/cd/abcd…`, and a `tmp` beside them. Content becomes visible under
/// its name only when it is complete, digested and (with `waitsForDisk`) synced, and never changes after that.
/// Several processes may share a store; several writers may insert the same content at the same time.
///
/// All calls block on the disk; callers on an event loop or a cooperative thread take them elsewhere.
package final class ContentStore: Sendable {
    package let directory: String
    package let options: ContentStoreOptions
    private let temporaryFiles: TemporaryFiles

    private init(_ directory: String, _ options: ContentStoreOptions, _ temporaryFiles: TemporaryFiles) {
        self.directory = directory
        self.options = options
        self.temporaryFiles = temporaryFiles
    }

    /// Opens a store, makes it if it is not there (its parent must be), and removes what writers of dead
    /// processes have left.
    package static func open(
        directory: String, options: ContentStoreOptions = .init()
    ) throws(ContentStoreError) -> ContentStore {
        try makeDirectory(directory)
        let temporary = directory + "/tmp"
        try makeDirectory(temporary)
        let files = TemporaryFiles(directory: temporary)
        try files.removeStale()
        return ContentStore(directory, options, files)
    }

    // MARK: Looking

    /// Where the content is or would be.
    package func location(of sum: SHA1Digest) -> String {
        let name = sum.description
        return "\(fanOut(name).inner)/\(name)"
    }

    /// The path of the stored content; nil when it is not there.
    package func path(of sum: SHA1Digest) -> String? { contains(sum) ? location(of: sum) : nil }

    package func contains(_ sum: SHA1Digest) -> Bool { size(of: sum) != nil }

    /// The length in bytes; nil when the content is not there.
    package func size(of sum: SHA1Digest) -> Int64? {
        var status = stat()
        guard lstat(location(of: sum), &status) == 0, status.isRegularFile else { return nil }
        return Int64(status.st_size)
    }

    /// The stored content, open for reading; it can be read to the end even if it is removed meanwhile.
    ///
    /// - Throws: `notFound`, `inputOutput`.
    package func openFile(_ sum: SHA1Digest) throws(ContentStoreError) -> OwnedDescriptor {
        try OwnedDescriptor.openRegularFile(location(of: sum))
    }

    /// The whole content.
    ///
    /// - Parameter limit: the most bytes wanted in memory.
    /// - Throws: `notFound`, `tooLarge`, `inputOutput`.
    package func bytes(of sum: SHA1Digest, limit: Int) throws(ContentStoreError) -> [UInt8] {
        let file = try openFile(sum)
        let size = try file.status().st_size
        guard size <= limit else { throw .tooLarge(file.path, limit: Int64(limit)) }
        return try file.bytes(at: 0, count: Int(size))
    }

    /// Reads stored content again.
    ///
    /// - Throws: `storedContentDiffers` when it is damaged; `notFound`, `inputOutput`.
    @discardableResult
    package func verify(_ sum: SHA1Digest) throws(ContentStoreError) -> StoredFile {
        let found = try FileDigester.digest(openFile(sum), limit: .max)
        guard found.sha1 == sum else {
            throw ContentStoreError(
                .storedContentDiffers, "\(location(of: sum)) is damaged: its SHA-1 is \(found.sha1)")
        }
        return found
    }

    // MARK: Changing

    /// A writer for content whose digest need not be known yet.
    ///
    /// - Parameter limit: the most bytes to take, if less than the store's own limit.
    package func writer(limit: Int64? = nil) throws(ContentStoreError) -> ContentWriter {
        let limit = min(limit ?? options.maximumFileSize, options.maximumFileSize)
        return try ContentWriter(self, HashingFileWriter(temporaryFiles.create(), limit: limit))
    }

    @discardableResult
    package func insert(bytes: some Collection<UInt8>) throws(ContentStoreError) -> StoredFile {
        let writer = try writer()
        try writer.write(bytes)
        return try writer.finish()
    }

    /// How a file comes into the store.
    package enum Insertion: Hashable, Sendable {
        /// The content is copied; whoever has the file may go on using it.
        case copy
        /// The file itself is given a second name and made read-only, or copied when it is on another file
        /// system. For a file that nobody writes to any more.
        case link
    }

    /// Inserts a file, which must be a regular one; links are not followed.
    ///
    /// - Parameter expected: the digest announced for it.
    /// - Throws: `notFound`, `notARegularFile`, `tooLarge`, `digestMismatch`, `changedWhileRead`,
    ///   `storedContentDiffers`, `diskFull`, `inputOutput`.
    @discardableResult
    package func insert(
        fileAt path: String, by insertion: Insertion = .copy, expecting expected: SHA1Digest? = nil
    ) throws(ContentStoreError) -> StoredFile {
        try insert(OwnedDescriptor.openRegularFile(path), by: insertion, expecting: expected)
    }

    /// As `insert(fileAt:by:expecting:)`, for a file that is open already.
    @discardableResult
    package func insert(
        _ file: OwnedDescriptor, by insertion: Insertion = .copy, expecting expected: SHA1Digest? = nil
    ) throws(ContentStoreError) -> StoredFile {
        if insertion == .link, let stored = try insertLinking(file, expecting: expected) { return stored }
        let writer = try writer()
        _ = try FileDigester.digest(file, limit: options.maximumFileSize) {
            (piece) throws(ContentStoreError) in
            try writer.write(bytes: piece)
        }
        return try writer.finish(expecting: expected)
    }

    /// - Returns: whether the content was there.
    @discardableResult
    package func remove(_ sum: SHA1Digest) throws(ContentStoreError) -> Bool {
        let path = location(of: sum)
        guard unlink(path) != 0 else { return true }
        guard errno == ENOENT else { throw ContentStoreError("cannot remove", path, errno: errno) }
        return false
    }

    // MARK: Publishing

    /// Gives a finished temporary file its final name and takes its temporary one away.
    func publish(
        _ writer: HashingFileWriter, expecting expected: SHA1Digest?
    ) throws(ContentStoreError) -> StoredFile {
        let stored = try writer.finish(waitsForDisk: options.waitsForDisk)
        defer { unlink(writer.path) }
        try check(stored, expected, writer.path)
        try writer.withFinishedFile { (file) throws(ContentStoreError) in
            // Read-only for everybody: stored content never changes.
            guard fchmod(file.raw, 0o444) == 0 else {
                throw ContentStoreError("cannot protect", file.path, errno: errno)
            }
            guard try link(file, to: stored.sha1) else {
                throw ContentStoreError(.inputOutput, "\(file.path) cannot be linked within its file system")
            }
        }
        return stored
    }

    /// - Returns: nil when the file is on another file system, or may not be linked.
    private func insertLinking(
        _ file: OwnedDescriptor, expecting expected: SHA1Digest?
    ) throws(ContentStoreError) -> StoredFile? {
        let stored = try FileDigester.digest(file, limit: options.maximumFileSize)
        try check(stored, expected, file.path)
        guard fchmod(file.raw, 0o444) == 0 else { return nil }
        if options.waitsForDisk { try file.synchronise() }
        return try link(file, to: stored.sha1) ? stored : nil
    }

    private func check(
        _ stored: StoredFile, _ expected: SHA1Digest?, _ path: String
    ) throws(ContentStoreError) {
        guard let expected, expected != stored.sha1 else { return }
        throw ContentStoreError(.digestMismatch, "\(path) has the SHA-1 \(stored.sha1), not \(expected)")
    }

    /// Gives the open file the name of its content. A link, unlike a rename, never replaces what is there, so
    /// of two writers of the same content the second finds the first one's file and compares.
    ///
    /// - Returns: false when the file cannot be linked here.
    private func link(_ file: OwnedDescriptor, to sum: SHA1Digest) throws(ContentStoreError) -> Bool {
        let destination = location(of: sum)
        let directories = fanOut(sum.description)
        for _ in 0..<2 {
            // By descriptor, so that it is certainly the file that was digested.
            if linkat(AT_FDCWD, "/proc/self/fd/\(file.raw)", AT_FDCWD, destination, AT_SYMLINK_FOLLOW) == 0 {
                try synchronise(directories)
                return true
            }
            switch errno {
            case ENOENT:
                try Self.makeDirectory(directories.outer)
                try Self.makeDirectory(directories.inner)
            case EEXIST:
                try compare(file, with: sum)
                // The writer that was first may not have come as far as this.
                try synchronise(directories)
                return true
            case EXDEV, EPERM, EMLINK, EACCES: return false
            case let number: throw ContentStoreError("cannot link", destination, errno: number)
            }
        }
        throw ContentStoreError("cannot link", destination, errno: ENOENT)
    }

    /// Content of the same SHA-1 must be the same content.
    private func compare(_ file: OwnedDescriptor, with sum: SHA1Digest) throws(ContentStoreError) {
        let stored = try openFile(sum)
        let (first, second) = (try file.status(), try stored.status())
        if first.st_dev == second.st_dev, first.st_ino == second.st_ino { return }
        let differs = ContentStoreError(
            .storedContentDiffers,
            "\(stored.path) differs from \(file.path) although both should have that SHA-1; verify the stored file"
        )
        guard first.st_size == second.st_size else { throw differs }
        let length = 1 << 16
        let buffers = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * length, alignment: 16)
        defer { buffers.deallocate() }
        let left = UnsafeMutableRawBufferPointer(rebasing: buffers[..<length])
        let right = UnsafeMutableRawBufferPointer(rebasing: buffers[length...])
        var offset: Int64 = 0
        while true {
            let count = try file.read(into: left, at: offset)
            guard try stored.read(into: right, at: offset) == count,
                left[..<count].elementsEqual(right[..<count])
            else { throw differs }
            if count == 0 { return }
            offset += Int64(count)
        }
    }

    private func fanOut(_ name: String) -> (outer: String, inner: String) {
        let outer = "\(directory)/\(name.prefix(2))"
        return (outer, "\(outer)/\(name.dropFirst(2).prefix(2))")
    }

    /// All three levels, because another writer may have made a directory without having synced it yet. Syncing
    /// a directory that has not changed costs nothing.
    private func synchronise(_ directories: (outer: String, inner: String)) throws(ContentStoreError) {
        guard options.waitsForDisk else { return }
        for path in [directories.inner, directories.outer, directory] {
            try OwnedDescriptor.open(path, flags: O_RDONLY | O_DIRECTORY).synchronise()
        }
    }

    private static func makeDirectory(_ path: String) throws(ContentStoreError) {
        guard mkdir(path, 0o755) != 0 else { return }
        var status = stat()
        let number = errno
        guard number == EEXIST, stat(path, &status) == 0, status.isDirectory else {
            throw ContentStoreError(
                "cannot make the directory", path, errno: number == EEXIST ? ENOTDIR : number)
        }
    }
}
