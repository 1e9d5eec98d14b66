import ContentStore
import FarmModel
import FarmRecords
import Logging
import UploadProcessor

/// The upload processor as the manager's tests need it. It has a file of its own because the two rooms use some words
/// for different things.
enum Uploads {
    /// Works through the queue once.
    static func process(root: String, records: FarmRecords, library: ContentStore) async throws {
        try await UploadProcessor(
            records: records, store: library,
            options: UploadProcessorOptions(queueRoot: root, acceptedLeaves: .keep),
            logger: Logger(label: "uploads", factory: { _ in SwiftLogNoOpLogHandler() })
        ).runOnce()
    }
}
