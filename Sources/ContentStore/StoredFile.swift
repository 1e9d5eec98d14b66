package import FarmModel

/// What is known of a file's content: both digests and the length.
///
/// The store finds content by SHA-1 alone. The SHA-256 is given back with every insertion, to be kept in the
/// caller's records.
package struct StoredFile: Hashable, Sendable {
    package let sha1: SHA1Digest
    package let sha256: SHA256Digest
    /// In bytes.
    package let size: Int64

    package init(sha1: SHA1Digest, sha256: SHA256Digest, size: Int64) {
        self.sha1 = sha1
        self.sha256 = sha256
        self.size = size
    }
}
