/// The name under which a build runs on a slave: `PACKAGEBUILD-1234` (manager spec 1.3). It is what the manager
/// passes as build id and expects back in every status.
public struct BuildCookie: Hashable, Sendable, CustomStringConvertible {
    public var jobType: JobType
    public var build: BuildID

    public init(jobType: JobType, build: BuildID) {
        self.jobType = jobType
        self.build = build
    }

    /// - Parameter text: `JOBTYPE-ID`; nil for an unknown type or an id that is not a positive number in its
    ///   shortest form.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let jobType = JobType(rawValue: String(parts[0])),
            let number = Int64(parts[1]), number > 0, String(number) == parts[1]
        else { return nil }
        self.init(jobType: jobType, build: BuildID(number))
    }

    /// Reads the cookie at the end of an upload leaf's name, in its last two dash-separated parts (manager
    /// spec 8); nil when there is none.
    public init?(leafName: some StringProtocol) {
        let parts = leafName.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 2 else { return nil }
        self.init("\(parts[parts.count - 2])-\(parts[parts.count - 1])")
    }

    public var description: String { "\(jobType.rawValue)-\(build.rawValue)" }
}

/// The kinds of build (manager spec 1.5), by the word that opens their cookies.
public enum JobType: String, Hashable, Sendable, CaseIterable {
    case packageBuild = "PACKAGEBUILD"
    case branchBuild = "BRANCHBUILD"
    case recipeBranchBuild = "RECIPEBRANCHBUILD"
    case translationTemplatesBuild = "TRANSLATIONTEMPLATESBUILD"
    case liveFSBuild = "LIVEFSBUILD"
    case snapBuild = "SNAPBUILD"
    case ociRecipeBuild = "OCIRECIPEBUILD"
    case charmRecipeBuild = "CHARMRECIPEBUILD"
    case ciBuild = "CIBUILD"
    case rockRecipeBuild = "ROCKRECIPEBUILD"
    case craftRecipeBuild = "CRAFTRECIPEBUILD"
}

/// The id of a build record.
public struct BuildID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: Int64
    public init(_ rawValue: Int64) { self.rawValue = rawValue }
    public static func < (lhs: BuildID, rhs: BuildID) -> Bool { lhs.rawValue < rhs.rawValue }
    public var description: String { String(rawValue) }
}

/// The id of a queue entry.
public struct QueueEntryID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: Int64
    public init(_ rawValue: Int64) { self.rawValue = rawValue }
    public static func < (lhs: QueueEntryID, rhs: QueueEntryID) -> Bool { lhs.rawValue < rhs.rawValue }
    public var description: String { String(rawValue) }
}

/// The id of a builder record.
public struct BuilderID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: Int64
    public init(_ rawValue: Int64) { self.rawValue = rawValue }
    public static func < (lhs: BuilderID, rhs: BuilderID) -> Bool { lhs.rawValue < rhs.rawValue }
    public var description: String { String(rawValue) }
}
