import ContentStore
import DebianFormats
import FarmModel
import Glibc
import MockSlave
import NIOPosix
import Synchronization

/// Puts the result files of builds into the content store: those of a folder, or made up ones.
final class ResultGatherer: Sendable {
    private let store: ContentStore
    private let threads: NIOThreadPool
    private let generator: ResultGenerator
    /// The files of each folder, which are digested once.
    private let folders = Mutex<[String: [ResultFile]]>([:])

    init(store: ContentStore, threads: NIOThreadPool, generator: @escaping ResultGenerator) {
        self.store = store
        self.threads = threads
        self.generator = generator
    }

    /// - Throws: `SlaveHostError` when a folder cannot be read; what the generator throws.
    func gather(_ order: BuildOrder, _ script: BuildScript) async throws -> [ResultFile] {
        switch script.results {
        case .none: return []
        case .folder(let path):
            return try await threads.runIfActive {
                let files = try self.folders.withLock { $0[path] } ?? self.digest(path)
                return try self.select(files, for: order, in: path)
            }
        case .generated(let bytes):
            return try await threads.runIfActive { try self.generate(order, bytes: bytes) }
        }
    }

    private func generate(_ order: BuildOrder, bytes: Int) throws -> [ResultFile] {
        try generator(order, bytes).map { result in
            let stored = try store.insert(bytes: result.bytes)
            return ResultFile(name: result.name, sum: stored.sha1, size: stored.size)
        }
    }

    /// The build's own `.changes` and what it lists, when the folder has it: a folder may hold the results for several
    /// architectures. Otherwise everything.
    private func select(_ files: [ResultFile], for order: BuildOrder, in path: String) throws -> [ResultFile]
    {
        guard let name = order.changesName, let file = files.first(where: { $0.name == name }) else {
            return files
        }
        do {
            let changes = try ChangesFile(store.bytes(of: file.sum, limit: 2 << 20), fileName: name)
            let listed = Set(changes.files.map(\.name.rawValue))
            return files.filter { $0.name == name || listed.contains($0.name) }
        } catch {
            throw SlaveHostError(.badResults, "result file \(path)/\(name): \(error); check the folder")
        }
    }

    private func digest(_ path: String) throws -> [ResultFile] {
        let files = try Self.names(in: path).map { name in
            do {
                let stored = try store.insert(fileAt: "\(path)/\(name)")
                return ResultFile(name: name, sum: stored.sha1, size: stored.size)
            } catch {
                throw SlaveHostError(.badResults, "result file \(path)/\(name): \(error); check the folder")
            }
        }
        folders.withLock { $0[path] = files }
        return files
    }

    /// The names of the files in a folder, in order; names with a leading dot are left out.
    private static func names(in path: String) throws -> [String] {
        guard let directory = opendir(path) else {
            throw SlaveHostError(
                .badResults,
                "folder of results \(path): \(String(cString: strerror(errno))); check the scenario")
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix("."), entry.pointee.d_type != UInt8(DT_DIR) { names.append(name) }
        }
        return names.sorted()
    }
}
