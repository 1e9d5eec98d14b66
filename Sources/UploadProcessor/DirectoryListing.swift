import ContentStore
import Glibc

/// Reads directories of foreign making by descriptor, so that no name in them can lead elsewhere.
enum DirectoryListing {
    /// Opens a directory; the last part of the path may not be a link.
    static func open(_ name: String, in parent: OwnedDescriptor? = nil) throws(ContentStoreError)
        -> OwnedDescriptor
    {
        try OwnedDescriptor.open(name, flags: O_RDONLY | O_DIRECTORY | O_NOFOLLOW, in: parent)
    }

    /// The names in a directory, sorted by their bytes, without `.` and `..`.
    ///
    /// - Parameter limit: the most names taken; nil is the answer to more.
    static func names(
        in directory: OwnedDescriptor, limit: Int
    ) throws(ContentStoreError) -> [String]? {
        // A descriptor of its own, because closing the stream closes it and reading moves its position.
        let own = openat(directory.raw, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard own >= 0, let stream = fdopendir(own) else {
            let number = errno
            if own >= 0 { close(own) }
            throw ContentStoreError("cannot list", directory.path, errno: number)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                guard errno == 0 else { throw ContentStoreError("cannot list", directory.path, errno: errno) }
                break
            }
            // A name that is not UTF-8 becomes one that no check lets pass and no call finds.
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name == "." || name == ".." { continue }
            guard names.count < limit else { return nil }
            names.append(name)
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

/// Removes a directory with all that is in it; links are removed, not followed.
enum TreeRemoval {
    /// The manager makes no deeper trees.
    private static let maximumDepth = 32

    static func remove(_ name: String, in parent: OwnedDescriptor, depth: Int = 0) throws(ContentStoreError) {
        if unlinkat(parent.raw, name, 0) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM, depth < maximumDepth else {
            throw ContentStoreError("cannot remove", "\(parent.path)/\(name)", errno: errno)
        }
        do {
            let directory = try DirectoryListing.open(name, in: parent)
            for child in try DirectoryListing.names(in: directory, limit: .max) ?? [] {
                try remove(child, in: directory, depth: depth + 1)
            }
        }
        guard unlinkat(parent.raw, name, AT_REMOVEDIR) == 0 || errno == ENOENT else {
            throw ContentStoreError("cannot remove", "\(parent.path)/\(name)", errno: errno)
        }
    }
}
