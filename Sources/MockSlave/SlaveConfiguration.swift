public import FarmModel

/// What makes one fake slave: who it is, which release it imitates and how fast it is.
public struct SlaveConfiguration: Hashable, Sendable {
    public var name: BuilderName
    public var dialect: SlaveDialect
    /// The tag that `info` reports, such as `amd64`.
    public var architectureTag: String
    /// What `status` reports as `builder_version`; nil: nothing.
    public var version: String?
    public var quirks: SlaveQuirks
    /// Answers like the mock slaves of Launchpad's own tests instead of a real slave (protocol spec 18, end).
    public var mockStyle = false

    /// The home directory of the daemon's user; the cache lies below it.
    public var home = "/home/buildd"
    /// Where the daemon's helpers are installed.
    public var share = "/usr/share/launchpad-buildd"
    /// The directory of the build steps' programs; nil: the usual one of the dialect.
    public var programs: String?
    /// Files outside the cache that `ensurepresent` can be made to find (protocol spec 11).
    public var outsideFiles: [String] = []

    /// How long a build step takes about which its script says nothing. A whole build of ten such steps takes
    /// the 0.15 s of protocol spec 15.
    public var stepDuration = Duration.milliseconds(15)
    /// How long the killing step of an `abort` may run (protocol spec 12).
    public var abortTimeout = Duration.seconds(120)
    /// The time from SIGTERM to SIGKILL in the 2010 dialect (protocol spec 16).
    public var terminationGrace = Duration.seconds(10)
    /// Files last changed this long ago are removed by the daily job (protocol spec 9).
    public var cacheLifetime = Duration.seconds(3 * 86_400)
    /// When the daily job runs, from midnight UTC.
    public var dailyJobTime = Duration.seconds(6 * 3_600 + 25 * 60)
    /// The slave's local time minus UTC, for the time lines in its logs.
    public var clockOffset = Duration.zero

    /// The bytes of a log tail (protocol spec 10).
    public var logTailLength = 2_048
    /// A build log grows no further than this many bytes; a real slave's grows until the disk is full.
    public var logLimit = 64 << 20
    /// How many requests may wait for a fetch to end; further ones are refused.
    public var queueLimit = 1_024
    /// How many left-over build directories are remembered, the latest ones.
    public var directoryLimit = 1_024

    public init(
        name: BuilderName, dialect: SlaveDialect = .current, architectureTag: String = "amd64",
        quirks: SlaveQuirks = .all
    ) {
        self.name = name
        self.dialect = dialect
        self.architectureTag = architectureTag
        self.version = Self.version(of: dialect)
        self.quirks = quirks
    }

    /// The version that slaves of this dialect report when they are installed as a package.
    public static func version(of dialect: SlaveDialect) -> String? {
        switch dialect {
        case .current: "254"
        case .release206: "206"
        case .release2010: nil
        }
    }

    var cacheDirectory: String { home + "/filecache-default" }

    var programDirectory: String { programs ?? share + (dialect == .release2010 ? "/slavebin" : "/bin") }
}
