import ContentStore
import Glibc

/// A process's hold on a farm's directory: a lock that goes with its release, or with the process.
package struct FarmClaim: Sendable {
    private let file: OwnedDescriptor

    /// Locks a file, which is made when it is not there.
    ///
    /// - Returns: nil when another process holds it.
    /// - Throws: `ContentStoreError` when the file cannot be opened.
    init?(path: String) throws {
        file = try OwnedDescriptor.open(path, flags: O_RDWR | O_CREAT, mode: 0o644)
        guard flock(file.raw, LOCK_EX | LOCK_NB) == 0 else { return nil }
    }

    /// Lets others have the directory.
    package func release() { flock(file.raw, LOCK_UN) }
}
