import BuildManager
import NIOPosix

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The system's text for the error of the last call.
func errorText() -> String { String(cString: strerror(errno)) }

func unlinkIfPresent(_ path: String) { _ = unlink(path) }

/// Runs what waits for the disk on a thread where nobody else has to wait for it.
func onFileThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await NIOThreadPool.singleton.runIfActive(body)
}

/// Gives a file or a directory another name.
///
/// - Throws: `EdgeFailure` when it cannot be had.
func move(_ path: String, to destination: String) throws {
    guard rename(path, destination) == 0 else {
        throw EdgeFailure("cannot rename \(path) to \(destination): \(errorText())")
    }
}

/// Whether there is something of that name.
func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
}

/// Makes a directory and those above it.
///
/// - Throws: `EdgeFailure` when one cannot be made.
func makeDirectories(_ path: String) throws {
    var built = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
        built += "/" + part
        guard mkdir(built, 0o755) == 0 || errno == EEXIST else {
            throw EdgeFailure("cannot make the directory \(built): \(errorText())")
        }
    }
}

/// Removes a tree, without following links.
func removeTree(_ path: String) throws {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
        guard unlink(path) == 0 || errno == ENOENT else {
            throw EdgeFailure("cannot remove \(path): \(errorText())")
        }
        return
    }
    for name in try directoryEntries(path) { try removeTree(path + "/" + name) }
    guard rmdir(path) == 0 || errno == ENOENT else {
        throw EdgeFailure("cannot remove \(path): \(errorText())")
    }
}

/// The names in a directory, sorted; empty when there is no such directory.
func directoryEntries(_ path: String) throws -> [String] {
    guard let directory = opendir(path) else {
        if errno == ENOENT { return [] }
        throw EdgeFailure("cannot read \(path): \(errorText())")
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
}

/// Waits until the entries of a directory and of all directories below it are on the disk.
func synchroniseTree(_ path: String) throws {
    for name in try directoryEntries(path) {
        var status = stat()
        guard lstat("\(path)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { continue }
        try synchroniseTree("\(path)/\(name)")
    }
    try synchroniseDirectory(path)
}

/// Waits until a directory's entries are on the disk.
func synchroniseDirectory(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY)
    guard descriptor >= 0 else { throw EdgeFailure("cannot open \(path): \(errorText())") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw EdgeFailure("cannot sync \(path): \(errorText())") }
}
