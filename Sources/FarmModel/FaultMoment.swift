/// A moment on a fake slave at which scripted faults may act: somebody connected, called a method, fetched a
/// file, started a build, or ran the reset command.
///
/// The slave host builds one for each such event and asks the fault plan (room `Scenario`) what to inject.
public struct FaultMoment: Hashable, Sendable {
    /// What happens.
    public enum Event: Hashable, Sendable {
        /// A connection was accepted.
        case connection
        /// An RPC method was called; asked before the slave handles the call.
        case call(method: String)
        /// A file was asked for; asked before the answer begins. The name is the one of the slave's file map
        /// when it has one, `buildlog` for the log, otherwise the last part of the path (a sum).
        case file(name: String)
        /// The slave accepted this build.
        case build(BuildRun)
        /// The reset command of a virtual slave was run.
        case reset
    }

    /// The slave on which it happens.
    public var slave: SlaveTraits
    public var event: Event
    /// The build that the slave has while it happens (BUILDING, ABORTING or WAITING); nil when it has none.
    public var running: BuildRun?
    /// Counts the events of the same kind on this slave since it started, from 1; for the journal only.
    public var number: Int

    public init(slave: SlaveTraits, event: Event, running: BuildRun? = nil, number: Int = 1) {
        self.slave = slave
        self.event = event
        self.running = running
        self.number = number
    }

    /// The build in question: the one that begins, or the one that the slave has.
    public var build: BuildRun? {
        if case .build(let run) = event { run } else { running }
    }
}

/// What the selectors of fault rules can know about a slave.
public struct SlaveTraits: Hashable, Sendable {
    public var name: BuilderName
    /// The processors it builds for; the first is the tag that `info` reports.
    public var architectures: [String]
    public var isVirtual: Bool
    /// Open and restricted resources.
    public var tags: [String]

    public init(name: BuilderName, architectures: [String], isVirtual: Bool = false, tags: [String] = []) {
        self.name = name
        self.architectures = architectures
        self.isVirtual = isVirtual
        self.tags = tags
    }

    /// The name without its final number (manager spec 1.1).
    public var region: String { name.region }
}

/// One attempt at a build.
public struct BuildRun: Hashable, Sendable, CustomStringConvertible {
    /// The name of the source package.
    public var package: String
    /// The version **without its epoch**, as it stands in file names; the only form a slave gets to see.
    public var version: String
    public var architecture: String
    /// How often this build was started on any slave of the farm, this time included: from 1.
    public var attempt: Int

    public init(package: String, version: String, architecture: String, attempt: Int = 1) {
        self.package = package
        self.version = version
        self.architecture = architecture
        self.attempt = attempt
    }

    /// `SOURCE_VERSION_ARCHITECTURE`, the name by which scenarios and event logs speak of a build.
    public var description: String { "\(package)_\(version)_\(architecture)" }
}
