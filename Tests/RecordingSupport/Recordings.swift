package import Foundation
import MockSlave
import XMLRPC

/// The recorded exchanges of `golden/protocol`.
package enum Recordings {
    /// All of them, by file name.
    package static let all: Result<[RecordedExchange], RecordingError> = load()

    /// The exchange with this id.
    package static func exchange(_ id: String) throws -> RecordedExchange {
        guard let exchange = try all.get().first(where: { $0.id == id }) else {
            throw RecordingError("there is no exchange '\(id)'")
        }
        return exchange
    }

    /// The folder of the recordings in this checkout.
    package static var folder: URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../golden/protocol")
            .standardizedFileURL
    }

    private static func load() -> Result<[RecordedExchange], RecordingError> {
        guard let walk = FileManager.default.enumerator(atPath: folder.path) else {
            return .failure(RecordingError("cannot read \(folder.path)"))
        }
        let paths = walk.compactMap { $0 as? String }.filter { $0.hasSuffix(".json") && $0 != "index.json" }
        do {
            return .success(try paths.sorted().map(load))
        } catch let error as RecordingError {
            return .failure(error)
        } catch {
            return .failure(RecordingError("\(error)"))
        }
    }

    private static func load(_ path: String) throws -> RecordedExchange {
        let data = try Data(contentsOf: folder.appending(path: path))
        guard let document = OrderedJSON.value(of: data, depthLimit: 200) else {
            throw RecordingError("\(path): not JSON")
        }
        let parts = path.split(separator: "/")
        let variant = parts.first == "variants" ? String(parts[1]) : nil
        return try RecordingReader(path: path, document: document).exchange(variant: variant)
    }
}

/// A recording cannot be read, or a state cannot be brought about.
package struct RecordingError: Error, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}
