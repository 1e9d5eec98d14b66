public import FarmModel

/// An archive as it is entered into a farm.
public struct ArchiveEntry: Hashable, Sendable {
    public var name: String
    public var distribution: String
    /// Such as `PRIMARY` or `PPA`.
    public var purpose: String
    public var isPrivate: Bool
    public var requiresVirtualized: Bool
    /// True when builds make packages of debug symbols.
    public var buildsDebugSymbols: Bool
    /// True when packages are still built for obsolete series.
    public var permitsObsoleteSeries: Bool
    /// With what the slaves fetch files of a private archive.
    public var buildToken: String?
    /// Archives whose packages its builds may use, itself first: `http://HOST/PATH`, without credentials.
    public var archiveURLs: [String]
    public var trustedKeys: [String]

    public init(
        name: String, distribution: String = "ubuntu", purpose: String = "PRIMARY", isPrivate: Bool = false,
        requiresVirtualized: Bool = true, buildToken: String? = nil, archiveURLs: [String] = [],
        trustedKeys: [String] = [], buildsDebugSymbols: Bool = false, permitsObsoleteSeries: Bool = false
    ) {
        self.name = name
        self.distribution = distribution
        self.purpose = purpose
        self.isPrivate = isPrivate
        self.requiresVirtualized = requiresVirtualized
        self.buildsDebugSymbols = buildsDebugSymbols
        self.permitsObsoleteSeries = permitsObsoleteSeries
        self.buildToken = buildToken
        self.archiveURLs = archiveURLs
        self.trustedKeys = trustedKeys
    }
}

/// A source package as it is entered into a farm.
public struct SourceEntry: Hashable, Sendable {
    public struct File: Hashable, Sendable {
        public var name: String
        public var sum: SHA1Digest
        /// Bytes.
        public var size: Int64

        public init(name: String, sum: SHA1Digest, size: Int64) {
            self.name = name
            self.sum = sum
            self.size = size
        }
    }

    public var archive: Int64
    public var name: String
    public var version: String
    public var component: String
    public var section: String
    public var urgency: String
    public var files: [File]

    public init(
        archive: Int64, name: String, version: String, component: String = "main", section: String = "misc",
        urgency: String = "medium", files: [File]
    ) {
        self.archive = archive
        self.name = name
        self.version = version
        self.component = component
        self.section = section
        self.urgency = urgency
        self.files = files
    }
}

/// A build to be done of a source package.
public struct BuildEntry: Hashable, Sendable {
    public var source: Int64
    public var series: String
    /// `release`, `security`, `updates`, `proposed` or `backports`.
    public var pocket: String
    public var architecture: String
    public var isArchIndep: Bool
    public var processor: String?
    /// Nil: as the archive and the farm's builders demand (manager spec 1.6).
    public var isVirtualized: Bool?
    public var constraints: [String]
    public var score: Int64

    public init(
        source: Int64, series: String, pocket: String = "release", architecture: String,
        isArchIndep: Bool = false, processor: String? = nil, isVirtualized: Bool? = nil,
        constraints: [String] = [],
        score: Int64
    ) {
        self.source = source
        self.series = series
        self.pocket = pocket
        self.architecture = architecture
        self.isArchIndep = isArchIndep
        self.processor = processor
        self.isVirtualized = isVirtualized
        self.constraints = constraints
        self.score = score
    }
}
