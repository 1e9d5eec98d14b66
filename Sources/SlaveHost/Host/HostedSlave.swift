public import FarmModel
public import SlaveHTTP

/// A slave for a host to serve.
public struct HostedSlave: Sendable {
    /// The slave itself, as it is when the host starts.
    public var slave: MockSlave
    public var traits: SlaveTraits
    public var dialect: SlaveDialect
    /// The HTTP server that it imitates.
    public var server: TwistedRelease
    public var address: SlaveAddress
    /// Its share of the scripted faults.
    public var faults: (any SlaveFaultSource)?
    /// The machine that runs it, if it is virtual.
    public var vmHost: String?

    /// - Parameter now: when the slave comes to life.
    public init(
        _ configuration: SlaveConfiguration, address: SlaveAddress = .ownLoopback,
        faults: (any SlaveFaultSource)? = nil, at now: Instant
    ) {
        self.init(
            MockSlave(configuration, at: now), name: configuration.name,
            architecture: configuration.architectureTag, dialect: configuration.dialect, address: address)
        self.faults = faults
    }

    /// - Parameter slave: a slave in any state.
    public init(
        _ slave: MockSlave, name: BuilderName, architecture: String = "amd64",
        dialect: SlaveDialect = .current,
        address: SlaveAddress = .ownLoopback
    ) {
        self.slave = slave
        self.dialect = dialect
        self.address = address
        traits = SlaveTraits(name: name, architectures: [architecture])
        server = TwistedRelease(recordedWith: dialect)
    }

    public var name: BuilderName { traits.name }
}
