import Foundation
import Logging
import Synchronization

/// Log lines in a file: time, level, message, metadata.
struct FileLogHandler: LogHandler {
    private final class Sink: Sendable {
        let file: Mutex<FileHandle>
        init(_ file: FileHandle) { self.file = Mutex(file) }
    }

    private let sink: Sink
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level

    init(path: String, level: Logger.Level) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path]) }
        sink = Sink(file)
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
        let details = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let line = "\(Date().ISO8601Format()) \(event.level) \(event.message)\(details)\n"
        // A full disk must not stop the farm.
        sink.file.withLock { try? $0.write(contentsOf: Data(line.utf8)) }
    }
}
