import BuildManager
import FarmModel
import FarmRecords

/// The queue of upload directories that the manager fills and the upload processor works off (manager spec 8).
///
/// A leaf is filled in `grabbing`, where nobody looks, and moves to `incoming` by one rename, after the status that
/// announces it has been committed. All calls wait for the disk.
package struct UploadQueue: Sendable {
    package let root: String

    /// Makes the queue's directories where they are missing.
    ///
    /// - Throws: `EdgeFailure` when one cannot be made.
    package init(root: String) throws {
        self.root = root
        for name in ["grabbing", "incoming", "accepted", "rejected", "failed"] {
            try makeDirectories(root + "/" + name)
        }
    }

    /// Where the files of one leaf are gathered.
    struct Gathering: Sendable {
        /// Where complete files appear under their names.
        let directory: String
        /// Where files grow. No name in here comes from a slave, and nothing of it ends in the leaf.
        let unfinished: String
    }

    /// Makes the directories in which a leaf is gathered, empty.
    func beginGathering(leaf: String, place: GatheringPlace) throws -> Gathering {
        try discard(leaf: leaf)
        let gathering = Gathering(
            directory: "\(grabbed(leaf))/\(place.archive)/\(place.distribution)", unfinished: unfinished(leaf)
        )
        try makeDirectories(gathering.directory)
        try makeDirectories(gathering.unfinished)
        return gathering
    }

    /// All files of a leaf are there: when this returns, a power cut cannot take one away.
    func endGathering(leaf: String) throws {
        try removeTree(unfinished(leaf))
        try synchroniseTree(grabbed(leaf))
        try synchroniseDirectory(root + "/grabbing")
    }

    /// Throws away what an interrupted collection left (invariant 55).
    func discard(leaf: String) throws {
        try removeTree(unfinished(leaf))
        try removeTree(grabbed(leaf))
    }

    /// Moves a complete leaf to where the upload processor sees it; one that has been moved already is left alone.
    func handOver(leaf: String) throws {
        // The refresh and the scan may both be at it, and the processor may have been quicker than either.
        do {
            try move(grabbed(leaf), to: "\(root)/incoming/\(leaf)")
        } catch {
            guard !exists(grabbed(leaf)) else { throw error }
            return
        }
        try synchroniseDirectory(root + "/incoming")
        try synchroniseDirectory(root + "/grabbing")
    }

    /// Hands over leaves whose builds are UPLOADING but whose move was cut short. One that cannot be moved does not
    /// hold up the others.
    ///
    /// - Returns: the leaves moved, and why others could not be.
    func finishHandOvers(_ announced: [String]) throws -> (moved: [String], failures: [EdgeFailure]) {
        let gathered = Set(try directoryEntries(root + "/grabbing"))
        var moved: [String] = []
        var failures: [EdgeFailure] = []
        for leaf in announced where gathered.contains(leaf) {
            do {
                try handOver(leaf: leaf)
                moved.append(leaf)
            } catch {
                failures.append(EdgeFailure("\(error)"))
            }
        }
        return (moved, failures)
    }

    /// Removes everything that was being gathered when the manager stopped.
    ///
    /// - Parameter announced: the leaves whose builds are UPLOADING, which are never thrown away.
    func discardGathered(except announced: [String]) throws {
        let kept = Set(announced)
        for name in try directoryEntries(root + "/grabbing") where !kept.contains(name) {
            try removeTree("\(root)/grabbing/\(name)")
        }
    }

    private func grabbed(_ leaf: String) -> String { "\(root)/grabbing/\(leaf)" }
    private func unfinished(_ leaf: String) -> String { "\(root)/grabbing/\(leaf).unfinished" }
}
