public import FarmModel
import Store

extension FarmRecords {
    /// Holds a waiting job back, or lets a held one go on (manager spec 1.2, "suspend" and "resume").
    ///
    /// - Throws: `FarmRecordsError`: `illegalTransition` when the job is neither WAITING nor SUSPENDED as asked.
    public func setHeld(_ isHeld: Bool, build: BuildID) async throws {
        let (from, to): (QueueStatus, QueueStatus) =
            isHeld ? (.waiting, .suspended) : (.suspended, .waiting)
        try await store.write { tx in
            let changed = try tx.execute(
                "UPDATE build_queue SET status = $1 WHERE build = $2 AND status = $3",
                [.raw(to), .id(build), .raw(from)])
            guard changed == 1 else {
                throw FarmRecordsError(.illegalTransition, "build \(build) is not \(from.name) in the queue")
            }
        }
    }

    /// Gives a waiting build another score. One that a person pinned stays unless it is pinned anew (manager
    /// spec 1.2, "manual score", and 1.3).
    ///
    /// - Returns: false when the score is pinned and stays.
    /// - Throws: `FarmRecordsError`: `illegalTransition` when the build is not NEEDSBUILD.
    @discardableResult
    public func setScore(_ score: Int64, of build: BuildID, isPinned: Bool) async throws -> Bool {
        try await store.write { tx in
            guard
                let row = try tx.query(
                    """
                    SELECT q.is_score_manual FROM build_queue q JOIN builds b ON b.id = q.build
                    WHERE b.id = $1 AND b.status = $2
                    """, [.id(build), .raw(BuildStatus.needsBuild)]
                ).first
            else {
                throw FarmRecordsError(.illegalTransition, "build \(build) does not wait, so it has no score")
            }
            guard try isPinned || !row.bool("is_score_manual") else { return false }
            try tx.execute(
                "UPDATE build_queue SET score = $1, is_score_manual = $2 WHERE build = $3",
                [.integer(score), .flag(isPinned), .id(build)])
            return true
        }
    }
}
