import Glibc

/// The files of a store that are still being written.
///
/// A writer holds a lock on its file as long as it lives, so that anybody can tell a dead process's file from
/// one in use, without looking at clocks or process numbers.
struct TemporaryFiles: Sendable {
    let directory: String

    /// Makes a new, locked file.
    func create() throws(ContentStoreError) -> OwnedDescriptor {
        // A clash of names or with the sweeper of another process is possible, a hundred in a row are not.
        for _ in 0..<100 {
            let name = String(UInt64.random(in: .min ... .max), radix: 36)
            let path = "\(directory)/\(name)"
            let file: OwnedDescriptor
            do throws(ContentStoreError) {
                file = try OwnedDescriptor.open(
                    path, flags: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
            } catch {
                if error.code == .alreadyThere { continue }
                throw error
            }
            // Between making and locking, a sweeper may have taken the file for a dead one.
            if flock(file.raw, LOCK_EX | LOCK_NB) == 0, try file.status().st_nlink > 0 { return file }
            unlink(path)
        }
        throw ContentStoreError(.inputOutput, "cannot make a temporary file in \(directory)")
    }

    /// Removes the files that nobody holds any more.
    func removeStale() throws(ContentStoreError) {
        guard let stream = opendir(directory) else {
            throw ContentStoreError("cannot list", directory, errno: errno)
        }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != "..",
                let file = try? OwnedDescriptor.openRegularFile("\(directory)/\(name)")
            else { continue }
            if flock(file.raw, LOCK_EX | LOCK_NB) == 0 { unlink(file.path) }
        }
    }
}
