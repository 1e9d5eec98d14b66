/// What a scan needs to know of its builder: an immutable snapshot of the record (manager spec 2, "vitals").
public struct BuilderVitals: Hashable, Sendable {
    public var id: BuilderID
    public var name: BuilderName
    /// `scheme://host:port`; calls go to `/rpc` below it, files come from `/filecache/` below it.
    public var url: String
    public var processors: [String]
    public var isVirtualized: Bool
    /// Handed to the reset trigger; nil for builders that cannot be reset.
    public var vmHost: String?
    public var resetProtocol: ResetProtocol?
    /// Tags a job may ask for.
    public var openResources: [String]
    /// Tags a job must ask for to be allowed here.
    public var restrictedResources: [String]
    /// False for a disabled builder.
    public var isOK: Bool
    /// True when no job may be dispatched; a running one is still followed.
    public var isManual: Bool
    public var cleanStatus: CleanStatus
    public var cleanStatusChanged: Instant
    /// Failures attributed to the builder since its last success.
    public var failureCount: Int
    /// The slave's package version as last seen.
    public var version: String?
    /// The job assigned to the builder.
    public var job: JobVitals?

    public init(
        id: BuilderID, name: BuilderName, url: String, processors: [String], isVirtualized: Bool,
        vmHost: String? = nil, resetProtocol: ResetProtocol? = nil, openResources: [String] = [],
        restrictedResources: [String] = [], isOK: Bool = true, isManual: Bool = false,
        cleanStatus: CleanStatus, cleanStatusChanged: Instant = .epoch, failureCount: Int = 0,
        version: String? = nil, job: JobVitals? = nil
    ) {
        self.id = id
        self.name = name
        self.url = url
        self.processors = processors
        self.isVirtualized = isVirtualized
        self.vmHost = vmHost
        self.resetProtocol = resetProtocol
        self.openResources = openResources
        self.restrictedResources = restrictedResources
        self.isOK = isOK
        self.isManual = isManual
        self.cleanStatus = cleanStatus
        self.cleanStatusChanged = cleanStatusChanged
        self.failureCount = failureCount
        self.version = version
        self.job = job
    }
}

/// What a scan needs to know of the job assigned to its builder.
public struct JobVitals: Hashable, Sendable {
    public var queueEntry: QueueEntryID
    public var cookie: BuildCookie
    /// True when a person asked for the job to be cancelled.
    public var isCancelling: Bool
    /// Failures attributed to the job.
    public var failureCount: Int
    public var status: BuildStatus
    public var startedAt: Instant?
    /// What the job asked for; nil when any processor would do.
    public var processor: String?

    public var build: BuildID { cookie.build }

    public init(
        queueEntry: QueueEntryID, cookie: BuildCookie, isCancelling: Bool = false, failureCount: Int = 0,
        status: BuildStatus = .building, startedAt: Instant? = nil, processor: String? = nil
    ) {
        self.queueEntry = queueEntry
        self.cookie = cookie
        self.isCancelling = isCancelling
        self.failureCount = failureCount
        self.status = status
        self.startedAt = startedAt
        self.processor = processor
    }
}
