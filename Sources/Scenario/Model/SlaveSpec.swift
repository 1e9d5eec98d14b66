public import FarmModel

/// One fake slave, and the builder record the manager has of it.
public struct SlaveSpec: Hashable, Sendable {
    /// Where a slave listens.
    public enum Address: Hashable, Sendable {
        /// An address of its own and the farm's common port, as real builders have.
        case own(host: String)
        /// A free port of 127.0.0.1, chosen by the system.
        case anyPort
        case given(host: String, port: Int)
    }

    public var name: BuilderName
    /// What it builds for; the first is the tag that `info` reports.
    public var architectures: [String]
    public var dialect: SlaveDialect
    /// The release text in `status`; nil: what the dialect's release says.
    public var version: String?
    public var isVirtual: Bool
    public var resetProtocol: ResetProtocol
    /// How long a reset takes.
    public var resetDuration: Duration
    public var address: Address
    /// Leaves out the real slave's oddities (protocol spec 18, 19).
    public var isStrict: Bool
    /// Tags a job may ask for.
    public var openTags: [String]
    /// Tags a job must ask for to be allowed here.
    public var restrictedTags: [String]
    /// A manual builder gets no jobs.
    public var isManual: Bool
    /// Whether the manager's record begins as enabled.
    public var isEnabled: Bool

    public init(
        name: BuilderName, architectures: [String], dialect: SlaveDialect = .current, version: String? = nil,
        isVirtual: Bool = false, resetProtocol: ResetProtocol = .synchronous,
        resetDuration: Duration = .milliseconds(100), address: Address = .anyPort, isStrict: Bool = false,
        openTags: [String] = [], restrictedTags: [String] = [], isManual: Bool = false, isEnabled: Bool = true
    ) {
        self.name = name
        self.architectures = architectures
        self.dialect = dialect
        self.version = version
        self.isVirtual = isVirtual
        self.resetProtocol = resetProtocol
        self.resetDuration = resetDuration
        self.address = address
        self.isStrict = isStrict
        self.openTags = openTags
        self.restrictedTags = restrictedTags
        self.isManual = isManual
        self.isEnabled = isEnabled
    }

    /// What fault rules can select it by.
    public var traits: SlaveTraits {
        SlaveTraits(
            name: name, architectures: architectures, isVirtual: isVirtual, tags: openTags + restrictedTags)
    }
}

/// Where slaves with an address of their own live.
public struct LoopbackNetwork: Hashable, Sendable {
    /// The four bytes of the network's first address.
    private let base: UInt32
    /// Bits that stay the same, 8...30.
    private let prefix: Int

    /// 127.1.0.0/16.
    public static let standard = LoopbackNetwork(base: 127 << 24 | 1 << 16, prefix: 16)

    private init(base: UInt32, prefix: Int) {
        self.base = base
        self.prefix = prefix
    }

    /// - Parameter text: `127.A.B.C/PREFIX` with a prefix of 8 to 30; nil for anything else, also for networks
    ///   outside 127.0.0.0/8.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let prefix = Int(parts[1]), (8...30).contains(prefix),
            let bytes = Self.bytes(parts[0]), bytes[0] == 127
        else { return nil }
        let address = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        self.init(base: address & ~(UInt32.max >> UInt32(prefix)), prefix: prefix)
    }

    /// How many slaves find a place.
    public var capacity: Int { (1 << (32 - prefix)) - 2 }

    /// The address of the slave with this index, from 0; nil beyond the capacity.
    public func address(_ index: Int) -> String? {
        guard index >= 0, index < capacity else { return nil }
        let address = base + UInt32(index) + 1
        return [24, 16, 8, 0].map { String(address >> UInt32($0) & 0xFF) }.joined(separator: ".")
    }

    /// The four bytes of a dotted address; nil when it is none.
    static func bytes(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { part in (1...3).contains(part.utf8.count) ? UInt8(part) : nil }
        return parts.count == 4 && bytes.count == 4 ? bytes : nil
    }
}
