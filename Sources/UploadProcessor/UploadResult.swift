package import FarmModel
package import FarmRecords

/// What came of processing a leaf (manager spec 8).
package enum UploadResult: Hashable, Sendable {
    /// Everything is valid.
    case accepted([BinaryRecord])
    /// The upload can be read, but is not acceptable.
    case rejected([String])
    /// The upload cannot be read, or processing it broke down.
    case failed(String)

    package var word: String {
        switch self {
        case .accepted: "ACCEPTED"
        case .rejected: "REJECTED"
        case .failed: "FAILED"
        }
    }

    /// The result as far as it can stand: without a binary nothing is accepted (invariant 48).
    package var settled: UploadResult {
        if case .accepted(let binaries) = self, binaries.isEmpty {
            return .rejected(["the upload holds no binary package"])
        }
        return self
    }
}

/// A directory of the queue (manager spec 8).
package enum QueueDirectory: String, Hashable, Sendable, CaseIterable {
    /// Where the manager gathers files; private to it.
    case grabbing
    case incoming
    case accepted
    case rejected
    case failed
}

/// One step of bringing a result about. Steps can be repeated, so that a processor that was killed between two
/// of them can begin anew.
package enum LeafStep: Hashable, Sendable {
    /// The files of the upload go into the content store.
    case storeFiles
    /// The processor's log goes into the content store.
    case storeLog
    /// The build's status, its log and its binaries are committed, all or nothing.
    case commit(BuildStatus)
    /// The leaf leaves `incoming` by one rename.
    case move(QueueDirectory)
}

extension UploadResult {
    /// How the result is brought about. Files are stored before the status that promises them is committed, and
    /// the status is committed before the leaf moves (invariants 44, 46).
    package var steps: [LeafStep] {
        switch settled {
        case .accepted: [.storeFiles, .storeLog, .commit(.fullyBuilt), .move(.accepted)]
        case .rejected: [.storeLog, .commit(.failedToUpload), .move(.rejected)]
        case .failed: [.storeLog, .commit(.failedToUpload), .move(.failed)]
        }
    }
}

/// The moments at which a processor may be killed; tests do so at each.
package enum CrashPoint: String, Hashable, Sendable, CaseIterable {
    /// The leaf is to be processed, nothing has been done.
    case leafChosen
    /// The upload has been read and a result found.
    case leafVerified
    case filesStored
    case logStored
    /// Status and binaries are committed, the leaf is still in `incoming`.
    case statusCommitted
    /// The leaf has left `incoming`.
    case leafMoved

    init(after step: LeafStep) {
        self =
            switch step {
            case .storeFiles: .filesStored
            case .storeLog: .logStored
            case .commit: .statusCommitted
            case .move: .leafMoved
            }
    }
}
