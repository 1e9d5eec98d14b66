public import FarmModel

/// One binary build to be done: a source package for one architecture.
public struct JobSpec: Hashable, Sendable {
    /// The suites of a series (manager spec 5.2).
    public enum Pocket: String, Hashable, Sendable, CaseIterable {
        case release
        case security
        case updates
        case proposed
        case backports

        /// What follows the series in the suite's name, such as `-updates`.
        public var suiteSuffix: String { self == .release ? "" : "-" + rawValue }
    }

    public enum Urgency: String, Hashable, Sendable, CaseIterable {
        case low
        case medium
        case high
        case emergency
    }

    public var source: String
    /// The version, with its epoch if it has one.
    public var version: String
    public var architecture: String
    /// Name of the archive it is built for.
    public var archive: String
    public var series: String
    public var pocket: Pocket
    public var component: String
    public var section: String
    public var urgency: Urgency
    /// Whether this build also makes the packages for all architectures.
    public var buildsIndependent: Bool
    /// Tags that a builder must offer.
    public var tags: [String]
    /// Whether it runs on virtual builders, and only on these (manager spec 1.6).
    public var isVirtual: Bool
    /// Nil: computed (manager spec 5.2); otherwise pinned.
    public var score: Int?
    /// How much later than the farm it enters the queue.
    public var arrives: Duration
    /// When somebody asks for it to be cancelled, counted from the farm's start; nil: nobody does.
    public var cancelled: Duration?
    /// Size of the made-up source package that the slave has to fetch.
    public var sourceSize: ByteCount
    /// What the n-th attempt does; the last entry also stands for all later ones. Never empty.
    public var attempts: [BuildScript]

    public init(
        source: String, version: String, architecture: String, archive: String = "primary",
        series: String = "noble", pocket: Pocket = .release, component: String = "main",
        section: String = "misc", urgency: Urgency = .low, buildsIndependent: Bool = false,
        tags: [String] = [],
        isVirtual: Bool = false, score: Int? = nil, arrives: Duration = .zero, cancelled: Duration? = nil,
        sourceSize: ByteCount = ByteCount(2048), attempts: [BuildScript] = [BuildScript()]
    ) {
        self.source = source
        self.version = version
        self.architecture = architecture
        self.archive = archive
        self.series = series
        self.pocket = pocket
        self.component = component
        self.section = section
        self.urgency = urgency
        self.buildsIndependent = buildsIndependent
        self.tags = tags
        self.isVirtual = isVirtual
        self.score = score
        self.arrives = arrives
        self.cancelled = cancelled
        self.sourceSize = sourceSize
        self.attempts = attempts
    }

    /// The version as it stands in file names: without its epoch.
    public var fileVersion: String { BuildTitle.withoutEpoch(version) }

    /// `SOURCE_VERSION_ARCHITECTURE`, the version without its epoch: how selectors, expectations and the event
    /// log name the job.
    public var name: String { BuildTitle.make(source: source, version: version, architecture: architecture) }

    /// Series and pocket, such as `noble-updates`.
    public var suite: String { series + pocket.suiteSuffix }
}
