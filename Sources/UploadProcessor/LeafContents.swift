import ContentStore
import Glibc

/// The files of a leaf, `LEAF/ARCHIVE/DISTRIBUTION/FILE`, all of them regular files and within the limits.
///
/// The manager made the directories and the slave chose the names in the innermost one, so everything there is
/// looked at before anything is opened: links, pipes, devices and further directories are refused.
package struct LeafContents: Sendable {
    package struct File: Hashable, Sendable {
        package let name: String
        /// In bytes.
        package let size: Int64
    }

    /// The path of the directory that holds the files.
    package let directory: String
    /// By name.
    package let files: [File]

    /// - Parameters:
    ///   - archive: the id that the outer directory must have as its name.
    ///   - distribution: the name that the inner directory must have.
    /// - Throws: `leafLayout`, `leafLimit`.
    package init(
        leafAt path: String, archive: Int64, distribution: String, limits: LeafLimits
    ) throws(UploadProcessorError) {
        do {
            let leaf = try DirectoryListing.open(path)
            let outer = try Self.directory(String(archive), aloneIn: leaf)
            let inner = try Self.directory(distribution, aloneIn: outer)
            directory = inner.path
            files = try Self.files(in: inner, limits: limits)
        } catch let error as UploadProcessorError {
            throw error
        } catch {
            throw UploadProcessorError(.leafLayout, "the leaf cannot be read: \(error)")
        }
    }

    /// Opens the one directory there should be. More than one would mean an upload that is processed by halves.
    private static func directory(_ name: String, aloneIn parent: OwnedDescriptor) throws -> OwnedDescriptor {
        guard try DirectoryListing.names(in: parent, limit: 1) == [name] else {
            throw UploadProcessorError(
                .leafLayout, "the leaf should hold the directory \(name) and nothing beside it")
        }
        return try DirectoryListing.open(name, in: parent)
    }

    private static func files(in directory: OwnedDescriptor, limits: LeafLimits) throws -> [File] {
        guard let names = try DirectoryListing.names(in: directory, limit: limits.files) else {
            throw UploadProcessorError(.leafLimit, "the leaf holds more than \(limits.files) files")
        }
        var files: [File] = []
        var total: Int64 = 0
        for name in names {
            var status = stat()
            guard fstatat(directory.raw, name, &status, AT_SYMLINK_NOFOLLOW) == 0, status.isRegularFile else {
                throw UploadProcessorError(.leafLayout, "\(shown(name)) is not a regular file")
            }
            let size = Int64(status.st_size)
            guard size <= limits.fileSize else {
                throw UploadProcessorError(
                    .leafLimit, "\(shown(name)) is larger than the \(limits.fileSize) bytes allowed")
            }
            total += size
            guard total <= limits.totalSize else {
                throw UploadProcessorError(
                    .leafLimit, "the leaf is larger than the \(limits.totalSize) bytes allowed")
            }
            files.append(File(name: name, size: size))
        }
        return files
    }

    /// The path of a file of the leaf.
    package func path(_ file: File) -> String { "\(directory)/\(file.name)" }
}

/// A foreign name in a form that is safe in a message: quoted, cut short, control characters escaped.
func shown(_ name: String) -> String {
    String(name.prefix(120)).debugDescription + (name.count > 120 ? "…" : "")
}
