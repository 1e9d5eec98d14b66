public import BuilddProtocol
public import FarmModel

/// A result file whose name and sum have been checked.
public struct AnnouncedFile: Hashable, Sendable {
    /// Relative to the directory of the build's files; every part is a plain name.
    public let path: [String]
    public let sum: SHA1Digest

    public var name: String { path.joined(separator: "/") }
}

/// A file map that no careful manager accepts.
public struct ResultFilesError: Error, Hashable, Sendable, CustomStringConvertible {
    public var message: String
    public var description: String { message }
}

/// Checks the file map of a finished build before anything is fetched (invariant 38).
public enum ResultFiles {
    /// - Parameter limit: the most files a build may leave.
    /// - Throws: `ResultFilesError` for a name that could leave the build's directory or is no plain name, for one
    ///   that occurs twice or is also a directory of another, for a sum that is none, and for too many files.
    public static func check(_ filemap: [SlaveStatus.FilemapEntry], limit: Int) throws(ResultFilesError)
        -> [AnnouncedFile]
    {
        guard filemap.count <= limit else {
            throw ResultFilesError(
                message: "the build left \(filemap.count) files; at most \(limit) are taken")
        }
        var files: [AnnouncedFile] = []
        var names: Set<String> = []
        for entry in filemap {
            guard let sum = SHA1Digest(entry.sum) else {
                throw ResultFilesError(message: "the sum of \(shown(entry.name)) is not a SHA-1")
            }
            // A file system parts names at bytes; to Swift a slash with an accent on it is another character.
            let parts = entry.name.utf8.split(
                separator: UInt8(ascii: "/"), omittingEmptySubsequences: false
            ).map { String(decoding: $0, as: UTF8.self) }
            guard parts.count <= 8, entry.name.utf8.count <= 1024, parts.allSatisfy(isPlainName) else {
                throw ResultFilesError(
                    message: "the build returned a file named \(shown(entry.name)), which is no safe name")
            }
            guard names.insert(entry.name).inserted else {
                throw ResultFilesError(message: "the build returned two files named \(shown(entry.name))")
            }
            files.append(AnnouncedFile(path: parts, sum: sum))
        }
        // A name that is both a file and a directory of another file cannot be stored.
        for file in files {
            for length in 1..<max(file.path.count, 1)
            where names.contains(file.path[..<length].joined(separator: "/")) {
                throw ResultFilesError(message: "\(shown(file.name)) lies below another file of the build")
            }
        }
        return files
    }

    private static func isPlainName(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && name.utf8.count <= 255
            && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && $0 != "\\" }
    }

    private static func shown(_ name: String) -> String { "'\(ForeignText.shown(name, limit: 80))'" }
}
