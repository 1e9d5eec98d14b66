/// The named places at which a test may kill the manager, each between two durable steps (manager spec 18).
package enum CrashPoint: String, Sendable, CaseIterable {
    /// The job is taken and its builder dirty; nothing has been sent to the slave.
    case jobTaken = "job-taken"
    /// The slave accepted the build; the manager has not noted it.
    case buildAccepted = "build-accepted"
    case logStored = "log-stored"
    /// GATHERING is committed and the first file lies in the leaf.
    case gathering = "gathering"
    /// UPLOADING is committed; the leaf is still where it was filled.
    case uploadingCommitted = "uploading-committed"
    case leafMoved = "leaf-moved"
    case abortSent = "abort-sent"
    /// CLEANING is committed; the reset trigger has not run.
    case cleaningCommitted = "cleaning-committed"
    /// The reset trigger succeeded; its result is not stored.
    case hostReset = "host-reset"
}
