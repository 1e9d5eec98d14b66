public import FarmModel

/// A file that a `.changes` or `.dsc` lists, with everything its lists say about it.
public struct ListedFile: Hashable, Sendable {
    public let name: SafeFileName
    /// In bytes.
    public let size: Int64
    public let md5: MD5Digest
    /// Nil if the document has no such list.
    public let sha1: SHA1Digest?
    /// Nil if the document has no such list.
    public let sha256: FarmModel.SHA256Digest?
    /// Only in a `.changes`.
    public let section: Section?
    /// Only in a `.changes`, as it is written; see `PackagePriority.init(word:)`.
    public let priority: String?

    /// The first way in which a file's contents differ from what is listed, in the order in which the sums are
    /// looked at: MD5, SHA-1, SHA-256, size (ppa spec 3.4). Nil if they are as listed.
    public func firstDifference(from found: Checksums) -> FormatProblem? {
        func differs(_ code: FormatProblem.Code, _ what: String, _ listed: String, _ is: String)
            -> FormatProblem
        {
            FormatProblem(code, "\(what) is \(`is`), but \(listed) is listed", file: name.rawValue)
        }
        if found.md5 != md5 {
            return differs(.checksumMD5, "the MD5 sum", md5.description, found.md5.description)
        }
        if let sha1, found.sha1 != sha1 {
            return differs(.checksumSHA1, "the SHA-1 sum", sha1.description, found.sha1.description)
        }
        if let sha256, found.sha256 != sha256 {
            return differs(.checksumSHA256, "the SHA-256 sum", sha256.description, found.sha256.description)
        }
        if found.size != size {
            return differs(.size, "the size", "\(size)", "\(found.size)")
        }
        return nil
    }
}
