public import FarmModel

/// Where a slave listens.
public enum SlaveAddress: Hashable, Sendable {
    /// On a loopback address of its own, at the host's port.
    case ownLoopback
    /// On 127.0.0.1, at a port that the system chooses.
    case ephemeral
    /// At this address and port.
    case fixed(host: String, port: Int)
    /// On a loopback address of its own, behind one listener for all addresses of the machine at the host's
    /// port. Such a slave costs no descriptor, but cannot refuse connections: powered off, it resets them.
    case shared
}

/// Loopback addresses for slaves, by their place in the list.
struct LoopbackAddresses {
    /// The second number of the first address.
    var network: UInt8

    /// Numbers ending in 0 and 255 are left out, because some programs take them for networks.
    private static let perBlock = 254
    private static let perNetwork = 256 * perBlock

    /// - Returns: nil when there are no addresses left below 127.255.
    func address(at index: Int) -> String? {
        let (network, rest) = index.quotientAndRemainder(dividingBy: Self.perNetwork)
        let (block, place) = rest.quotientAndRemainder(dividingBy: Self.perBlock)
        let second = Int(self.network) + network
        guard index >= 0, (1...254).contains(second) else { return nil }
        return "127.\(second).\(block).\(place + 1)"
    }
}

/// A slave as the world sees it: its name, its address and where it answers.
public struct SlaveListing: Hashable, Sendable {
    public var name: BuilderName
    /// The machine that runs it, for the reset command of a virtual slave.
    public var vmHost: String?
    public var host: String
    public var port: Int

    /// What a manager calls.
    public var url: String { "http://\(host):\(port)" }
}
