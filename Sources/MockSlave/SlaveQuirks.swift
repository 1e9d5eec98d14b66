/// The oddities of a real slave, each of which can be turned off (protocol spec 18 and 19). With all of them
/// turned off a slave is strict: it keeps to the state machine of protocol spec 4 and to nothing else.
public struct SlaveQuirks: OptionSet, Hashable, Sendable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    // The call `build`.

    /// A refused `build` gives its id to the build that is there (protocol spec 6).
    public static let refusedBuildRenames = SlaveQuirks(rawValue: 1 << 0)
    /// A refused `build` empties the log of the build that is there (protocol spec 6).
    public static let refusedBuildEmptiesLog = SlaveQuirks(rawValue: 1 << 1)
    /// A `build` that fails on its arguments or its directory leaves the slave BUILDING for good (protocol
    /// spec 6). Strict: the slave stays IDLE.
    public static let badBuildSticks = SlaveQuirks(rawValue: 1 << 2)
    /// The directory of a build that was not removed is in the way of a later build of the same id.
    public static let leftoverDirectoryBlocks = SlaveQuirks(rawValue: 1 << 3)
    /// A `ci` build without jobs makes `status` a fault. Strict: `status` answers as for other stuck builds.
    public static let missingJobsBreakStatus = SlaveQuirks(rawValue: 1 << 4)

    // A running build.

    /// A step killed by a signal, without an abort, leaves the slave BUILDING for good (protocol spec 8).
    /// Strict: the step counts as failed.
    public static let killedStepSticks = SlaveQuirks(rawValue: 1 << 5)
    /// Results that cannot be gathered leave a slave of the 2010 dialect BUILDING for good (protocol spec
    /// 16). Strict: PACKAGEFAIL, as today.
    public static let failedGatheringSticks = SlaveQuirks(rawValue: 1 << 6)
    /// A document of a build step that is no JSON object, or holds a number beyond 32 bits, makes `status` a
    /// fault (protocol spec 5). Strict: it is ignored.
    public static let statusFileBreaksStatus = SlaveQuirks(rawValue: 1 << 7)
    /// Members of such a document replace the slave's own. Strict: only new members are added.
    public static let statusFileOverrides = SlaveQuirks(rawValue: 1 << 8)

    // The log.

    /// The log tail is cut anywhere. Strict: not inside a UTF-8 sequence.
    public static let tailCutsCharacters = SlaveQuirks(rawValue: 1 << 9)
    /// Tails with stripped credentials lack their first line and last newline (protocol spec 10).
    public static let strippedTailLosesLine = SlaveQuirks(rawValue: 1 << 10)
    /// When a log is stripped of credentials the original stays beside it and gets what is written from then
    /// on (protocol spec 10). Strict: there is one log, and all of it is stripped.
    public static let keepsUnstrippedLog = SlaveQuirks(rawValue: 1 << 11)
    /// What a fetch or a repeated abort writes into the build log lacks a newline (protocol spec 11 and 12).
    public static let notesLackNewline = SlaveQuirks(rawValue: 1 << 12)

    // The call `ensurepresent`.

    /// Sums are used as paths: names outside the cache can be "present" (protocol spec 11).
    public static let sumsArePaths = SlaveQuirks(rawValue: 1 << 13)
    /// A fetch that breaks off leaves a part of the file in the cache (protocol spec 11 and 16).
    public static let brokenFetchLeavesPart = SlaveQuirks(rawValue: 1 << 14)
    /// While a file is fetched nothing else is answered (protocol spec 11).
    public static let fetchBlocks = SlaveQuirks(rawValue: 1 << 15)

    // The call `abort`.

    /// There is no time limit once the killing step has ended (protocol spec 12). Strict: the limit stands.
    public static let uselessKillingEndsTimer = SlaveQuirks(rawValue: 1 << 16)
    /// A build that has ended and is cleaning up can still be aborted, and loses its outcome (protocol spec
    /// 12). Strict: it keeps its outcome.
    public static let abortForgetsOutcome = SlaveQuirks(rawValue: 1 << 17)
    /// A stuck slave answers `abort` and is then ABORTING for good; in the 2010 dialect it refuses (protocol
    /// spec 6 and 16). Strict: `abort` frees it.
    public static let stuckSlaveStaysStuck = SlaveQuirks(rawValue: 1 << 18)

    // The call `clean`.

    /// A result that is no longer in the cache makes `clean` fail again and again (protocol spec 13).
    public static let vanishedResultBreaksClean = SlaveQuirks(rawValue: 1 << 19)
    /// A log that is no longer there makes `clean` a fault although it has worked (protocol spec 13).
    public static let vanishedLogBreaksClean = SlaveQuirks(rawValue: 1 << 20)
    /// Two results of equal contents make `clean` fail for good in the 2010 dialect (protocol spec 16).
    public static let equalResultsBreakClean = SlaveQuirks(rawValue: 1 << 21)
    /// `clean` deletes a source file that has the contents of a result (protocol spec 9).
    public static let cleanDeletesInputs = SlaveQuirks(rawValue: 1 << 22)

    // The 2010 dialect.

    /// Struct members come in the order of a Python 2 hash table (protocol spec 16). Strict: as written.
    public static let hashOrder = SlaveQuirks(rawValue: 1 << 23)

    /// The real slave.
    public static let all = SlaveQuirks(rawValue: (1 << 24) - 1)
    /// The strict slave.
    public static let none: SlaveQuirks = []

    /// Every quirk by the name it has in scenario files, in the order above.
    public static let named: [(name: String, quirk: SlaveQuirks)] = [
        ("refused-build-renames", .refusedBuildRenames),
        ("refused-build-empties-log", .refusedBuildEmptiesLog),
        ("bad-build-sticks", .badBuildSticks),
        ("leftover-directory-blocks", .leftoverDirectoryBlocks),
        ("missing-jobs-break-status", .missingJobsBreakStatus),
        ("killed-step-sticks", .killedStepSticks),
        ("failed-gathering-sticks", .failedGatheringSticks),
        ("status-file-breaks-status", .statusFileBreaksStatus),
        ("status-file-overrides", .statusFileOverrides),
        ("tail-cuts-characters", .tailCutsCharacters),
        ("stripped-tail-loses-line", .strippedTailLosesLine),
        ("keeps-unstripped-log", .keepsUnstrippedLog),
        ("notes-lack-newline", .notesLackNewline),
        ("sums-are-paths", .sumsArePaths),
        ("broken-fetch-leaves-part", .brokenFetchLeavesPart),
        ("fetch-blocks", .fetchBlocks),
        ("useless-killing-ends-timer", .uselessKillingEndsTimer),
        ("abort-forgets-outcome", .abortForgetsOutcome),
        ("stuck-slave-stays-stuck", .stuckSlaveStaysStuck),
        ("vanished-result-breaks-clean", .vanishedResultBreaksClean),
        ("vanished-log-breaks-clean", .vanishedLogBreaksClean),
        ("equal-results-break-clean", .equalResultsBreakClean),
        ("clean-deletes-inputs", .cleanDeletesInputs),
        ("hash-order", .hashOrder),
    ]

    /// Nil for a name that is not in `named`.
    public init?(name: String) {
        guard let found = Self.named.first(where: { $0.name == name }) else { return nil }
        self = found.quirk
    }
}
