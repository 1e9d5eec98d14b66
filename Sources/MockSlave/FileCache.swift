public import FarmModel

/// A file of a slave's cache.
public struct CachedFile: Hashable, Sendable {
    public enum Content: Hashable, Sendable {
        /// The contents are in the content store.
        case stored(SHA1Digest)
        case bytes([UInt8])
    }

    public var name: String
    public var size: Int64
    public var modified: Instant
    public var content: Content

    public init(name: String, size: Int64, modified: Instant, content: Content) {
        self.name = name
        self.size = size
        self.modified = modified
        self.content = content
    }

    public init(name: String, bytes: [UInt8], modified: Instant) {
        self.init(name: name, size: Int64(bytes.count), modified: modified, content: .bytes(bytes))
    }

    /// A file named by its sum, as `ensurepresent` and builds make them.
    public init(sum: SHA1Digest, size: Int64, modified: Instant) {
        self.init(name: sum.description, size: size, modified: modified, content: .stored(sum))
    }
}

/// A line of the listing of a slave's cache.
public struct CacheEntry: Hashable, Sendable {
    public var name: String
    /// Bytes.
    public var size: Int64
    public var modified: Instant

    public init(name: String, size: Int64, modified: Instant) {
        self.name = name
        self.size = size
        self.modified = modified
    }
}

/// The files of a slave's cache apart from the build logs, ordered by the bytes of their names.
struct FileCache: Sendable {
    private(set) var files: [CachedFile] = []

    subscript(name: String) -> CachedFile? {
        let index = position(of: name)
        return index < files.count && files[index].name == name ? files[index] : nil
    }

    /// Replaces a file of the same name.
    mutating func add(_ file: CachedFile) {
        let index = position(of: file.name)
        if index < files.count, files[index].name == file.name {
            files[index] = file
        } else {
            files.insert(file, at: index)
        }
    }

    /// False when there was no such file.
    mutating func remove(_ name: String) -> Bool {
        let index = position(of: name)
        guard index < files.count, files[index].name == name else { return false }
        files.remove(at: index)
        return true
    }

    /// Removes the files last changed at `limit` or earlier and returns their names.
    mutating func expire(changedUpTo limit: Instant) -> [String] {
        guard files.contains(where: { $0.modified <= limit }) else { return [] }
        let names = files.filter { $0.modified <= limit }.map(\.name)
        files.removeAll { $0.modified <= limit }
        return names
    }

    /// The index of the first file whose name is not before `name`.
    private func position(of name: String) -> Int {
        var range = files.startIndex..<files.endIndex
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if files[middle].name.precedes(name) {
                range = (middle + 1)..<range.upperBound
            } else {
                range = range.lowerBound..<middle
            }
        }
        return range.lowerBound
    }
}

extension String {
    /// The order of the bytes in UTF-8, which is the same everywhere.
    func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
