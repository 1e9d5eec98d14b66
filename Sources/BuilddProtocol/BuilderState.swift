/// The state of a slave, by the word after `BuilderStatus.` (protocol spec 4).
public enum BuilderState: String, Hashable, Sendable, CaseIterable {
    case idle = "IDLE"
    case building = "BUILDING"
    case aborting = "ABORTING"
    case waiting = "WAITING"
    /// Only slaves of the 2010 dialect know this state (protocol spec 16).
    case aborted = "ABORTED"

    /// The text on the wire, such as `BuilderStatus.IDLE`.
    public var wireText: String { "BuilderStatus." + rawValue }

    public init?(wireText: String) {
        guard wireText.hasPrefix("BuilderStatus.") else { return nil }
        self.init(rawValue: String(wireText.dropFirst("BuilderStatus.".count)))
    }
}

/// How a build ended on a slave, by the word after `BuildStatus.` (protocol spec 5).
public enum BuildResult: String, Hashable, Sendable, CaseIterable {
    case ok = "OK"
    case packageFail = "PACKAGEFAIL"
    case depFail = "DEPFAIL"
    case givenBack = "GIVENBACK"
    case chrootFail = "CHROOTFAIL"
    case builderFail = "BUILDERFAIL"
    case aborted = "ABORTED"

    /// The text on the wire, such as `BuildStatus.OK`.
    public var wireText: String { "BuildStatus." + rawValue }

    public init?(wireText: String) {
        guard wireText.hasPrefix("BuildStatus.") else { return nil }
        self.init(rawValue: String(wireText.dropFirst("BuildStatus.".count)))
    }
}
