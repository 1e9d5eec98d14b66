public import FarmModel
public import MockSlave
public import SlaveHTTP

/// A slave for a host to serve.
public struct HostedSlave: Sendable {
    /// The slave itself, as it is when the host starts; it may be in any state.
    public var slave: MockSlave
    /// What selectors of fault rules can know about it.
    public var traits: SlaveTraits
    /// The HTTP server that it imitates.
    public var server: TwistedRelease
    public var address: SlaveAddress
    /// Its share of the scripted faults.
    public var faults: (any SlaveFaultSource)?
    /// The machine that runs it, if it is virtual.
    public var vmHost: String?

    public init(
        _ slave: MockSlave, address: SlaveAddress = .ownLoopback, faults: (any SlaveFaultSource)? = nil
    ) {
        self.slave = slave
        self.address = address
        self.faults = faults
        traits = SlaveTraits(
            name: slave.configuration.name, architectures: [slave.configuration.architectureTag])
        server = TwistedRelease(recordedWith: slave.configuration.dialect)
    }

    public var name: BuilderName { traits.name }
}
