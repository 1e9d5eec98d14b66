/// What a waiting job asks of a builder, and where it stands in the queue (manager spec 1.2, 1.6, 5.1).
public struct JobRequirements: Hashable, Sendable {
    public var queueEntry: QueueEntryID
    public var build: BuildID
    /// Nil when any processor will do.
    public var processor: String?
    public var isVirtualized: Bool
    /// Tags the builder must offer.
    public var constraints: [String]
    public var score: Int64

    public init(
        queueEntry: QueueEntryID, build: BuildID, processor: String?, isVirtualized: Bool,
        constraints: [String] = [], score: Int64 = 0
    ) {
        self.queueEntry = queueEntry
        self.build = build
        self.processor = processor
        self.isVirtualized = isVirtualized
        self.constraints = constraints
        self.score = score
    }
}

/// Everything a dispatch needs: what to build and from which files (manager spec 6).
public struct DispatchPlan: Hashable, Sendable {
    /// A file the slave must hold before the build starts.
    public struct File: Hashable, Sendable {
        public var name: String
        public var sum: SHA1Digest
        /// True when the librarian gives the file only against credentials.
        public var isRestricted: Bool

        public init(name: String, sum: SHA1Digest, isRestricted: Bool = false) {
            self.name = name
            self.sum = sum
            self.isRestricted = isRestricted
        }
    }

    public var job: JobVitals
    public var sourceName: String
    public var sourceVersion: String
    /// The base image; a plan without one cannot be dispatched.
    public var image: File?
    public var files: [File]
    public var distribution: String
    public var series: String
    /// The pocket's suffix on the suite, such as `-updates`; empty for the release pocket.
    public var suiteSuffix: String
    public var architecture: String
    public var isArchIndep: Bool
    public var archivePurpose: String
    public var component: String
    /// Archives whose packages the build may use, in order: `http://HOST/PATH`, without credentials.
    public var archiveURLs: [String]
    /// Public keys in base64.
    public var trustedKeys: [String]
    public var isPrivate: Bool
    /// The token with which a private archive's files are fetched; never logged.
    public var fileToken: String?
    public var buildDebugSymbols: Bool
    public var constraints: [String]
    public var isVirtualized: Bool
    public var score: Int64
    /// Why the build may not be started here and now although it was taken; nil when it may (manager spec 6).
    public var objection: String?

    public init(
        job: JobVitals, sourceName: String, sourceVersion: String, image: File?, files: [File],
        distribution: String, series: String, suiteSuffix: String = "", architecture: String,
        isArchIndep: Bool, archivePurpose: String, component: String, archiveURLs: [String] = [],
        trustedKeys: [String] = [], isPrivate: Bool = false, fileToken: String? = nil,
        buildDebugSymbols: Bool = false, constraints: [String] = [], isVirtualized: Bool, score: Int64 = 0,
        objection: String? = nil
    ) {
        self.job = job
        self.sourceName = sourceName
        self.sourceVersion = sourceVersion
        self.image = image
        self.files = files
        self.distribution = distribution
        self.series = series
        self.suiteSuffix = suiteSuffix
        self.architecture = architecture
        self.isArchIndep = isArchIndep
        self.archivePurpose = archivePurpose
        self.component = component
        self.archiveURLs = archiveURLs
        self.trustedKeys = trustedKeys
        self.isPrivate = isPrivate
        self.fileToken = fileToken
        self.buildDebugSymbols = buildDebugSymbols
        self.constraints = constraints
        self.isVirtualized = isVirtualized
        self.score = score
        self.objection = objection
    }

    /// The suite a build is made for, such as `noble-updates`.
    public var suite: String { series + suiteSuffix }
}

/// Says which build it is and nothing of tokens and URLs, wherever a plan ends up in a log.
extension DispatchPlan: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String {
        "\(job.cookie) (\(sourceName) \(sourceVersion), \(suite) \(architecture))"
    }

    public var debugDescription: String { description }
}
