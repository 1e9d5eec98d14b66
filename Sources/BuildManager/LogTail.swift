/// The end of a build log as people read it (manager spec 10).
public enum LogTail {
    /// Shown while a build is being ended.
    public static let aborting = "The build is being ended; its processes have not stopped yet."

    /// Decodes UTF-8 with replacement characters and drops NULs; at most `limit` bytes from the end are kept,
    /// because a slave may send any amount.
    public static func decode(_ bytes: [UInt8], limit: Int = 8192) -> String {
        String(decoding: bytes.suffix(limit).filter { $0 != 0 }, as: UTF8.self)
    }
}
