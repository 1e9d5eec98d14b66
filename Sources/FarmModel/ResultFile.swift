/// A file that a build leaves: its name, and the digest and size of its contents.
public struct ResultFile: Hashable, Sendable {
    public var name: String
    public var sum: SHA1Digest
    /// Bytes.
    public var size: Int64

    public init(name: String, sum: SHA1Digest, size: Int64) {
        self.name = name
        self.sum = sum
        self.size = size
    }
}
