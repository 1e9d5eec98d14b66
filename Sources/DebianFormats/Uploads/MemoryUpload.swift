/// An upload in memory.
public struct MemoryUpload: UploadDirectory, Sendable {
    public var files: [String: [UInt8]]

    public init(_ files: [String: [UInt8]]) { self.files = files }

    public func entries() -> [UploadEntry] {
        files.map { UploadEntry(name: $0.key, size: Int64($0.value.count)) }.sorted { $0.name < $1.name }
    }

    /// - Throws: `io` for a file that is not there.
    public func open(_ name: SafeFileName) throws -> any ByteSource {
        guard let bytes = files[name.rawValue] else {
            throw DebianFormatsError(.inputOutput, "there is no file \(quoted(name.rawValue))")
        }
        return MemoryByteSource(bytes)
    }
}
