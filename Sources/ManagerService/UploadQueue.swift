import BuildManager
import FarmModel
import FarmRecords

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The queue of upload directories that the manager fills and the upload processor works off (manager spec 8).
///
/// A leaf is filled in `grabbing`, where nobody looks, and moves to `incoming` by one rename, after the status that
/// announces it has been committed.
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

    /// Where the files of a leaf are gathered.
    func gatheringDirectory(leaf: String, place: GatheringPlace) throws -> String {
        let path = "\(root)/grabbing/\(leaf)/\(place.archive)/\(place.distribution)"
        try makeDirectories(path)
        return path
    }

    /// Throws away what an interrupted collection left (invariant 55).
    func discard(leaf: String) throws { try removeTree("\(root)/grabbing/\(leaf)") }

    /// Moves a complete leaf to where the upload processor sees it.
    func handOver(leaf: String) throws {
        guard rename("\(root)/grabbing/\(leaf)", "\(root)/incoming/\(leaf)") == 0 else {
            throw EdgeFailure("cannot move the leaf \(leaf) into the queue: \(errorText())")
        }
        try synchroniseDirectory(root + "/incoming")
        try synchroniseDirectory(root + "/grabbing")
    }

    /// Hands over leaves whose builds are UPLOADING but whose move was cut short.
    ///
    /// - Returns: the leaves moved.
    func finishHandOvers(_ announced: [String]) throws -> [String] {
        let gathered = Set(try directoryEntries(root + "/grabbing"))
        let pending = announced.filter(gathered.contains)
        for leaf in pending { try handOver(leaf: leaf) }
        return pending
    }

    /// Removes everything that was being gathered when the manager stopped.
    func discardGathered() throws {
        for leaf in try directoryEntries(root + "/grabbing") { try discard(leaf: leaf) }
    }
}
