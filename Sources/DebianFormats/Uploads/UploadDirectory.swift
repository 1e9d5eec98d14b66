/// Something that lies in a directory of uploaded files.
public struct UploadEntry: Hashable, Sendable {
    public var name: String
    /// In bytes.
    public var size: Int64
    /// False for directories, links, devices and pipes.
    public var isPlainFile: Bool

    public init(name: String, size: Int64, isPlainFile: Bool = true) {
        self.name = name
        self.size = size
        self.isPlainFile = isPlainFile
    }
}

/// The files of one upload, wherever they are.
public protocol UploadDirectory {
    /// What is there, by name.
    func entries() throws -> [UploadEntry]
    /// The contents of one file; called at most once for each.
    func open(_ name: SafeFileName) throws -> any ByteSource
}
