import ContentStore
import Glibc

/// The queue's directories on the disk. Holding one is holding the queue's lock.
final class UploadQueue: Sendable {
    let root: String
    private let lock: OwnedDescriptor

    /// Makes the directories that are missing and takes the lock.
    ///
    /// - Throws: `queueLocked` when another processor works on the queue, `queueUnusable`.
    init(root: String) throws(UploadProcessorError) {
        self.root = root
        do throws(ContentStoreError) {
            try Self.make(root)
            for directory in QueueDirectory.allCases { try Self.make("\(root)/\(directory.rawValue)") }
            lock = try OwnedDescriptor.open("\(root)/processor.lock", flags: O_RDWR | O_CREAT, mode: 0o644)
        } catch {
            throw UploadProcessorError(.queueUnusable, "the upload queue cannot be used: \(error)")
        }
        // The lock goes with the process, however it ends.
        guard flock(lock.raw, LOCK_EX | LOCK_NB) == 0 else {
            throw UploadProcessorError(
                .queueLocked, "another upload processor works on \(root); stop it first, or wait for its end")
        }
    }

    func path(_ directory: QueueDirectory) -> String { "\(root)/\(directory.rawValue)" }

    func path(of leaf: String) -> String { "\(path(.incoming))/\(leaf)" }

    /// The names in `incoming`, in alphabetical order, which is that of time.
    ///
    /// - Throws: `queueUnusable`.
    func incoming() throws(UploadProcessorError) -> [String] { try names(in: .incoming) }

    /// Moves a whole leaf by one rename. Where the name is taken, a number is added to it.
    ///
    /// - Returns: the path the leaf has now.
    /// - Throws: `cannotMove`; the leaf is still in `incoming` then.
    @discardableResult
    func move(_ leaf: String, to directory: QueueDirectory) throws(UploadProcessorError) -> String {
        let source = path(of: leaf)
        for number in 0..<10_000 {
            let name = number == 0 ? leaf : "\(leaf).\(number)"
            let target = "\(path(directory))/\(name)"
            // A rename would replace a file, and an empty directory, of that name. Nobody else moves anything
            // here, because the queue is locked, so looking first is enough.
            var status = stat()
            guard lstat(target, &status) != 0 else { continue }
            if rename(source, target) == 0 {
                synchronise(directory)
                synchronise(.incoming)
                return target
            }
            throw UploadProcessorError(
                .cannotMove, "cannot move \(source) to \(target): \(String(cString: strerror(errno)))")
        }
        throw UploadProcessorError(
            .cannotMove, "cannot move \(source): there are too many leaves of that name in \(path(directory))"
        )
    }

    /// Removes all leaves from `accepted`; their files are in the content store.
    ///
    /// - Returns: what could not be removed, and why.
    func emptyAccepted() throws(UploadProcessorError) -> [String] {
        var problems: [String] = []
        for name in try names(in: .accepted) {
            do throws(ContentStoreError) {
                try TreeRemoval.remove(
                    name, in: OwnedDescriptor.open(path(.accepted), flags: O_RDONLY | O_DIRECTORY))
            } catch {
                problems.append(error.message)
            }
        }
        return problems
    }

    private func names(in directory: QueueDirectory) throws(UploadProcessorError) -> [String] {
        do throws(ContentStoreError) {
            let opened = try OwnedDescriptor.open(path(directory), flags: O_RDONLY | O_DIRECTORY)
            return try DirectoryListing.names(in: opened, limit: .max) ?? []
        } catch {
            throw UploadProcessorError(.queueUnusable, error.message)
        }
    }

    /// A move that a power cut takes back is made again; so a disk that cannot sync is no reason to stop.
    private func synchronise(_ directory: QueueDirectory) {
        try? OwnedDescriptor.open(path(directory), flags: O_RDONLY | O_DIRECTORY).synchronise()
    }

    private static func make(_ path: String) throws(ContentStoreError) {
        guard mkdir(path, 0o755) != 0, errno != EEXIST else { return }
        throw ContentStoreError("cannot make the directory", path, errno: errno)
    }
}
